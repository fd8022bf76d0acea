"""Questions to both sides and orders with dates, all in writing and read by both."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appeals.models import (
    ArbitratorObjection,
    ArbitratorOrder,
    ArbitratorQuestion,
    Referral,
    ReferralState,
    Side,
)
from appeals.models.referral import UNDECIDED
from appeals.services.outside.passed_on import let_out_again
from appeals.services.outside.rows import heard, held, own_seat, record, written
from complaints import timing
from complaints.errors import IllegalMove, InvalidInput, NotPermitted
from complaints.masking import mask
from complaints.permissions import Viewer, as_viewer, customer_self
from complaints.states import Step

if TYPE_CHECKING:
    from teams.models import User

MOST = 60
"""Questions, and orders, of one referral."""

LONGEST = timedelta(days=365)
STEPS = {Side.CUSTOMER: Step.OUTSIDE_CUSTOMER, Side.COMPANY: Step.OUTSIDE}

Asked = ArbitratorQuestion | ArbitratorOrder


@transaction.atomic
def ask(
    *,
    referral: Referral,
    side: str,
    text: str,
    answer_by: datetime,
    actor: Viewer,
    now: datetime | None = None,
) -> ArbitratorQuestion:
    """A question to one side; its clock runs until the answer.

    Raises ``NotPermitted``, ``IllegalMove`` (no hearing is on) or ``InvalidInput``.
    """
    moment = now or timezone.now()
    row, seat = _hearing(referral, actor)
    _check(side, answer_by, moment, row.questions.count())
    made = ArbitratorQuestion.objects.create(
        referral=row,
        number=row.questions.count() + 1,
        seat=seat,
        side=side,
        text=written(mask(text), "text"),
        asked_at=moment,
        answer_by=answer_by,
    )
    _start(row, side, f"q{made.pk}", answer_by, moment)
    facts = {"number": made.number, "side": side}
    record(row, "arbitrator_asked", actor, moment, facts, row=made)
    return made


@transaction.atomic
def order(
    *,
    referral: Referral,
    side: str,
    text: str,
    due_at: datetime,
    actor: Viewer,
    now: datetime | None = None,
) -> ArbitratorOrder:
    """What one side is to do by a day; reminded of as every limit of ours is."""
    moment = now or timezone.now()
    row, seat = _hearing(referral, actor)
    _check(side, due_at, moment, row.orders.count())
    made = ArbitratorOrder.objects.create(
        referral=row,
        number=row.orders.count() + 1,
        seat=seat,
        side=side,
        text=written(mask(text), "text"),
        made_at=moment,
        due_at=due_at,
    )
    _start(row, side, f"o{made.pk}", due_at, moment)
    facts = {"number": made.number, "side": side}
    record(row, "arbitrator_ordered", actor, moment, facts, row=made)
    return made


def _hearing(referral: Referral, actor: Viewer) -> tuple[Referral, Any]:
    row, seat = own_seat(referral, actor)
    if row.state != ReferralState.HEARING or seat.accepted_at is None:
        raise IllegalMove
    return row, seat


def _check(side: str, due: datetime, now: datetime, known: int) -> None:
    if side not in Side.values:
        raise InvalidInput(_("This is not one of the choices."), field="side")
    if not now < due <= now + LONGEST:
        raise InvalidInput(_("Choose a day within the next year."), field="by")
    if known >= MOST:
        raise InvalidInput(_("These are too many."), field="text")


def _start(
    referral: Referral, side: str, subject: str, due: datetime, now: datetime
) -> None:
    case, step = referral.complaint, STEPS[Side(side)]
    timing.dated_clock(case, step, started_at=now, due_at=due, subject=subject).save()
    timing.refresh_next_due(case)


def _stop(referral: Referral, side: str, subject: str, now: datetime) -> None:
    case = referral.complaint
    timing.stop_subject(case, STEPS[Side(side)], subject, now=now, record_miss=True)
    timing.refresh_next_due(case)


# What the sides answer ----------------------------------------------------------------


@transaction.atomic
def answer(
    *,
    question: ArbitratorQuestion,
    text: str,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> ArbitratorQuestion:
    """The answer of the side that was asked, once; late ones are taken and marked."""
    viewer, moment = as_viewer(actor), now or timezone.now()
    row = _speaks(question, viewer)
    said = written(mask(text), "answer")
    rows = ArbitratorQuestion.objects.filter(pk=question.pk, answered_at=None)
    changes = {"answer": said, "answered_by": viewer.user, "answered_at": moment}
    if not rows.update(**changes):
        raise IllegalMove(_("This was answered already."))
    for name, value in changes.items():
        setattr(question, name, value)
    _stop(row, question.side, f"q{question.pk}", moment)
    facts = {"number": question.number, "side": question.side}
    record(row, "arbitrator_answered", viewer, moment, facts, row=question)
    return question


@transaction.atomic
def comply(
    *,
    order: ArbitratorOrder,
    words: str,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> ArbitratorOrder:
    """Say that an order is carried out, and how."""
    viewer, moment = as_viewer(actor), now or timezone.now()
    row = _speaks(order, viewer)
    said = written(mask(words), "words")
    rows = ArbitratorOrder.objects.filter(pk=order.pk, done_at=None)
    changes = {"done_words": said, "done_by": viewer.user, "done_at": moment}
    if not rows.update(**changes):
        raise IllegalMove(_("This was said to be done already."))
    for name, value in changes.items():
        setattr(order, name, value)
    _stop(row, order.side, f"o{order.pk}", moment)
    facts = {"number": order.number, "side": order.side}
    record(row, "arbitrator_order_done", viewer, moment, facts, row=order)
    return order


def _speaks(asked: Asked, viewer: Viewer) -> Referral:
    """The referral, for whoever speaks for the side that was asked."""
    if asked.side == Side.CUSTOMER:
        row = held(asked.referral, viewer)
        if not customer_self(row.complaint, viewer):
            raise NotPermitted
    else:
        row = heard(asked.referral, viewer)
        if row.complaint.customer_id in viewer.own:
            raise NotPermitted
    if row.state not in UNDECIDED:
        raise IllegalMove(_("The hearing is over."))
    return row


def end_all(referral: Referral, *, now: datetime) -> None:
    """With the end of the hearing nobody owes an answer any more."""
    for question in referral.questions.filter(answered_at=None):
        _stop(referral, question.side, f"q{question.pk}", now)
    for order in referral.orders.filter(done_at=None):
        _stop(referral, order.side, f"o{order.pk}", now)
    stop_objections(referral, referral.objections.filter(decided_at=None), now=now)


def stop_objections(
    referral: Referral, rows: Iterable[ArbitratorObjection], *, now: datetime
) -> None:
    """Nobody owes a decision on these any more, or has to see the case for it."""
    ended = list(rows)
    for one in ended:
        _stop(referral, Side.COMPANY, f"j{one.pk}", now)
    let_out_again(referral, ended, now=now)
