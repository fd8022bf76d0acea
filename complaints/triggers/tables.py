"""Which tables the database itself guards, and how much of each."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Machine:
    """A table whose rows have a state; ``kind`` is its name in the events."""

    table: str
    kind: str
    initial: str


MACHINES = (
    Machine("complaints_complaint", "complaint", "received"),
    Machine("complaints_remedy", "remedy", "proposed"),
    Machine("appeals_appeal", "appeal", "lodged"),
    Machine("appeals_referral", "referral", "open"),
)

KEPT_TABLES = (
    "complaints_complaint",
    "complaints_remedy",
    "appeals_appeal",
    "complaints_event",
    "complaints_eventtext",
    "complaints_stream",
    "complaints_rawmessage",
    "complaints_message",
    "complaints_letter",
    "complaints_evidence",
    "complaints_decision",
    "complaints_point",
    "complaints_signoff",
    "complaints_payout",
    "complaints_instruction",
    "complaints_compliancenote",
    "complaints_partymerge",
    "appeals_fileditem",
    "appeals_panelseat",
    "appeals_referral",
    "appeals_arbitratorseat",
    "appeals_arbitratorlink",
    "appeals_arbitratorquestion",
    "appeals_arbitratororder",
    "appeals_arbitratorobjection",
    "appeals_declaredtie",
    "appeals_award",
    "complaints_ledgerroot",
    "compliance_snapshot",
    "compliance_frozentally",
)
"""Tables whose rows nobody deletes."""

FROZEN_COLUMNS: dict[str, tuple[str, ...]] = {
    "complaints_event": ("*",),
    "complaints_signoff": ("*",),
    "complaints_ledgerroot": ("*",),
    "compliance_frozentally": ("*",),
    "compliance_snapshot": (
        *("month", "version", "made_at", "rows", "checksum", "reason"),
    ),
    "complaints_eventtext": ("event_id", "name"),
    "complaints_rawmessage": ("provider", "account", "external_id", "raw_sha256"),
    "complaints_letter": ("complaint_id", "kind", "version", "language", "sha256"),
    "complaints_evidence": (
        "complaint_id",
        "number",
        "kind",
        "records",
        "content_type",
        "size",
        "sha256",
        "derived_from_id",
        "added_by_id",
        "brought_as",
        "added_at",
    ),
    "complaints_payout": ("remedy_id", "idempotency_key"),
    "complaints_instruction": ("remedy_id", "what", "key", "ordered_by_id"),
    "complaints_compliancenote": (
        "complaint_id",
        "violation",
        "rule",
        "made_by_id",
        "made_at",
    ),
    "complaints_complaint": ("reference", "profile_key"),
    "complaints_message": ("complaint_id", "direction", "author_id", "at"),
    "complaints_partymerge": ("absorbed_id", "survivor_id", "basis", "moved"),
    "appeals_fileditem": (
        "appeal_id",
        "number",
        "kind",
        "object_id",
        "sha256",
        "dated",
    ),
    "appeals_panelseat": ("appeal_id", "user_id", "seat", "seated_at"),
    "appeals_referral": (
        *("complaint_id", "appeal_id", "route", "kind", "referred_at"),
        *("consent_version", "consent_sha256", "consented_by_id", "wanted"),
    ),
    "appeals_arbitratorseat": ("referral_id", "arbitrator_id", "seat", "appointed_at"),
    "appeals_arbitratorlink": (
        *("seat_id", "bundle_id", "token_hash", "made_by_id", "made_at", "until"),
    ),
    "appeals_arbitratorquestion": (
        *("referral_id", "number", "seat_id", "side", "asked_at", "answer_by"),
    ),
    "appeals_arbitratororder": (
        *("referral_id", "number", "seat_id", "side", "made_at", "due_at"),
    ),
    "appeals_arbitratorobjection": (
        *("referral_id", "seat_id", "side", "made_by_id", "made_at"),
    ),
    "appeals_declaredtie": (
        *("arbitrator_id", "kind", "party_id", "user_id", "complaint_id"),
        "declared_at",
    ),
    "appeals_appeal": (
        "complaint_id",
        "decision_id",
        "lodged_at",
        "lodged_by_id",
        "in_time",
        "file_seq",
        "file_head",
    ),
    # A remedy is signed off as it was written; another sum is another remedy.
    "complaints_remedy": (
        "complaint_id",
        "decision_id",
        "kind",
        "on_acceptance",
        "amount",
        "asset",
        "rate",
        "rate_at",
        "reporting_value",
        "reporting_currency",
        "executor",
    ),
}
"""Columns that keep their first value; ``*`` is the whole row."""

EMPTIED_COLUMNS: dict[str, tuple[str, ...]] = {
    "appeals_fileditem": ("title",),
    "appeals_arbitratorquestion": ("text",),
    "appeals_arbitratororder": ("text",),
    "appeals_arbitratorobjection": ("reason",),
    "complaints_eventtext": ("text",),
    "complaints_compliancenote": ("text",),
    "complaints_evidence": ("file", "original_name", "source", "reason"),
    "complaints_letter": ("subject", "body"),
    "complaints_message": ("text", "full_text"),
    "complaints_partymerge": ("reason",),
    "complaints_remedy": ("description", "destination"),
}
"""Columns that may be emptied when a person is erased, and not changed otherwise."""
