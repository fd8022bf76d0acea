"""Appointing arbitrators by load among those independent, and their yes or no."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appeals.arbitrators import independent_arbitrators, is_independent
from appeals.models import (
    Arbitrator,
    ArbitratorLink,
    ArbitratorSeat,
    Bundle,
    BundleVariant,
    Referral,
    ReferralState,
    TieKind,
)
from appeals.models.referral import UNDECIDED
from appeals.services.bundles import ask_bundle
from appeals.services.outside import hearing, links, register
from appeals.services.outside.rows import managed, own_seat, record, written
from appeals.services.reviewers import router
from complaints.errors import GuardRefused, IllegalMove
from complaints.permissions import Viewer, as_viewer
from complaints.transitions import Refusal
from complaints.workflow import perform
from teams.system import system_actor

if TYPE_CHECKING:
    from teams.models import User


def taken(referral: Referral) -> list[ArbitratorSeat]:
    """The seats that are taken, the presiding one first."""
    rows = referral.seats.filter(left_at=None).select_related("arbitrator")
    return list(rows.order_by("seat"))


def fill(referral: Referral, *, now: datetime) -> int:
    """Put independent arbitrators on the empty seats and send them their links; how
    many stay empty. That is told to the head instead of appointing somebody tied."""
    have = {row.seat for row in taken(referral)}
    empty = [n for n in range(1, referral.wanted + 1) if n not in have]
    chosen = independent_arbitrators(referral, len(empty))
    for number, person in zip(empty, chosen, strict=False):
        _appoint(referral, number, person, now)
    missing = len(empty) - len(chosen)
    if missing:
        facts = {"missing": missing}
        record(referral, "no_arbitrator", router(), now, facts)
    return missing


def _appoint(
    referral: Referral, number: int, person: Arbitrator, now: datetime
) -> ArbitratorSeat:
    made = ArbitratorSeat.objects.create(
        referral=referral, arbitrator=person, seat=number, appointed_at=now
    )
    facts = {"arbitrator": person.pk, "seat": number}
    record(referral, "arbitrator_appointed", router(), now, facts)
    links.send(made, by=router(), now=now)
    return made


def bind_bundle(referral: Referral, *, now: datetime) -> Bundle:
    """Have the one file made that both sides may read, and bind the referral to it."""
    made = ask_bundle(
        complaint=referral.complaint,
        variant=BundleVariant.SHARED,
        actor=system_actor(),
        now=now,
    )
    Referral.objects.filter(pk=referral.pk).update(bundle=made)
    referral.bundle = made
    return made


@transaction.atomic
def fill_again(
    *, referral: Referral, actor: "User | Viewer", now: datetime | None = None
) -> int:
    """Look once more for arbitrators; by the appeals lead or the head."""
    row = managed(referral, as_viewer(actor))
    if not row.is_arbitration or row.state not in UNDECIDED:
        raise IllegalMove
    return fill(row, now=now or timezone.now())


# The arbitrator's own word ------------------------------------------------------------


@transaction.atomic
def accept(
    *, referral: Referral, actor: Viewer, now: datetime | None = None
) -> ArbitratorSeat:
    """The arbitrator declares that nothing ties them; with the last one it begins.

    Raises ``GuardRefused`` where the register knows better.
    """
    moment = now or timezone.now()
    row, seat = own_seat(referral, actor)
    if row.state not in UNDECIDED:
        raise IllegalMove
    if not is_independent(row, seat.arbitrator):
        words = _("The register names a conflict of interest in this case.")
        raise GuardRefused([Refusal("arbitrator_tied", words)])
    if seat.accepted_at is None:
        ArbitratorSeat.objects.filter(pk=seat.pk).update(accepted_at=moment)
        seat.accepted_at = moment
        facts = {"seat": seat.seat}
        replaces = row.state == ReferralState.HEARING
        record(row, "arbitrator_accepted", actor, moment, facts, replaces=replaces)
    _begin_when_full(row, moment)
    return seat


def _begin_when_full(referral: Referral, now: datetime) -> None:
    ready = [row for row in taken(referral) if row.accepted_at is not None]
    if referral.state == ReferralState.OPEN and len(ready) == referral.wanted:
        perform(referral, "begin_hearing", actor=system_actor(), now=now)


@transaction.atomic
def decline(
    *,
    referral: Referral,
    kind: str,
    reason: str,
    actor: Viewer,
    now: datetime | None = None,
) -> None:
    """The arbitrator declares a conflict and leaves; the register keeps it, and
    somebody else is appointed. ``IllegalMove`` once there is an award."""
    moment = now or timezone.now()
    row, seat = own_seat(referral, actor)
    if row.state not in UNDECIDED:
        raise IllegalMove
    said = written(reason, "reason")
    known = kind if kind in TieKind.values else TieKind.EARLIER_CASE
    about: dict[str, Any] = {"complaint": row.complaint}
    if known == TieKind.CUSTOMER:
        about |= {"party": row.complaint.customer}
    register.keep_tie(seat.arbitrator, known, said, actor, moment, about)
    leave(row, seat, by=actor, now=moment, reason=said)


@transaction.atomic
def remove(
    *,
    referral: Referral,
    seat: ArbitratorSeat,
    reason: str,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> None:
    """Staff free a seat: its arbitrator is tied, ill or does not answer. Not once there
    is an award: whoever came then would read a case that is decided."""
    viewer, moment = as_viewer(actor), now or timezone.now()
    row = managed(referral, viewer)
    seated = seat.referral_id == row.pk and seat.left_at is None
    if not seated or row.state not in UNDECIDED:
        raise IllegalMove
    if row.state == ReferralState.HEARING and is_independent(row, seat.arbitrator):
        words = _("During the hearing only somebody who is tied loses the seat.")
        raise GuardRefused([Refusal("still_independent", words)])
    leave(row, seat, by=viewer, now=moment, reason=written(reason, "reason"))


def leave(
    referral: Referral, seat: ArbitratorSeat, *, by: Viewer, now: datetime, reason: str
) -> None:
    """Free a seat, shut its links, and fill it again."""
    ArbitratorSeat.objects.filter(pk=seat.pk).update(left_at=now)
    ArbitratorLink.objects.filter(seat=seat, revoked_at=None).update(revoked_at=now)
    hearing.stop_objections(referral, seat.objections.filter(decided_at=None), now=now)
    facts = {"arbitrator": seat.arbitrator_id, "seat": seat.seat}
    texts = {"reason": reason}
    record(referral, "arbitrator_left", by, now, facts, texts)
    fill(referral, now=now)
