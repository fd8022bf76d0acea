"""What hangs on a case that was appealed, for what the customer's page says of it."""

from dataclasses import dataclass

from appeals.models import (
    Appeal,
    ArbitratorOrder,
    ArbitratorQuestion,
    Referral,
    Side,
)
from complaints.models import Complaint, Decision
from complaints.states import State
from complaints.together import read

APPEALED_FROM = frozenset({State.ANSWERED, State.INADMISSIBLE, State.CLOSED})
"""Where a case stood before it was appealed, so that any other costs nothing."""


@dataclass(frozen=True)
class Beside:
    """The newest appeal first, the outside stages by their key, the new decision of any
    appeal, and what is open of what arbitrators asked and ordered the customer."""

    appeals: list[Appeal]
    referrals: list[Referral]
    decisions: list[Decision]
    questions: list[ArbitratorQuestion]
    orders: list[ArbitratorOrder]


def beside(complaint: Complaint) -> Beside | None:
    """Read once for a page, in one statement; None for a case without an appeal."""
    if complaint.state_before not in APPEALED_FROM:
        return None
    known: dict[str, Beside] = complaint.__dict__
    if "_beside" not in known:
        known["_beside"] = _read(complaint)
    return known["_beside"]


def _read(complaint: Complaint) -> Beside:
    appeals = Appeal.objects.filter(complaint=complaint)
    rows = Referral.objects.filter(complaint=complaint)
    theirs = {"referral__in": rows, "side": Side.CUSTOMER}
    return Beside(
        *read(
            appeals.order_by("-pk"),
            rows,
            Decision.objects.filter(pk__in=appeals.values("new_decision")),
            ArbitratorQuestion.objects.filter(**theirs, answered_at=None),
            ArbitratorOrder.objects.filter(**theirs, done_at=None),
        )
    )
