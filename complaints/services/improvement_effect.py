"""Whether the cause of an improvement action fell after it was done.

What counts is how many complaints that came in within the weeks before and after it
were closed under the cause within four weeks of receipt: the same time to come in and
the same time to be closed on either side, so that what is still open now cannot pass
for a fall. Counted from the events of closing.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import (
    CharField,
    Count,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    Value,
)
from django.db.models.functions import Cast, Concat

from complaints.estimates import Interval, rate_ratio
from complaints.models import Complaint, Event, ImprovementAction, Verdict
from complaints.states import Barrier

if TYPE_CHECKING:
    pass

WEEKS = 8
SETTLE = timedelta(days=28)


@dataclass(frozen=True)
class Effect:
    """Counts before and after, after over before with 95 % bounds, and what it says.

    ``ready_on`` is the first day on which it can be said; ``verdict`` is empty before.
    """

    before: int
    after: int
    ratio: Interval
    verdict: str
    ready_on: date


def effect_of(action: ImprovementAction, now: datetime) -> Effect | None:
    """What before and after say as far as it can be told; None before it is done."""
    if action.done_at is None:
        return None
    span = timedelta(weeks=WEEKS)
    ready = action.done_at + span + SETTLE
    before, after = _received_around(action, action.done_at, span)
    ratio = rate_ratio(before, after)
    verdict = _verdict(ratio) if now >= ready else ""
    return Effect(before, after, ratio, verdict, ready.date())


def _verdict(ratio: Interval) -> str:
    if ratio.high < 1:
        return Verdict.FELL
    return Verdict.ROSE if ratio.low > 1 else Verdict.UNCLEAR


def _received_around(
    action: ImprovementAction, done: datetime, span: timedelta
) -> tuple[int, int]:
    """Complaints received within ``span`` before and after, and closed under the cause
    in time; both in one query."""
    since, until = done - span, done + span
    rows = Complaint.objects.filter(
        _closed_in_time(action.cause, since, until),
        barrier=Barrier.NONE,
        received_at__gte=since,
        received_at__lt=until,
    )
    if action.category_id:
        of_topic = Q(category=action.category_id)
        rows = rows.filter(of_topic | Q(category__parent=action.category_id))
    found = rows.aggregate(
        before=Count("pk", filter=Q(received_at__lt=done)),
        after=Count("pk", filter=Q(received_at__gte=done)),
    )
    return found["before"], found["after"]


def _closed_in_time(cause: str, since: datetime, until: datetime) -> Exists:
    """Whether an event closed the case under the cause soon enough after receipt."""
    stream = Concat(Value("complaint:"), Cast(OuterRef("pk"), CharField()))
    last = ExpressionWrapper(OuterRef("received_at") + SETTLE, DateTimeField())
    return Exists(
        Event.objects.filter(
            stream=stream,
            object_type=Complaint.OBJECT_TYPE,
            what="close",
            payload__cause=cause,
            at__gte=since,
            at__lt=until + SETTLE + timedelta(seconds=1),
            at__lte=last,
        )
    )
