"""Conditions in SQL over tallies: which days and months of a period are read.

Plain text, and not a query of models: a page asks some twenty of them, and to build
them costs more than to run them. Names stand in this module and in its callers; what
is asked about goes in as values.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from complaints.compliance.days import DAY, month_end, month_of, next_month


@dataclass(frozen=True)
class Where:
    """A condition, and its values in order."""

    sql: str
    values: tuple[Any, ...] = ()


NOTHING = Where("1 = 0")


def is_(column: str, value: Any) -> Where:
    return Where(f"{column} = %s", (value,))


def among(column: str, values: Collection[Any]) -> Where:
    if not values:
        return NOTHING
    marks = ", ".join(["%s"] * len(values))
    return Where(f"{column} IN ({marks})", tuple(values))


def every(parts: Iterable[Where]) -> Where:
    return _joined(" AND ", parts)


def either(parts: Iterable[Where]) -> Where:
    return _joined(" OR ", [NOTHING, *parts])


def besides(part: Where) -> Where:
    return Where(f"NOT {part.sql}", part.values)


def _joined(word: str, parts: Iterable[Where]) -> Where:
    held = list(parts)
    sql = word.join(part.sql for part in held)
    return Where(f"({sql})", tuple(value for part in held for value in part.values))


# Days and months ----------------------------------------------------------------------


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


def when(first: date, last: date, daily: bool) -> Where:
    """Tallies that together are the period, each day once."""
    if daily:
        return _starting(False, first, last)
    span = cut(first, last)
    parts = [_starting(False, begin, end) for begin, end in span.days]
    if span.months:
        parts.append(_starting(True, span.months[0], span.months[-1]))
    return either(parts)


def _starting(monthly: bool, first: date, last: date) -> Where:
    named = "monthly" if monthly else "NOT monthly"
    return Where(f"({named} AND start BETWEEN %s AND %s)", (first, last))


def within(months: Iterable[date]) -> Where:
    """Days and months that are frozen; months in a row are one stretch."""
    return either(
        Where("start BETWEEN %s AND %s", stretch)
        for stretch in _stretches(sorted(months))
    )


def _stretches(months: list[date]) -> Iterator[tuple[date, date]]:
    start: date | None = None
    for place, month in enumerate(months):
        start = start or month
        after = next_month(month)
        if place + 1 == len(months) or months[place + 1] != after:
            yield start, month_end(month)
            start = None
