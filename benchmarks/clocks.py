"""How many deadlines a second: `python -m benchmarks.clocks`. Pure, one process."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import perf_counter

from complaints.clocks import (
    CalendarData,
    Limit,
    add_business,
    business_between,
    due_at,
    next_reminder,
    reached_level,
)

ROUNDS = 20_000
CALENDAR = CalendarData(
    "bench", 1, "Europe/Berlin", dict.fromkeys(range(5), ((540, 720), (780, 1080)))
)
STARTS = [
    datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=37 * n) for n in range(ROUNDS)
]
SHORT, LONG = timedelta(hours=9), timedelta(hours=500)


def add_short(start: datetime) -> object:
    return add_business(start, SHORT, CALENDAR)


def add_long(start: datetime) -> object:
    return add_business(start, LONG, CALENDAR)


def between(start: datetime) -> object:
    return business_between(STARTS[0], start, CALENDAR)


def add_days(start: datetime) -> object:
    return due_at(start, Limit(15, "business_days"), CALENDAR, "Europe/Berlin")


def add_months(start: datetime) -> object:
    return due_at(start, Limit(2, "calendar_months"), None, "Europe/Berlin")


def sweep_one(start: datetime) -> object:
    """What a scan reckons for one clock that is due for a reminder."""
    due = start + timedelta(days=9)
    level = reached_level(start + timedelta(days=5), start, due, CALENDAR)
    return next_reminder(level, start, due, CALENDAR)


def rate(work: Callable[[datetime], object]) -> float:
    """Calls a second, calendars warm."""
    for start in (STARTS[0], STARTS[-1]):
        work(start)
    begun = perf_counter()
    for start in STARTS:
        work(start)
    return ROUNDS / (perf_counter() - begun)


def main() -> None:
    for work in (add_short, add_long, between, add_days, add_months, sweep_one):
        each = rate(work)
        print(f"{work.__name__:<12}{each:>12,.0f} /s{1e6 / each:>8.1f} µs")


if __name__ == "__main__":
    main()
