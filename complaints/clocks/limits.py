"""Limits: how long a step may take, when it ends, what a pause does to it."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal, cast, get_args

from complaints.clocks.business import add_business, add_business_days, business_between
from complaints.clocks.calendars import CalendarData
from complaints.clocks.instants import (
    DAY,
    LAST_YEAR,
    ClockError,
    end_of,
    local_day,
    utc,
)

Unit = Literal[
    "hours", "business_hours", "business_days", "calendar_days", "calendar_months"
]

MOST_UNITS: Final = 100_000


@dataclass(frozen=True)
class Limit:
    """How long a step may take. Raises `ClockError` unless 1 <= amount <= 100 000."""

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.unit not in get_args(Unit):
            raise ClockError(f"unknown unit of a limit: {self.unit!r}")
        if not 1 <= self.amount <= MOST_UNITS:
            raise ClockError(f"a limit of {self.amount} {self.unit} is out of range")

    def __str__(self) -> str:
        """As stored beside a clock, "2 calendar_months"; pages use words instead."""
        return f"{self.amount} {self.unit}"

    @property
    def is_business(self) -> bool:
        """Whether it counts by a business calendar; others run, and pause, without."""
        return self.unit in ("business_hours", "business_days")

    @classmethod
    def parse(cls, text: str) -> Limit:
        """The inverse of `str`. Raises `ClockError` for anything else."""
        amount, _, unit = text.partition(" ")
        if not (amount.isascii() and amount.isdigit() and len(amount) <= len("100000")):
            raise ClockError(f"not a limit: {text!r}")
        return cls(int(amount), cast("Unit", unit))


def add_calendar_days(start: datetime, days: int, tz: str) -> datetime:
    """The midnight that ends the `days`-th local day after the day of `start`."""
    return end_of(local_day(start, tz) + DAY * days, tz)


def add_calendar_months(start: datetime, months: int, tz: str) -> datetime:
    """The midnight that ends the same day of a later month, or that month's last."""
    return end_of(months_later(local_day(start, tz), months), tz)


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    if year > LAST_YEAR:
        raise ClockError(f"the year {year} is out of range")
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def elapsed(a: datetime, b: datetime, cal: CalendarData | None) -> timedelta:
    """Business time from `a` to `b`, or plain time where there is no calendar."""
    return b - a if cal is None else business_between(a, b, cal)


def later(at: datetime, amount: timedelta, cal: CalendarData | None) -> datetime:
    """That much business time after `at`, or plain time where there is no calendar."""
    return utc(at) + amount if cal is None else add_business(at, amount, cal)


def due_at(
    start: datetime, limit: Limit, cal: CalendarData | None, tz: str
) -> datetime:
    """When a limit that began at `start` ends.

    `cal` is needed for business units alone, `tz` (a zone's name) for calendar units
    alone. Raises `ClockError` when a needed calendar is missing.
    """
    amount = limit.amount
    if limit.unit == "hours":
        return utc(start) + timedelta(hours=amount)
    if limit.unit == "calendar_days":
        return add_calendar_days(start, amount, tz)
    if limit.unit == "calendar_months":
        return add_calendar_months(start, amount, tz)
    if cal is None:
        raise ClockError(f"{limit.unit} need a calendar")
    if limit.unit == "business_days":
        return add_business_days(start, amount, cal)
    return add_business(start, timedelta(hours=amount), cal)


def pause(due_at: datetime, now: datetime, cal: CalendarData | None) -> timedelta:
    """What is left of a clock stopped at `now`; negative when it was late already."""
    return elapsed(now, due_at, cal)


def resume(remaining: timedelta, now: datetime, cal: CalendarData | None) -> datetime:
    """The new deadline of a clock that goes on at `now` with what was left."""
    return later(now, remaining, cal)
