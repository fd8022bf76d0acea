"""When somebody has to be reminded of a limit, and how far a limit has run."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from complaints.clocks.calendars import CalendarData
from complaints.clocks.instants import DAY, ZERO, is_late, utc
from complaints.clocks.limits import elapsed, later

LEVELS: Final = (50, 80, 100)
"""Percent of a limit at which somebody is reminded; 101, 102, .. are the days after."""


def _level_at(
    level: int,
    started_at: datetime,
    due_at: datetime,
    cal: CalendarData | None,
    paused: timedelta,
) -> datetime:
    if level >= 100:
        return utc(due_at) + DAY * (level - 100)
    begun = later(started_at, paused, cal)
    whole = max(elapsed(begun, due_at, cal), ZERO)
    return later(begun, whole * level // 100, cal)


def reminder_schedule(
    started_at: datetime,
    due_at: datetime,
    cal: CalendarData | None,
    paused: timedelta = ZERO,
) -> tuple[tuple[int, datetime], ...]:
    """When 50, 80 and 100 percent of the time are gone, as (level, moment).

    `cal` is None for clocks that run in plain time. `paused` is how much of its time a
    clock has stood still so far; it counts for nothing.
    """
    return tuple(
        (level, _level_at(level, started_at, due_at, cal, paused)) for level in LEVELS
    )


def next_reminder(
    level: int,
    started_at: datetime,
    due_at: datetime,
    cal: CalendarData | None,
    paused: timedelta = ZERO,
) -> tuple[int, datetime]:
    """The level after `level` (0 to begin with) and its moment; past 100 one a day."""
    following = next((step for step in LEVELS if step > level), level + 1)
    return following, _level_at(following, started_at, due_at, cal, paused)


def reached_level(
    now: datetime,
    started_at: datetime,
    due_at: datetime,
    cal: CalendarData | None,
    paused: timedelta = ZERO,
) -> int:
    """The highest level whose moment has come, 0 for none.

    A scan that was down reminds once at this level instead of once for each missed.
    """
    if is_late(now, due_at):
        return 100 + (now - due_at) // DAY
    schedule = reminder_schedule(started_at, due_at, cal, paused)
    return max((level for level, at in schedule if now >= at), default=0)
