"""Calendars that the clock tests share, one for each thing that can go wrong."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from complaints.clocks import CalendarData

NINE_TO_SIX = ((540, 1080),)
WEEK = dict.fromkeys(range(5), NINE_TO_SIX)
H = timedelta(hours=1)

BERLIN = CalendarData(
    "berlin", 1, "Europe/Berlin", WEEK, holidays=frozenset({date(2026, 5, 1)})
)
NEW_YORK = CalendarData("new-york", 1, "America/New_York", WEEK)
KOLKATA = CalendarData("kolkata", 1, "Asia/Kolkata", WEEK)
LUNCH = CalendarData(
    "lunch", 1, "Europe/Berlin", dict.fromkeys(range(5), ((540, 720), (780, 1080)))
)
ALWAYS = CalendarData(
    "always", 1, "Europe/Berlin", dict.fromkeys(range(7), ((0, 1440),))
)
ALWAYS_NEW_YORK = CalendarData(
    "always-ny", 1, "America/New_York", dict.fromkeys(range(7), ((0, 1440),))
)
LATE = CalendarData(
    "late", 1, "Europe/Berlin", dict.fromkeys(range(5), ((1200, 1440),))
)
SUNDAY_NIGHT = CalendarData("night", 1, "Europe/Berlin", {6: ((60, 240),)})
CHINA = CalendarData(
    "china",
    1,
    "Asia/Shanghai",
    WEEK,
    # The New Year break of 2026 and the weekend days worked for it.
    holidays=frozenset(date(2026, 2, day) for day in range(15, 24)),
    workdays=frozenset({date(2026, 2, 14), date(2026, 2, 28)}),
)


def at(text: str, tz: str = "Europe/Berlin") -> datetime:
    """A local wall clock time such as "2026-03-02 09:00" as a moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(tz)).astimezone(UTC)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
