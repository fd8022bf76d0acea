"""Our published figures: the last twelve months, hidden where they are small.

A number that is hidden could be reckoned from a total and the numbers beside it, so
what is hidden in one table always comes to ten or more together.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Min
from django.db.models.functions import Coalesce, TruncMonth

from complaints.models import Category, Complaint, Decision
from complaints.states import DecisionStatus, Outcome

if TYPE_CHECKING:
    from django.db.models import QuerySet

SMALLEST = 10
"""Fewer cases than this are not published: somebody might be recognised."""

DECIDED = (DecisionStatus.ISSUED, DecisionStatus.SUPERSEDED)
IN_FAVOUR = (Outcome.UPHELD, Outcome.PARTLY_UPHELD)

Cells = dict[str, int | None]
"""Counts by code; None is hidden."""


@dataclass(frozen=True)
class Year:
    """Counts of [since, until); None is hidden. ``days`` is the median to decision.

    ``months`` by "2026-11", ``topics`` by code of the top category with the names in
    ``names``, ``outcomes`` by code of the outcome.
    """

    since: datetime
    until: datetime
    received: int | None
    decided: int | None
    upheld: int | None
    days: int | None
    months: Cells = field(default_factory=dict)
    topics: Cells = field(default_factory=dict)
    outcomes: Cells = field(default_factory=dict)
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def of_today(now: datetime) -> Year:
    """The year up to the last midnight (UTC), read once a day.

    What changes once a day cannot be watched for the one case that came meanwhile.
    """
    until = _midnight(now)
    known: Year | None = cache.get(_key(until))
    if known is None:
        known = read(until)
        cache.set(_key(until), known, timeout=6 * 3600)
    return known


def forget(now: datetime) -> None:
    """The next reader has them read anew: the year before was filled in."""
    cache.delete(_key(_midnight(now)))


def _midnight(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def _key(until: datetime) -> str:
    return f"public-figures:{until:%Y-%m-%d}"


def read(until: datetime, since: datetime | None = None) -> Year:
    """Four queries: what was received and first decided in the year to ``until``."""
    since = since or until - timedelta(days=365)
    months, topics, names = _received(since, until)
    received = sum(months.values())
    firsts = _first_decisions(since, until)
    decided = len(firsts)
    outcomes = Counter(outcome for _days, outcome in firsts)
    enough = decided >= SMALLEST
    in_favour = sum(outcomes[outcome] for outcome in IN_FAVOUR)
    shown = enough and min(in_favour, decided - in_favour) >= SMALLEST
    return Year(
        since,
        until,
        _shown(received),
        _shown(decided),
        round(100 * in_favour / decided) if shown else None,
        round(median(days for days, _outcome in firsts)) if enough else None,
        hide_small(months),
        hide_small(topics),
        hide_small({one: outcomes[one] for one in Outcome.values}),
        names,
    )


def _shown(number: int) -> int | None:
    return number if number >= SMALLEST else None


def hide_small(cells: Mapping[str, int]) -> Cells:
    """The cells without the small ones, and without the next larger ones as long as
    the hidden come to less than ten: else a total would give them away.

    Empty cells are shown as 0 where nothing is hidden, and hidden otherwise.
    """
    ranked = sorted(cells, key=lambda code: (cells[code], code))
    hidden = {code for code in ranked if 0 < cells[code] < SMALLEST}
    for code in ranked:
        if not 0 < sum(cells[one] for one in hidden) < SMALLEST:
            break
        if cells[code]:
            hidden.add(code)
    if hidden:
        hidden |= {code for code in ranked if not cells[code]}
    return {code: None if code in hidden else cells[code] for code in cells}


def _received(
    since: datetime, until: datetime
) -> tuple[dict[str, int], dict[str, int], dict[str, dict[str, str]]]:
    """Counts by month and by top category, and the names of those categories."""
    rows = Complaint.objects.using(settings.READ_DATABASE).filter(
        received_at__gte=since, received_at__lt=until
    )
    months = dict.fromkeys(_months(since, until), 0)
    for month, number in _grouped(rows.annotate(at=TruncMonth("received_at")), "at"):
        months[f"{month:%Y-%m}"] = number
    tops = rows.annotate(top=Coalesce("category__parent_id", "category_id"))
    by_pk = dict(_grouped(tops.filter(top__isnull=False), "top"))
    found = Category.objects.using(settings.READ_DATABASE).filter(parent=None)
    top = {row.pk: row for row in found.order_by("position")}
    topics = {row.code: by_pk.get(pk, 0) for pk, row in top.items()}
    return months, topics, {row.code: row.names for row in top.values()}


def _grouped(rows: "QuerySet[Complaint]", name: str) -> Iterable[tuple[Any, int]]:
    return rows.order_by().values_list(name).annotate(n=Count("pk"))


def _months(since: datetime, until: datetime) -> list[str]:
    """Every month that the time touches, oldest first."""
    first = since.year * 12 + since.month - 1
    last = until - timedelta(microseconds=1)
    end = last.year * 12 + last.month - 1
    return [f"{at // 12}-{at % 12 + 1:02}" for at in range(first, end + 1)]


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
