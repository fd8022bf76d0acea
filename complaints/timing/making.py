"""New clocks, not saved yet: when a limit begins and when it ends."""

from datetime import datetime

from complaints import clocks, profiles
from complaints.models import Clock, Complaint
from complaints.states import ClockKind, Step
from complaints.timing.calendars import calendar_of

PLAIN_STEPS = frozenset(
    {Step.APPEAL_WINDOW, Step.ANSWER_CUSTOMER, Step.OUTSIDE_CUSTOMER}
)
"""Limits of the customer: calendar time, reminded to nobody, never ours to miss."""


def start_first(complaint: Complaint, *, now: datetime) -> list[Clock]:
    """Unsaved clocks of a newly received complaint: acknowledge, admit, the law."""
    steps = (Step.ACKNOWLEDGE, Step.ADMIT, Step.STATUTORY_DECISION)
    return [new_clock(complaint, step, now=now) for step in steps]


def new_clock(
    complaint: Complaint, step: Step, *, now: datetime, subject: str = ""
) -> Clock:
    """An unsaved clock of ``step``.

    Statutory ones run from receipt in the profile's calendar, internal ones from
    ``now`` in the team's; plain limits (24 hours, 30 days) need no calendar.
    """
    profile = profiles.by_key(complaint.profile_key)
    limit = profile.limit(step)
    statutory = step == Step.STATUTORY_DECISION
    begun = complaint.received_at if statutory else now
    calendar = None
    if limit.is_business:
        calendar = profile.calendar if statutory else calendar_of(complaint)
    return dated_clock(
        complaint,
        step,
        started_at=begun,
        due_at=clocks.due_at(begun, limit, calendar, profile.timezone),
        calendar=calendar,
        limit=f"{limit.amount} {limit.unit}",
        subject=subject,
    )


def dated_clock(
    complaint: Complaint,
    step: Step,
    *,
    started_at: datetime,
    due_at: datetime,
    calendar: clocks.CalendarData | None = None,
    limit: str = "",
    subject: str = "",
) -> Clock:
    """An unsaved clock whose end is known, with its first reminder."""
    _level, reminder = clocks.next_reminder(0, started_at, due_at, calendar)
    return Clock(
        complaint=complaint,
        kind=(
            ClockKind.STATUTORY
            if step == Step.STATUTORY_DECISION
            else ClockKind.INTERNAL
        ),
        step=step,
        subject=subject,
        calendar=calendar.key if calendar else "",
        limit=limit,
        started_at=started_at,
        due_at=due_at,
        next_reminder_at=None if step in PLAIN_STEPS else reminder,
    )
