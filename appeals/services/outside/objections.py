"""A side objects to a seated arbitrator: decided by people who have no part in it.

The customer's objection is decided by whoever chooses here and is independent of the
first decision and of the ruling; where nobody of them is, by a compliance officer who
is, and else by nobody until the management body has named somebody. The exchange does
not judge its own: the arbitrator answers it alone.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appeals.judges import judges, judging_ties
from appeals.models import (
    ArbitratorObjection,
    ArbitratorSeat,
    Referral,
    Side,
)
from appeals.models.referral import UNDECIDED
from appeals.services.outside import hearing, seats
from appeals.services.outside.passed_on import (
    PASSED,
    open_ones,
    passed,
)
from appeals.services.outside.rows import (
    heard,
    held,
    own_seat,
    record,
    written,
)
from appeals.services.reviewers import let_in, may_choose, router
from complaints import timing
from complaints.errors import GuardRefused, IllegalMove, NotPermitted
from complaints.masking import mask
from complaints.permissions import Viewer, as_viewer, customer_self
from complaints.states import Step
from complaints.transitions import Refusal
from complaints.untied import Level, Responsible
from teams.models import User

DECIDED_WITHIN = timedelta(days=14)


@transaction.atomic
def object_to(
    *,
    referral: Referral,
    seat: ArbitratorSeat,
    reason: str,
    actor: User | Viewer,
    now: datetime | None = None,
) -> ArbitratorObjection:
    """A side says why this arbitrator should not decide, once for each of them.

    No award is made until it is decided. Raises ``NotVisible``, ``NotPermitted``,
    ``IllegalMove`` or ``InvalidInput``.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    row = held(referral, viewer)
    side = _side_of(row, viewer)
    seated = row.seats.filter(pk=seat.pk, left_at=None, accepted_at__isnull=False)
    if row.state not in UNDECIDED or not seated.exists():
        raise IllegalMove
    if seat.objections.filter(side=side).exists():
        raise IllegalMove(_("This side objected to this arbitrator before."))
    made = ArbitratorObjection.objects.create(
        referral=row,
        seat=seat,
        side=side,
        reason=written(mask(reason), "text"),
        made_by=viewer.user,
        made_at=moment,
    )
    _start_clock(row, made, moment)
    facts = {"objection": made.pk, "seat": seat.seat, "side": side}
    record(row, "arbitrator_objected", viewer, moment, facts, row=made)
    pass_on(row, now=moment)
    return made


def _side_of(row: Referral, viewer: Viewer) -> Side:
    if customer_self(row.complaint, viewer):
        return Side.CUSTOMER
    heard(row, viewer)
    return Side.COMPANY


def _start_clock(row: Referral, made: ArbitratorObjection, now: datetime) -> None:
    """Ours to keep where we decide; an arbitrator's silence is nobody's miss here."""
    if made.side != Side.CUSTOMER:
        return
    timing.dated_clock(
        row.complaint,
        Step.OUTSIDE,
        started_at=now,
        due_at=now + DECIDED_WITHIN,
        subject=f"j{made.pk}",
    ).save()
    timing.refresh_next_due(row.complaint)


@transaction.atomic
def decide(
    *,
    objection: ArbitratorObjection,
    upheld: bool,
    answer: str,
    actor: User | Viewer,
    now: datetime | None = None,
) -> ArbitratorObjection:
    """The customer's objection, with reasons, by one of ``judges``.

    Raises ``GuardRefused`` for whoever decided the case first, reports to one who did
    or heard the appeal; ``NotPermitted`` for everybody else who is not asked.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    row = held(objection.referral, viewer)
    if not may_decide(row, viewer):
        raise NotPermitted
    if refusals := why_not_decide(row, objection, viewer):
        raise GuardRefused(refusals)
    return _settle(row, objection, upheld, written(answer, "answer"), viewer, moment)


def why_not_decide(
    referral: Referral, objection: ArbitratorObjection, viewer: Viewer
) -> list[Refusal]:
    """Why ``viewer`` may not decide it; empty means they may."""
    if objection.side != Side.CUSTOMER:
        words = _("The arbitrator answers an objection of the exchange.")
        return [Refusal("own_objection", words)]
    reasons = judging_ties(referral.appeal, viewer.user)
    return [Refusal("not_independent", reason) for reason in reasons]


def may_decide(referral: Referral, viewer: Viewer) -> bool:
    """Whether ``viewer`` is one of those who are asked; a tie may still forbid it."""
    return may_choose(viewer) or is_asked(referral, viewer)


def is_asked(referral: Referral, viewer: Viewer) -> bool:
    """Whether it came to ``viewer``, because those before them are tied."""
    return viewer.user in judges(referral).people


# Passed on ----------------------------------------------------------------------------


def pass_on(referral: Referral, *, now: datetime) -> None:
    """Let in and tell whoever decides the open objections of the customer, where the
    desk cannot; once while they are the same people."""
    rows = open_ones(referral)
    if not rows:
        return
    found = judges(referral)
    for one in rows:
        _pass_on(referral, one, found, now)


def _pass_on(
    row: Referral, one: ArbitratorObjection, found: Responsible, now: datetime
) -> None:
    known = passed(row, one).last()
    told = {"level": str(found.level), "people": [user.pk for user in found.people]}
    before = {key: known.payload[key] for key in told} if known else None
    if told == before or (known is None and found.level == Level.DESK):
        return
    if found.level == Level.COMPLIANCE:
        for user in found.people:
            let_in(row.appeal, user, now=now)
    facts = {"objection": one.pk, **told}
    record(row, PASSED, router(), now, facts, row=one, found=found)


@transaction.atomic
def answer_own(
    *,
    objection: ArbitratorObjection,
    leaves: bool,
    answer: str,
    actor: Viewer,
    now: datetime | None = None,
) -> ArbitratorObjection:
    """The arbitrator steps aside, or says why not, on an objection of the exchange."""
    moment = now or timezone.now()
    row, seat = own_seat(objection.referral, actor)
    if objection.seat_id != seat.pk or objection.side != Side.COMPANY:
        raise NotPermitted
    return _settle(row, objection, leaves, written(answer, "answer"), actor, moment)


def _settle(
    row: Referral,
    objection: ArbitratorObjection,
    upheld: bool,
    answer: str,
    viewer: Viewer,
    now: datetime,
) -> ArbitratorObjection:
    """Kept and told; an arbitrator who goes loses the link, and is replaced."""
    columns = {
        "upheld": upheld,
        "answer": answer,
        "decided_by": viewer.user,
        "decided_at": now,
    }
    waiting = ArbitratorObjection.objects.filter(
        pk=objection.pk, decided_at=None, seat__left_at=None
    )
    if row.state not in UNDECIDED or not waiting.update(**columns):
        raise IllegalMove
    for name, value in columns.items():
        setattr(objection, name, value)
    seat = objection.seat
    if objection.side == Side.CUSTOMER:
        hearing.stop_objections(row, [objection], now=now)
    facts = {"objection": objection.pk, "seat": seat.seat, "upheld": upheld}
    texts = {"answer": answer}
    record(
        row, "arbitrator_objection_decided", viewer, now, facts, texts, row=objection
    )
    if upheld:
        seats.leave(row, seat, by=viewer, now=now, reason=objection.reason)
    return objection


def waiting_for(seat: ArbitratorSeat) -> ArbitratorObjection | None:
    """What the exchange says against the arbitrator of ``seat``, not answered yet."""
    return seat.objections.filter(side=Side.COMPANY, decided_at=None).first()
