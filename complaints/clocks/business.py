"""Business time: how much of it passes between two moments, and when enough has."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache

from complaints.clocks.calendars import CalendarData, is_business_day
from complaints.clocks.instants import (
    DAY,
    FIRST_YEAR,
    LAST_YEAR,
    ZERO,
    ClockError,
    instant,
    last_day,
    local_day,
    utc,
    zone,
)


@dataclass
class _Year:
    """The business time of one local year laid end to end, ready for bisection."""

    starts: list[datetime] = field(default_factory=list)
    ends: list[datetime] = field(default_factory=list)
    before: list[timedelta] = field(default_factory=list)
    through: list[timedelta] = field(default_factory=list)
    days: list[date] = field(default_factory=list)
    closes: list[datetime] = field(default_factory=list)
    total: timedelta = ZERO

    def add_span(self, start: datetime, end: datetime) -> None:
        """Append a span; one that a jump of the clocks swallowed is left out."""
        if start < end:
            self.starts.append(start)
            self.ends.append(end)
            self.before.append(self.total)
            self.total += end - start
            self.through.append(self.total)

    def position(self, at: datetime) -> timedelta:
        """Business time between the start of the year and that moment."""
        i = bisect_right(self.starts, at) - 1
        if i < 0:
            return ZERO
        return self.before[i] + (min(at, self.ends[i]) - self.starts[i])

    def moment(self, position: timedelta) -> datetime:
        """The first moment at which so much business time has passed; not for zero."""
        i = bisect_left(self.through, position)
        return self.starts[i] + (position - self.before[i])


@lru_cache(maxsize=256)
def _year(cal: CalendarData, year: int) -> _Year:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ClockError(f"calendar {cal.code} does not reach the year {year}")
    tz, block = zone(cal.timezone), _Year()
    day = date(year, 1, 1)
    while day.year == year:
        spans = cal.spans_on(day)
        for start, end in spans:
            block.add_span(instant(day, start, tz), instant(day, end, tz))
        if spans:
            block.days.append(day)
            block.closes.append(instant(day, spans[-1][1], tz))
        day += DAY
    return block


def add_business(start: datetime, amount: timedelta, cal: CalendarData) -> datetime:
    """The first moment at which `amount` of business time has passed since `start`.

    Lands on the end of a span rather than on the start of the next one. A negative
    amount goes back; none at all gives `start`, open or closed.
    """
    at = utc(start)
    if not amount:
        return at
    year = local_day(at, cal.timezone).year
    block = _year(cal, year)
    target = block.position(at) + amount
    while target <= ZERO:
        year -= 1
        block = _year(cal, year)
        target += block.total
    while target > block.total:
        target -= block.total
        year += 1
        block = _year(cal, year)
    return block.moment(target)


def business_between(a: datetime, b: datetime, cal: CalendarData) -> timedelta:
    """Business time from `a` to `b`; negative when `b` is the earlier one."""
    if b < a:
        return -business_between(b, a, cal)
    a, b = utc(a), utc(b)
    first, last = (local_day(at, cal.timezone).year for at in (a, b))
    whole = sum((_year(cal, year).total for year in range(first, last)), ZERO)
    return whole + _year(cal, last).position(b) - _year(cal, first).position(a)


def add_business_days(start: datetime, days: int, cal: CalendarData) -> datetime:
    """Close of business on the `days`-th business day after the day of `start`."""
    if days < 1:
        raise ClockError(f"cannot count {days} business days ahead")
    day = local_day(start, cal.timezone)
    year, block = day.year, _year(cal, day.year)
    index = bisect_right(block.days, day) + days - 1
    while index >= len(block.days):
        index -= len(block.days)
        year += 1
        block = _year(cal, year)
    return block.closes[index]


def business_days_before(due_at: datetime, days: int, cal: CalendarData) -> datetime:
    """The midnight that begins the `days`-th business day before the last day in time.

    For what has to be done some working days ahead of a deadline.
    """
    if days < 1:
        raise ClockError(f"cannot count {days} business days back")
    day = last_day(due_at, cal.timezone)
    while days:
        day -= DAY
        days -= is_business_day(day, cal)
    return instant(day, 0, zone(cal.timezone))
