"""Who came into a case for an objection alone, and when they are let out again."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet

from appeals.models import ArbitratorObjection, Referral, Side
from appeals.services.reviewers import let_out
from complaints.models import Event
from complaints.untied import Level
from teams.models import User

PASSED = "objection_passed_on"


def passed(row: Referral, one: ArbitratorObjection) -> QuerySet[Event]:
    """To whom it came so far, in order."""
    rows = Event.objects.filter(stream=row.stream, what=PASSED)
    return rows.filter(payload__objection=one.pk).order_by("seq")


def open_ones(referral: Referral) -> list[ArbitratorObjection]:
    """What the customer says against somebody seated, not decided yet."""
    rows = referral.objections.filter(decided_at=None, seat__left_at=None)
    return list(rows.filter(side=Side.CUSTOMER).order_by("pk"))


def let_out_again(
    row: Referral, ended: Collection[ArbitratorObjection], *, now: datetime
) -> None:
    """Whoever came in for these sees the case no more, unless another one is theirs."""
    keys = {one.pk for one in ended}
    came = {pk for one in ended for said in passed(row, one) for pk in _let_in_by(said)}
    for other in open_ones(row):
        last = passed(row, other).last()
        if other.pk not in keys and last is not None:
            came -= _let_in_by(last)
    for user in User.objects.filter(pk__in=came):
        let_out(row.appeal, user, now=now)


def _let_in_by(event: Event) -> set[int]:
    """The desk sees the case anyhow; compliance was let in."""
    found = event.payload
    return set(found["people"]) if found["level"] == Level.COMPLIANCE else set()
