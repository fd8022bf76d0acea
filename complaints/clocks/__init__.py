"""Deadline arithmetic: calendars come in as data, time comes in as an argument.

What everything that shows or compares a deadline has to share:

* Moments are aware; results are in UTC. Nothing here asks what time it is.
* A deadline is exclusive: ``at < due_at`` is in time, ``at >= due_at`` is late
  (`is_late`). A limit in calendar days or months therefore ends at the local midnight
  that *ends* its last day; `last_day` gives the date to print.
* The day of the event is not counted, and an end on a weekend or holiday is not
  rolled forward (Regulation 1182/71 art. 3 would allow it; the earlier day is safe).
* Business time is real elapsed time inside the spans of a calendar. The edge of a
  span is the first instant at which the wall clock shows that minute or a later one,
  so a span across a change of clocks is really longer or shorter.
"""

from complaints.clocks.business import (
    add_business,
    add_business_days,
    business_between,
    business_days_before,
)
from complaints.clocks.calendars import CalendarData, Spans, is_business_day
from complaints.clocks.explain import Explanation, Reckoned, explain
from complaints.clocks.instants import ClockError, is_late, last_day, local_day, zone
from complaints.clocks.limits import (
    Limit,
    Unit,
    add_calendar_days,
    add_calendar_months,
    due_at,
    elapsed,
    later,
    pause,
    resume,
)
from complaints.clocks.reminders import (
    LEVELS,
    next_reminder,
    reached_level,
    reminder_schedule,
)

__all__ = [
    "LEVELS",
    "CalendarData",
    "ClockError",
    "Explanation",
    "Limit",
    "Reckoned",
    "Spans",
    "Unit",
    "add_business",
    "add_business_days",
    "add_calendar_days",
    "add_calendar_months",
    "business_between",
    "business_days_before",
    "due_at",
    "elapsed",
    "explain",
    "is_business_day",
    "is_late",
    "last_day",
    "later",
    "local_day",
    "next_reminder",
    "pause",
    "reached_level",
    "reminder_schedule",
    "resume",
    "zone",
]
