"""What an arbitrator waits for from the customer, for the page of the case."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from appeals.models import (
    ArbitratorOrder,
    ArbitratorQuestion,
    Referral,
    ReferralState,
    Side,
)
from appeals.services.outside.hearing import STEPS
from complaints.models import Complaint
from complaints.registry import Turn, turn
from complaints.together import read


@turn
def asked_outside(complaint: Complaint) -> Iterator[Turn]:
    """Open questions and orders to the customer; their clocks are read already, so a
    case without one costs nothing."""
    if not complaint.running_clocks(STEPS[Side.CUSTOMER]):
        return
    rows = Referral.objects.filter(complaint=complaint, state=ReferralState.HEARING)
    theirs = {"referral__in": rows, "side": Side.CUSTOMER}
    found, questions, orders = read(
        rows,
        ArbitratorQuestion.objects.filter(**theirs, answered_at=None),
        ArbitratorOrder.objects.filter(**theirs, done_at=None),
    )
    known = {row.pk: row for row in found}
    for asked in (*questions, *orders):
        asked.referral = known[asked.referral_id]
        yield _turn(complaint, asked)


def _turn(complaint: Complaint, asked: ArbitratorQuestion | ArbitratorOrder) -> Turn:
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
