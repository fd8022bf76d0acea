"""What is the house's own choice and the same in every profile: no law sets it."""

from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext_lazy as _

from complaints.clocks import Limit
from complaints.profiles.base import DECISION_PARTS, DELAY_PARTS, RECEIPT_PARTS
from complaints.profiles.parts import Band, Ground, Letter, Rung
from complaints.states import LetterKind, SignOffRole, Step

WORKING_WEEK: Final = range(5)

PRIVACY_NOTICE: Final = "2026.1"
"""The notice of Art 13 GDPR that new complaints name; its words stand on /privacy/."""

LADDER: Final = (
    Rung(50, ("handler",)),
    Rung(80, ("handler", "lead")),
    Rung(100, ("handler", "lead", "head")),
)

BANDS: Final = (
    Band(Decimal(500), (SignOffRole.LEAD,)),
    Band(Decimal(5_000), (SignOffRole.APPROVER,)),
    Band(Decimal(50_000), (SignOffRole.APPROVER, SignOffRole.LEGAL)),
    Band(None, (SignOffRole.APPROVER, SignOffRole.LEGAL, SignOffRole.COMPLIANCE)),
)

STEPS: Final[dict[Step, Limit]] = {
    Step.ACKNOWLEDGE: Limit(1, "business_days"),
    Step.ADMIT: Limit(3, "business_days"),
    Step.FIRST_ANSWER: Limit(5, "business_days"),
    Step.INVESTIGATE: Limit(15, "business_days"),
    Step.DECIDE: Limit(5, "business_days"),
    Step.ANSWER_QUESTION: Limit(2, "business_days"),
    Step.ANSWER_CUSTOMER: Limit(14, "calendar_days"),
    Step.EXECUTE_REMEDY: Limit(5, "business_days"),
    Step.APPEAL_WINDOW: Limit(60, "calendar_days"),
    Step.APPEAL_ADMIT: Limit(3, "business_days"),
    Step.APPEAL_RULE: Limit(30, "calendar_days"),
    Step.PROTECT: Limit(1, "hours"),
    Step.INTERIM_REVIEW: Limit(24, "hours"),
    Step.FOLLOW_UP: Limit(2, "business_days"),
}

GROUNDS: Final = (
    Ground(
        "not_about_our_services",
        _("Not about a service of ours"),
        _(
            "The complaint is about something that we neither offer nor take part in. "
            "We name the firm that answers for it wherever we know it."
        ),
    ),
    Ground(
        "not_a_client",
        _("Not from a client"),
        _(
            "The person has no account with us, has applied for none, and does not act "
            "for somebody who has."
        ),
    ),
    Ground(
        "no_authority",
        _("No authority to act for the client"),
        _(
            "Somebody complains for a client and sent no power of attorney or other "
            "official proof after we asked for it."
        ),
    ),
    Ground(
        "not_identifiable",
        _("We cannot tell who complains"),
        _(
            "We asked, and still cannot match the complaint to a person, so we could "
            "neither look into it nor answer it safely."
        ),
    ),
    Ground(
        "already_decided",
        _("Already decided by us"),
        _(
            "We have decided the same matter for the same person, and nothing new was "
            "brought forward. An appeal against that decision stays possible."
        ),
    ),
    Ground(
        "decided_elsewhere",
        _("Already decided by a court or an outside body"),
        _(
            "A court, an ombudsman or an arbitrator has finally decided the same "
            "matter between the same parties."
        ),
    ),
)


def letters(version: str) -> dict[LetterKind, Letter]:
    """Every kind of letter in that template version, with what the law asks of it."""
    parts = {
        LetterKind.RECEIPT: RECEIPT_PARTS,
        LetterKind.INADMISSIBLE: ("ground", "explanation", "complete", "appeal"),
        LetterKind.DELAY: DELAY_PARTS,
        LetterKind.DECISION: DECISION_PARTS,
        LetterKind.RULING: ("outcome", "grounds", "reasons", "routes"),
    }
    return {kind: Letter(version, parts.get(kind, ())) for kind in LetterKind}


def days(*texts: str) -> frozenset[date]:
    """Dates written out, for the holidays of a calendar."""
    return frozenset(map(date.fromisoformat, texts))
