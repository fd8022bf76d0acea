"""Sums of tallies for a period: frozen months as signed, others as they are."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet, Sum

from complaints.compliance.days import DAY, month_end, month_of, next_month
from complaints.compliance.models import FrozenTally, RollupState, Snapshot, Tally
from complaints.compliance.rollup.sums import Money

BEGINNING = date(2000, 1, 1)
NOW_ONLY = frozenset({"open", "flag"})
"""Measures of what stands now."""
NOT_FROZEN = NOW_ONLY | {"group"}
"""No month of these is frozen: they change, or must forget, with a person."""


@dataclass(frozen=True)
class Span:
    """Days from ``first`` to ``last``, cut into whole months and the days besides."""

    months: tuple[date, ...]
    days: tuple[tuple[date, date], ...]


def cut(first: date, last: date) -> Span:
    """Whole months in [first, last], and at most two stretches of days around them."""
    start = first if first.day == 1 else next_month(month_of(first))
    months = []
    while month_end(start) <= last:
        months.append(start)
        start = next_month(start)
    if not months:
        return Span((), ((first, last),))
    around = ((first, months[0] - DAY), (next_month(months[-1]), last))
    return Span(tuple(months), tuple(one for one in around if one[0] <= one[1]))


Sums = Counter[tuple[Any, ...]]
"""Numbers by the values of some columns."""


class Reader:
    """Reads for one period and, where one is named, one team; nothing twice."""

    def __init__(self, first: date, last: date, team: int | None = None) -> None:
        self.first, self.last, self.team = first, last, team
        self.using = settings.READ_DATABASE
        self._read: dict[tuple[Any, ...], Sums] = {}

    @cached_property
    def as_of(self) -> datetime | None:
        """Up to when the ledger has been reckoned; None before it ever was."""
        rows = RollupState.objects.using(self.using)
        return rows.values_list("reckoned_at", flat=True).first()

    @cached_property
    def frozen(self) -> dict[date, int]:
        """The newest signed snapshot of each month."""
        rows = Snapshot.objects.using(self.using).filter(signed_at__isnull=False)
        newest = rows.order_by("month", "version").values_list("month", "pk")
        return dict(newest)

    def sums(
        self,
        measure: str,
        *by: str,
        first: date | None = None,
        last: date | None = None,
        daily: bool = False,
        **only: Any,
    ) -> Sums:
        """Numbers by the columns ``by``; ``daily`` reads days even of whole months."""
        asked = (measure, by, first, last, daily, tuple(sorted(only.items())))
        if asked not in self._read:
            rows = self._rows(measure, first, last, daily, only)
            self._read[asked] = _summed(rows, by)
        return self._read[asked]

    def money(
        self, *by: str, measure: str = "money", **only: Any
    ) -> dict[tuple[Any, ...], Money]:
        """Money by the columns ``by``."""
        sums: defaultdict[tuple[Any, ...], Money] = defaultdict(Money)
        for rows in self._rows(measure, None, None, False, only):
            for *key, n, amount, value in rows.values_list(*by, "n", "amount", "value"):
                sums[tuple(key)] = sums[tuple(key)].plus(n, amount, value)
        return sums

    def _rows(
        self,
        measure: str,
        first: date | None,
        last: date | None,
        daily: bool,
        only: dict[str, Any],
    ) -> "Iterator[QuerySet[Any]]":
        wanted = Q(measure=measure, **only)
        if self.team is not None:
            wanted &= Q(team=self.team)
        begin, end = first or self.first, last or self.last
        frozen = {} if measure in NOT_FROZEN else self._frozen_in(begin, end)
        live = Tally.objects.using(self.using).filter(wanted)
        yield live.filter(_when(begin, end, daily), ~_within(frozen))
        if frozen:
            kept = FrozenTally.objects.using(self.using).filter(wanted)
            yield kept.filter(
                _when(begin, end, daily), snapshot__in=list(frozen.values())
            )

    def _frozen_in(self, first: date, last: date) -> dict[date, int]:
        begin = month_of(first)
        return {m: key for m, key in self.frozen.items() if begin <= m <= last}


def _summed(parts: "Iterator[QuerySet[Any]]", by: tuple[str, ...]) -> Sums:
    found: Sums = Counter()
    for rows in parts:
        if not by:
            found[()] += rows.aggregate(n=Sum("n"))["n"] or 0
            continue
        for *key, n in rows.order_by().values_list(*by).annotate(total=Sum("n")):
            found[tuple(key)] += n
    return found


def _when(first: date, last: date, daily: bool) -> Q:
    if daily:
        return Q(monthly=False, start__gte=first, start__lte=last)
    span = cut(first, last)
    wanted = Q(pk__in=())
    if span.months:
        wanted |= Q(monthly=True, start__gte=span.months[0], start__lte=span.months[-1])
    for begin, end in span.days:
        wanted |= Q(monthly=False, start__gte=begin, start__lte=end)
    return wanted


def _within(months: dict[date, int]) -> Q:
    """Days and months that are frozen; months in a row are one stretch."""
    wanted = Q(pk__in=())
    for first, last in _stretches(sorted(months)):
        wanted |= Q(start__gte=first, start__lte=last)
    return wanted


def _stretches(months: list[date]) -> Iterator[tuple[date, date]]:
    start: date | None = None
    for place, month in enumerate(months):
        start = start or month
        after = next_month(month)
        if place + 1 == len(months) or months[place + 1] != after:
            yield start, month_end(month)
            start = None
