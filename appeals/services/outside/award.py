"""The award: written by the arbitrators, or entered by staff from another body's."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appeals.award_words import award_hash
from appeals.models import (
    ArbitratorSeat,
    Award,
    AwardedRemedy,
    AwardPoint,
    Referral,
    ReferralState,
    Vote,
)
from appeals.seen import as_seen
from appeals.services.outside.rows import heard, own_seat, record, written
from complaints.errors import IllegalMove, InvalidInput, NotPermitted
from complaints.masking import mask
from complaints.models import Point
from complaints.permissions import Viewer, as_viewer
from complaints.states import MONEY_KINDS, Finding, RemedyKind
from complaints.workflow import perform

if TYPE_CHECKING:
    from teams.models import User

MOST_REMEDIES = 20


@dataclass(frozen=True, kw_only=True)
class NewPoint:
    """What the award finds on one point."""

    point: Point
    finding: str
    reasons: str


@dataclass(frozen=True, kw_only=True)
class NewAwarded:
    """What the exchange has to do; money needs an amount and its asset."""

    kind: str
    due_on: date
    description: str = ""
    amount: Decimal | None = None
    asset: str = ""


@transaction.atomic
def write_award(
    *,
    referral: Referral,
    summary: str,
    reasons: str,
    points: Iterable[NewPoint],
    remedies: Iterable[NewAwarded],
    actor: Viewer,
    now: datetime | None = None,
) -> Award:
    """Keep the draft, all of it anew; nothing is awarded by that.

    By the presiding arbitrator during the hearing. Raises ``NotPermitted``,
    ``IllegalMove`` or ``InvalidInput``.
    """
    moment = now or timezone.now()
    row, seat = own_seat(referral, actor)
    if not seat.presides:
        raise NotPermitted
    if row.state != ReferralState.HEARING or seat.accepted_at is None:
        raise IllegalMove
    made = _keep(row, summary, reasons, points, remedies, moment)
    record(row, "award_written", actor, moment, {"sha256": award_hash(made)})
    return made


@transaction.atomic
def enter_award(
    *,
    referral: Referral,
    summary: str,
    reasons: str,
    points: Iterable[NewPoint],
    remedies: Iterable[NewAwarded],
    actor: "User | Viewer",
    now: datetime | None = None,
) -> Award:
    """The findings of a body that has no link here, word for word, by staff who hear
    appeals; after ``record_award`` and before it is carried out."""
    viewer, moment = as_viewer(actor), now or timezone.now()
    row = heard(referral, viewer)
    award: Award | None = getattr(row, "award", None)
    if row.state != ReferralState.AWARDED or _is_sealed(award):
        raise IllegalMove
    made = _keep(row, summary, reasons, points, remedies, moment)
    record(row, "award_entered", viewer, moment, {"sha256": award_hash(made)})
    return made


def _is_sealed(award: Award | None) -> bool:
    """Whether it was made here, or is being carried out: then no word changes."""
    return award is not None and bool(award.sha256 or award.decision_id)


def _keep(
    referral: Referral,
    summary: str,
    reasons: str,
    points: Iterable[NewPoint],
    remedies: Iterable[NewAwarded],
    now: datetime,
) -> Award:
    found, owed = list(points), list(remedies)
    _check(referral, found, owed, now)
    award, _made = Award.objects.update_or_create(
        referral=referral,
        defaults={
            "summary": written(mask(summary), "summary", most=2_000),
            "reasons": written(mask(reasons), "reasons"),
            "comply_by": max((one.due_on for one in owed), default=None),
        },
    )
    award.points.all().delete()
    award.remedies.all().delete()
    AwardPoint.objects.bulk_create(
        AwardPoint(
            award=award, point=p.point, finding=p.finding, reasons=p.reasons.strip()
        )
        for p in found
    )
    AwardedRemedy.objects.bulk_create(
        AwardedRemedy(award=award, number=number, **_columns(one))
        for number, one in enumerate(owed, start=1)
    )
    referral.award = award
    return award


def _columns(one: NewAwarded) -> dict[str, object]:
    money = one.kind in MONEY_KINDS
    return {
        "kind": one.kind,
        "description": one.description.strip(),
        "due_on": one.due_on,
        "amount": one.amount if money else None,
        "asset": one.asset.strip().upper() if money else "",
    }


def _check(
    referral: Referral, points: list[NewPoint], owed: list[NewAwarded], now: datetime
) -> None:
    if len(owed) > MOST_REMEDIES:
        raise InvalidInput(_("These are too many."), field="remedies")
    for point in points:
        if point.point.complaint_id != referral.complaint_id:
            words = _("This belongs to another case.")
            raise InvalidInput(words, field="point")
        if point.finding not in Finding.values:
            words = _("This is not one of the choices.")
            raise InvalidInput(words, field="finding")
        written(point.reasons, "reasons", needed=False)
    for one in owed:
        _check_owed(one, now)


def _check_owed(one: NewAwarded, now: datetime) -> None:
    if one.kind not in RemedyKind.values:
        raise InvalidInput(_("This is not one of the choices."), field="kind")
    if one.due_on < now.date():
        raise InvalidInput(_("This day has passed."), field="due_on")
    if one.kind not in MONEY_KINDS:
        return
    if one.amount is None or not one.amount.is_finite() or one.amount <= 0:
        words = _("Enter the amount as a number, such as 0.25")
        raise InvalidInput(words, field="amount")
    if not one.asset.strip():
        raise InvalidInput(_("Name the asset, such as USDT."), field="asset")


@transaction.atomic
def vote(
    *,
    referral: Referral,
    agrees: bool,
    dissent: str,
    actor: Viewer,
    seen: str | None = None,
    now: datetime | None = None,
) -> ArbitratorSeat:
    """A member of three says yes or no to exactly the draft that stands there.

    ``seen`` is the hash of the draft that was read. Raises ``Stale`` where it was
    changed since.
    """
    moment = now or timezone.now()
    row, seat = own_seat(referral, actor)
    award: Award | None = getattr(row, "award", None)
    ready = award is not None and bool(award.summary)
    if row.state != ReferralState.HEARING or seat.presides or not ready:
        raise IllegalMove
    assert award is not None  # noqa: S101 - said above
    as_seen(seen, award_hash(award))
    seat.vote = Vote.AGREES if agrees else Vote.DISSENTS
    seat.dissent = written(mask(dissent), "dissent", needed=not agrees)
    seat.award_sha256 = award_hash(award)
    seat.save(update_fields=["vote", "dissent", "award_sha256"])
    facts = {"seat": seat.seat, "vote": seat.vote, "sha256": seat.award_sha256}
    record(row, "award_voted", actor, moment, facts)
    return seat


def make_award(
    *, referral: Referral, actor: Viewer, now: datetime | None = None
) -> None:
    """The presiding arbitrator makes the award; see the referral's machine."""
    perform(referral, "make_award", actor=actor, now=now or timezone.now())


def seal(referral: Referral, *, now: datetime) -> Award:
    """Fix the award that was just made: its hash and the moment."""
    award: Award = referral.award
    award.sha256, award.made_at = award_hash(award), now
    award.save(update_fields=["sha256", "made_at"])
    return award
