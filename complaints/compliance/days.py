"""Whole days, as every figure and every file of the register is asked for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Days:
    """From ``first`` to ``last`` in UTC, both included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def each(self) -> Iterator[date]:
        """Every day of them."""
        for number in range(self.first.toordinal(), self.last.toordinal() + 1):
            yield date.fromordinal(number)

    @property
    def since(self) -> datetime:
        return datetime.combine(self.first, time(), UTC)

    @property
    def until(self) -> datetime:
        """The first moment after them."""
        return datetime.combine(self.last + DAY, time(), UTC)

    def weeks(self) -> "Iterator[Days]":
        """Weeks from Monday that they touch, each cut to them."""
        start = self.first - self.first.weekday() * DAY
        while start <= self.last:
            yield self._cut(start, start + 6 * DAY)
            start += 7 * DAY

    def months(self) -> "Iterator[Days]":
        """Months that they touch, each cut to them."""
        month = month_of(self.first)
        while month <= self.last:
            yield self._cut(month, month_end(month))
            month = next_month(month)

    def _cut(self, first: date, last: date) -> "Days":
        return Days(max(first, self.first), min(last, self.last))


def month_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def next_month(month: date) -> date:
    """The first day of the month after the one that begins on ``month``."""
    return month_of(month + 31 * DAY)


def month_end(month: date) -> date:
    """The last day of the month that begins on ``month``."""
    return next_month(month) - DAY
