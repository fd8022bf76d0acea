"""Moments and local days: what a wall clock shows, and when."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

DAY: Final = timedelta(days=1)
ZERO: Final = timedelta(0)
FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 2199
MINUTES_A_DAY: Final = 1440


class ClockError(ValueError):
    """A calendar, limit or moment that no deadline can be reckoned from."""


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """The time zone of that name. Raises `ClockError` when there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ClockError(f"unknown time zone: {name!r}") from error


def utc(moment: datetime) -> datetime:
    """That moment in UTC. Raises `ClockError` when naive or centuries away."""
    if moment.tzinfo is None:
        raise ClockError("a moment without a time zone")
    if not FIRST_YEAR < moment.year < LAST_YEAR:
        raise ClockError(f"the year {moment.year} is out of range")
    return moment.astimezone(UTC)


def instant(day: date, minute: int, tz: ZoneInfo) -> datetime:
    """The first instant at which the wall clock shows that minute or a later one."""
    wall = datetime.combine(day, time()) + timedelta(minutes=minute)
    late = wall.replace(tzinfo=tz).astimezone(UTC)
    if late.astimezone(tz).replace(tzinfo=None) == wall:
        return late
    # The wall clock skipped this minute: find the jump, to the second.
    early = wall.replace(tzinfo=tz, fold=1).astimezone(UTC)
    after = late.astimezone(tz).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + timedelta(seconds=(late - early) // timedelta(seconds=2))
        if middle.astimezone(tz).utcoffset() == after:
            late = middle
        else:
            early = middle
    return late


def local_day(at: datetime, tz: str) -> date:
    """The date that the calendar on the wall shows at that moment."""
    return utc(at).astimezone(zone(tz)).date()


def last_day(due_at: datetime, tz: str) -> date:
    """The last local day that is still in time; the date to print in a letter."""
    return local_day(due_at - timedelta.resolution, tz)


def is_late(at: datetime, due_at: datetime) -> bool:
    """Whether something done, or still open, at that moment missed the deadline."""
    return at >= due_at


def end_of(day: date, tz: str) -> datetime:
    """The midnight that ends a local day."""
    return instant(day, MINUTES_A_DAY, zone(tz))
