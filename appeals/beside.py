"""What the page of a case says to its customer of an appeal: how far it is, and what an
arbitrator waits for."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from appeals import outside_selectors, selectors
from appeals.models import (
    Appeal,
    ArbitratorOrder,
    ArbitratorQuestion,
    Referral,
    ReferralState,
    Side,
)
from appeals.notices import what_follows
from complaints.models import Complaint, Decision
from complaints.registry import Beside, Turn, beside
from complaints.states import AppealState, State
from complaints.together import read
from complaints.transitions import Words

APPEALED_FROM = frozenset({State.ANSWERED, State.INADMISSIBLE, State.CLOSED})
"""Where a case stood before it was appealed, so that any other costs nothing."""

Asked = ArbitratorQuestion | ArbitratorOrder


@beside
def of_appeal(complaint: Complaint) -> Beside:
    """Of the newest appeal and where it was taken; read in one statement."""
    if complaint.state_before not in APPEALED_FROM:
        return Beside()
    appeals = Appeal.objects.filter(complaint=complaint)
    rows = Referral.objects.filter(complaint=complaint)
    heard = rows.filter(state=ReferralState.HEARING)
    theirs = {"referral__in": heard, "side": Side.CUSTOMER}
    lodged, referrals, decisions, questions, orders = read(
        appeals.order_by("-pk"),
        rows,
        Decision.objects.filter(pk__in=appeals.values("new_decision")),
        ArbitratorQuestion.objects.filter(**theirs, answered_at=None),
        ArbitratorOrder.objects.filter(**theirs, done_at=None),
    )
    return Beside(
        stands=list(_stands(lodged, referrals, decisions)),
        turns=list(_turns(complaint, referrals, [*questions, *orders])),
    )


def _stands(
    lodged: list[Appeal], referrals: list[Referral], decisions: list[Decision]
) -> Iterator[Words]:
    if not lodged:
        return
    appeal = lodged[0]
    outside = {row.appeal_id: row.state for row in referrals}
    if appeal.pk in outside:
        yield outside_selectors.STANDING[outside[appeal.pk]]
        return
    yield selectors.STANDING[AppealState(appeal.state)]
    sent = {row.pk for row in decisions if row.issued_at is not None}
    if appeal.ruled_at is not None and appeal.new_decision_id not in sent:
        yield what_follows(appeal)


def _turns(
    complaint: Complaint, referrals: list[Referral], asked: list[Asked]
) -> Iterator[Turn]:
    """Open questions and orders to the customer while arbitrators have the case."""
    known = {row.pk: row for row in referrals}
    for one in asked:
        one.referral = known[one.referral_id]
        yield _turn(complaint, one)


def _turn(complaint: Complaint, asked: Asked) -> Turn:
    is_question = isinstance(asked, ArbitratorQuestion)
    key = (complaint.reference, asked.referral.appeal_id)
    what = "question" if is_question else "order"
    return Turn(
        text=asked.text,
        lang=complaint.language,
        by=asked.answer_by if isinstance(asked, ArbitratorQuestion) else asked.due_at,
        note=ASKS if is_question else ORDERS,
        url=reverse("appeals:outside-answer", args=(*key, what, asked.number)),
        action=_("Answer it") if is_question else _("Say that it is done"),
    )


ASKS = _("The arbitrator asks you. Both sides read the question and your answer.")
ORDERS = _("The arbitrator orders this. Both sides read it and what you say to it.")
