"""Why a deadline is what it is: the days and spans that were counted, as data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

from complaints.clocks.calendars import CalendarData
from complaints.clocks.instants import (
    DAY,
    ZERO,
    instant,
    last_day,
    local_day,
    utc,
    zone,
)
from complaints.clocks.limits import Limit, due_at, later

Kind = Literal[
    "day_of_event",  # not counted, by rule
    "after_hours",  # opened that day, but only before the start
    "counted",
    "makeup",  # counted on a make-up work day
    "holiday",
    "closed",  # no hours on that weekday
    "same_day",  # the day of that number in a later month
    "month_end",  # that month is shorter, so its last day
]

MOST_ROWS: Final = 40


@dataclass(frozen=True)
class Reckoned:
    """One row of the explanation: a local day, or one span of it.

    `start` and `end` (UTC) bound the `counted` time, and are empty for a day that
    counted as a whole or not at all; `nth` is the number of a counted day.
    """

    day: date
    kind: Kind
    start: datetime | None = None
    end: datetime | None = None
    nth: int = 0

    @property
    def counted(self) -> timedelta:
        """Time counted in this row."""
        return self.end - self.start if self.start and self.end else ZERO


@dataclass(frozen=True)
class Explanation:
    """The way from a start to a deadline; words and formats are the page's."""

    start: datetime
    limit: Limit
    paused: timedelta
    due_at: datetime
    last_day: date
    timezone: str
    calendar: str
    """Key of the calendar, empty for plain time."""
    rows: tuple[Reckoned, ...]
    left_out: int
    """Rows missing before the last one, because there were too many."""


def explain(
    start: datetime,
    limit: Limit,
    cal: CalendarData | None,
    tz: str,
    paused: timedelta = ZERO,
    most_rows: int = MOST_ROWS,
) -> Explanation:
    """How `due_at` comes to its answer for a clock that stood still for `paused`.

    `paused` is business time where the limit has a business unit. Raises `ClockError`
    like `due_at`.
    """
    if limit.is_business and cal is not None:
        tz = cal.timezone
    else:
        cal = None
    unpaused = due_at(start, limit, cal, tz)
    due = later(unpaused, paused, cal)
    rows = tuple(_rows(utc(start), unpaused, due, limit, cal, tz))
    left_out = max(len(rows) - most_rows, 0)
    return Explanation(
        start=utc(start),
        limit=limit,
        paused=paused,
        due_at=due,
        last_day=last_day(due, tz),
        timezone=tz,
        calendar=cal.key if cal else "",
        rows=rows if not left_out else (*rows[: most_rows - 1], rows[-1]),
        left_out=left_out,
    )


def _rows(
    start: datetime,
    unpaused: datetime,
    due: datetime,
    limit: Limit,
    cal: CalendarData | None,
    tz: str,
) -> Iterator[Reckoned]:
    first = local_day(start, tz)
    if limit.unit == "hours":
        yield Reckoned(first, "counted", start, due)
    elif cal is None:
        last = last_day(unpaused, tz)
        yield Reckoned(first, "day_of_event")
        yield Reckoned(
            last, _calendar_kind(first, last, limit), nth=(last - first).days
        )
    elif limit.unit == "business_days":
        yield from _day_rows(first, last_day(unpaused, tz), cal)
        yield from _span_rows(unpaused, due, cal)
    else:
        yield from _span_rows(start, due, cal)


def _calendar_kind(first: date, last: date, limit: Limit) -> Kind:
    if limit.unit == "calendar_days":
        return "counted"
    return "same_day" if first.day == last.day else "month_end"


def _day_rows(first: date, last: date, cal: CalendarData) -> Iterator[Reckoned]:
    yield Reckoned(first, "day_of_event")
    nth = 0
    for day in _days_between(first + DAY, last):
        opens = bool(cal.spans_on(day))
        nth += opens
        yield Reckoned(day, _kind(day, cal), nth=nth if opens else 0)


def _span_rows(start: datetime, due: datetime, cal: CalendarData) -> Iterator[Reckoned]:
    """A row a span that holds some of the time, a row a day that holds none."""
    if due <= start:
        return
    tz = cal.timezone
    for day in _days_between(local_day(start, tz), last_day(due, tz)):
        kind, held = _kind(day, cal), False
        for opens, closes in _bounds(day, cal):
            since, until = max(opens, start), min(closes, due)
            if since < until:
                yield Reckoned(day, kind, since, until)
                held = True
        if not held:
            yield Reckoned(day, "after_hours" if cal.spans_on(day) else kind)


def _bounds(day: date, cal: CalendarData) -> Iterator[tuple[datetime, datetime]]:
    tz = zone(cal.timezone)
    for opens, closes in cal.spans_on(day):
        yield instant(day, opens, tz), instant(day, closes, tz)


def _kind(day: date, cal: CalendarData) -> Kind:
    if day in cal.workdays:
        return "makeup"
    if cal.spans_on(day):
        return "counted"
    return "holiday" if day in cal.holidays else "closed"


def _days_between(first: date, last: date) -> Iterator[date]:
    return (first + DAY * n for n in range((last - first).days + 1))
