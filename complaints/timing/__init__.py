"""Which clocks start, stop and pause with which transition, and what is due next.

Statutory clocks run from receipt and nothing pauses them; internal ones run in the
calendar of the team that has the case. Scans only remind: correctness never depends
on when they run (see ``services.clocks``).
"""

from complaints.timing.calendars import calendar_by_key, calendar_of, team_calendar
from complaints.timing.making import PLAIN_STEPS, dated_clock, new_clock, start_first
from complaints.timing.misses import Missed, record_misses
from complaints.timing.plans import (
    AFTER_REOPENING,
    AFTER_RULING,
    ALL,
    PLANS,
    Plan,
    plan_of,
)
from complaints.timing.running import (
    NEVER_NEXT,
    follow,
    note_next_due,
    pause,
    refresh_next_due,
    resume,
    running,
    start,
    start_unless_running,
    stop,
    stop_subject,
)

__all__ = [
    "AFTER_REOPENING",
    "AFTER_RULING",
    "ALL",
    "NEVER_NEXT",
    "PLAIN_STEPS",
    "PLANS",
    "Missed",
    "Plan",
    "calendar_by_key",
    "calendar_of",
    "dated_clock",
    "follow",
    "new_clock",
    "note_next_due",
    "pause",
    "plan_of",
    "record_misses",
    "refresh_next_due",
    "resume",
    "running",
    "start",
    "start_first",
    "start_unless_running",
    "stop",
    "stop_subject",
    "team_calendar",
]
