"""Our published figures: the last twelve months, hidden where they are small."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.conf import settings
from django.db.models import Min

from complaints.models import Complaint, Decision
from complaints.states import DecisionStatus, Outcome

SMALLEST = 10
"""Fewer cases than this are not published: somebody might be recognised."""

DECIDED = (DecisionStatus.ISSUED, DecisionStatus.SUPERSEDED)
IN_FAVOUR = (Outcome.UPHELD, Outcome.PARTLY_UPHELD)


@dataclass(frozen=True)
class Year:
    """Counts of [since, until); None is hidden. ``days`` is the median to decision."""

    since: datetime
    until: datetime
    received: int | None
    decided: int | None
    upheld: int | None
    days: int | None


def read(until: datetime) -> Year:
    """Two queries over what was received and first decided in the year to ``until``."""
    since = until - timedelta(days=365)
    received = Complaint.objects.using(settings.READ_DATABASE).filter(
        received_at__gte=since, received_at__lt=until
    )
    firsts = _first_decisions(since, until)
    decided = len(firsts)
    enough = decided >= SMALLEST
    in_favour = sum(outcome in IN_FAVOUR for _days, outcome in firsts)
    opposed = decided - in_favour
    shown = enough and min(in_favour, opposed) >= SMALLEST
    return Year(
        since,
        until,
        _shown(received.count()),
        _shown(decided),
        round(100 * in_favour / decided) if shown else None,
        round(median(days for days, _outcome in firsts)) if enough else None,
    )


def _shown(number: int) -> int | None:
    return number if number >= SMALLEST else None


def _first_decisions(since: datetime, until: datetime) -> list[tuple[float, str]]:
    """Days from receipt and outcome of each case first decided in that time."""
    issued = Decision.objects.using(settings.READ_DATABASE).filter(
        status__in=DECIDED, on_appeal=False, issued_at__isnull=False
    )
    first: dict[int, tuple[datetime, datetime, str]] = {}
    rows = issued.filter(issued_at__lt=until).order_by("issued_at", "pk")
    recent = rows.values("complaint").annotate(at=Min("issued_at"))
    wanted = recent.filter(at__gte=since).values("complaint")
    columns = ("complaint_id", "issued_at", "complaint__received_at", "outcome")
    for pk, at, received, outcome in rows.filter(complaint__in=wanted).values_list(
        *columns
    ):
        first.setdefault(pk, (at, received, outcome))
    return [
        ((at - received) / timedelta(days=1), outcome)
        for at, received, outcome in first.values()
    ]
