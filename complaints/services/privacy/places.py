"""Where the words of persons stand: what is emptied with a case, what with a person.

The ledger keeps that something happened, and when; sums, outcomes and times stay, so
that figures of the past stay the same. ``tests/complaints/services/privacy`` holds that
no column of text is forgotten here.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Place:
    """Rows of ``model`` whose ``path`` leads to the case or person.

    ``columns`` are emptied, the files of ``files`` deleted too; with ``gone`` the rows
    themselves are deleted.
    """

    model: str
    path: str
    columns: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    gone: bool = False


OF_CASE: Final[tuple[Place, ...]] = (
    Place(
        "complaints.Complaint",
        "pk",
        (
            *("subject", "description", "service_reference", "loss_description"),
            *("desired_outcome", "comments", "signed_place", "signed_name"),
        ),
    ),
    Place("complaints.InformationBarrier", "complaint", ("reason",)),
    Place("complaints.CaseAccess", "complaint", ("question", "answer")),
    Place("complaints.Conflict", "complaint", ("reason",)),
    Place("complaints.ProtectionRequest", "complaint", ("declined",)),
    Place("complaints.LegalHold", "complaint", ("reason",)),
    Place("complaints.Point", "complaint", ("text",)),
    Place("complaints.Identifier", "complaint", gone=True),
    Place(
        "complaints.RawMessage",
        "complaint",
        ("raw", "sender", "subject", "reason", "verdicts"),
    ),
    Place("complaints.Message", "complaint", ("text", "full_text")),
    Place("complaints.Letter", "complaint", ("subject", "body", "facts")),
    Place("complaints.LetterPdf", "letter__complaint", files=("file",), gone=True),
    Place("complaints.LetterDispatch", "letter__complaint", ("address", "tracking")),
    Place(
        "complaints.Outbox",
        "complaint",
        ("recipient", "recipient_name", "subject", "body", "error"),
    ),
    Place(
        "complaints.Decision",
        "complaint",
        ("summary", "reasons", "what_changes", "departure_reason"),
    ),
    Place("complaints.PointFinding", "decision__complaint", ("reasons",)),
    Place("complaints.ComplianceNote", "complaint", ("text",)),
    Place("complaints.QualityReview", "complaint", ("feedback",)),
    Place(
        "complaints.Conference", "complaint", ("agenda", "place", "names", "minutes")
    ),
    Place("complaints.EvidenceTask", "evidence__complaint", ("error",)),
    Place("complaints.EvidencePage", "evidence__complaint", files=("file",), gone=True),
    Place(
        "complaints.Evidence",
        "complaint",
        ("source", "relevance", "original_name", "reason", "scan_verdict"),
        files=("file",),
    ),
    Place("complaints.DraftFile", "draft__complaint", files=("file",), gone=True),
    Place("complaints.Draft", "complaint", gone=True),
    Place("complaints.UnsentText", "complaint", gone=True),
    Place("complaints.StaffDraft", "complaint", gone=True),
    Place("complaints.SearchWords", "complaint", gone=True),
    Place("complaints.Rating", "complaint", ("comment",)),
    Place("complaints.Task", "complaint", ("text",)),
    Place("complaints.Remedy", "complaint", ("description", "destination")),
    Place(
        "complaints.Instruction",
        "remedy__complaint",
        ("to", "reason", "answer"),
    ),
    Place(
        "complaints.Representative",
        "complaint",
        (
            *("last_name", "first_name", "street", "postcode", "city", "country"),
            *("phone", "email", "registration_number", "lei"),
        ),
    ),
    Place("complaints.ContactDetails", "complaint", gone=True),
    Place(
        "chat.ChatFile",
        "line__conversation__complaint",
        files=("content", "preview"),
        gone=True,
    ),
    Place("chat.Line", "conversation__complaint", ("text", "facts")),
    Place("chat.Conversation", "complaint", ("name", "email")),
    Place("telegram.Conversation", "case", gone=True),
    Place("app_channel.UploadPart", "upload__complaint", files=("file",), gone=True),
    Place("app_channel.Upload", "complaint", gone=True),
    Place("appeals.Ground", "appeal__complaint", ("text", "answer")),
    Place(
        "appeals.Appeal",
        "complaint",
        (
            *("statement", "desired_outcome", "late_reason", "ruling_summary"),
            *("ruling_reasons", "lesson"),
        ),
    ),
    Place("appeals.PanelSeat", "appeal__complaint", ("reasons",)),
    Place("appeals.FiledItem", "appeal__complaint", ("title",)),
    Place("appeals.Referral", "complaint", ("seat", "body_reference")),
    Place("appeals.ArbitratorSeat", "referral__complaint", ("dissent",)),
    Place("appeals.ArbitratorQuestion", "referral__complaint", ("text", "answer")),
    Place("appeals.ArbitratorOrder", "referral__complaint", ("text", "done_words")),
    Place("appeals.ArbitratorObjection", "referral__complaint", ("reason", "answer")),
    Place("appeals.Award", "referral__complaint", ("summary", "reasons")),
    Place("appeals.AwardPoint", "award__referral__complaint", ("reasons",)),
    Place("appeals.AwardedRemedy", "award__referral__complaint", ("description",)),
    Place("appeals.DeclaredTie", "complaint", ("reason",)),
    Place("appeals.Bundle", "complaint", files=("file",), gone=True),
)

OF_PARTY: Final[tuple[Place, ...]] = (
    Place("complaints.Contact", "party", gone=True),
    Place("complaints.LinkCode", "party", gone=True),
    Place("complaints.CareMarker", "party", gone=True),
    Place("complaints.PartyMerge", "absorbed", ("reason", "undo_reason")),
    Place("complaints.PartyMerge", "survivor", ("reason", "undo_reason")),
    Place(
        "complaints.Party",
        "pk",
        (
            *("last_name", "first_name", "street", "postcode", "city", "country"),
            *("phone", "email", "account_id", "registration_number", "lei"),
            "client_reference",
        ),
    ),
)

NEVER_NEEDED: Final[tuple[Place, ...]] = (
    Place("complaints.DraftFile", "draft__user", files=("file",), gone=True),
    Place("complaints.Draft", "user", gone=True),
    Place("complaints.UnsentText", "writer", gone=True),
)
"""Of an account: what no complaint came of, which nothing asks to keep."""

OF_ACCOUNT: Final[tuple[Place, ...]] = (
    Place(
        "chat.ChatFile",
        "line__conversation__user",
        files=("content", "preview"),
        gone=True,
    ),
    Place("chat.Line", "conversation__user", ("text", "facts")),
    Place("chat.Conversation", "user", ("name", "email")),
    Place("forum.Post", "author__user", ("text", "search")),
    Place("forum.Topic", "author__user", ("title",)),
    Place("forum.Report", "by__user", ("words", "text")),
    Place("complaints.AffectedAccount", "user", gone=True),
    Place("account.EmailAddress", "user", gone=True),
    Place("socialaccount.SocialAccount", "user", gone=True),
    Place("mfa.Authenticator", "user", gone=True),
    Place("usersessions.UserSession", "user", gone=True),
    Place("allauth_idp_oidc.Token", "user", gone=True),
)

OF_GUEST: Final[tuple[Place, ...]] = (
    Place(
        "chat.ChatFile",
        "line__conversation",
        files=("content", "preview"),
        gone=True,
    ),
    Place("chat.Line", "conversation", ("text", "facts")),
    Place("chat.Conversation", "pk", ("name", "email")),
)
"""Of a conversation of somebody without an account, of which no complaint came."""
