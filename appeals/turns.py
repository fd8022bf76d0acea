"""What an arbitrator waits for from the customer, for the page of the case."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from appeals.beside import beside
from appeals.models import ArbitratorOrder, ArbitratorQuestion, ReferralState
from complaints.models import Complaint
from complaints.registry import Turn, turn

HEARING = ReferralState.HEARING


@turn
def asked_outside(complaint: Complaint) -> Iterator[Turn]:
    """Open questions and orders to the customer while the arbitrators have the case."""
    found = beside(complaint)
    if found is None:
        return
    heard = {row.pk: row for row in found.referrals if row.state == HEARING}
    asks: list[ArbitratorQuestion | ArbitratorOrder]
    asks = [*found.questions, *found.orders]
    for asked in asks:
        if asked.referral_id in heard:
            asked.referral = heard[asked.referral_id]
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
