"""Clocks of a case started, stopped, paused, resumed, and what is due next."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from operator import attrgetter

from complaints import batch, clocks
from complaints.models import Clock, Complaint
from complaints.registry import Done
from complaints.states import ASKED_STEPS, ClockKind, Step
from complaints.timing.calendars import calendar_by_key
from complaints.timing.making import dated_clock, new_clock
from complaints.timing.misses import note_misses
from complaints.timing.plans import Plan, plan_of
from complaints.worded import Worded

NEVER_NEXT = ASKED_STEPS | {
    Step.APPEAL_WINDOW,
    Step.ACKNOWLEDGE,
    Step.OUTSIDE_CUSTOMER,
}
"""Steps that do not show as what a case waits for."""


def follow(done: Done) -> None:
    """Do to the clocks what the transition of a complaint asks for."""
    complaint, plan = done.obj, plan_of(done)
    if plan == Plan():
        return
    stop(complaint, plan.stop, now=done.now)
    if plan.pause:
        pause(complaint, now=done.now)
    if plan.resume:
        resume(complaint, now=done.now)
    start(complaint, plan.start, now=done.now)
    if done.transition == "ask_customer":
        _start_answer(complaint, done.fields["answer_by"], done.now)
    refresh_next_due(complaint)


def start(complaint: Complaint, steps: Iterable[Step], *, now: datetime) -> None:
    fresh = [new_clock(complaint, step, now=now) for step in steps]
    if fresh:
        stop(complaint, steps, now=now)
        Clock.objects.bulk_create(fresh)


def start_unless_running(
    complaint: Complaint, step: Step, *, now: datetime
) -> list[Clock]:
    """A limit that an earlier cause already started is not put off by a later one.

    What runs on the case then.
    """
    found = running(complaint)
    if any(clock.step == step for clock in found):
        return found
    fresh = new_clock(complaint, step, now=now)
    batch.add(fresh)
    return [*found, fresh]


def running(complaint: Complaint) -> list[Clock]:
    """The clocks of the case that were not stopped, paused ones too."""
    return _RUNNING.rows(case=complaint.pk)


_RUNNING = Worded(lambda case: Clock.objects.filter(complaint=case, stopped_at=None))


def stop(complaint: Complaint, steps: Iterable[Step], *, now: datetime) -> None:
    """End the running clocks of ``steps``; one that ends late is a miss on record."""
    steps = tuple(steps)
    note_misses(complaint, steps, now)
    rows = Clock.objects.filter(complaint=complaint, stopped_at=None, step__in=steps)
    rows.update(stopped_at=now, next_reminder_at=None)


def stop_subject(
    complaint: Complaint,
    step: Step,
    subject: str,
    *,
    now: datetime,
    record_miss: bool = False,
) -> None:
    """Stop the one clock of ``step`` that runs for ``subject``."""
    if record_miss:
        note_misses(complaint, (step,), now, subject=subject)
    rows = Clock.objects.filter(
        complaint=complaint, step=step, subject=subject, stopped_at=None
    )
    rows.update(stopped_at=now, next_reminder_at=None)


def pause(complaint: Complaint, *, now: datetime) -> None:
    """Stop counting business time; limits of the law and plain ones go on."""
    rows = Clock.objects.filter(
        complaint=complaint,
        kind=ClockKind.INTERNAL,
        stopped_at=None,
        paused_at=None,
    ).exclude(calendar="")
    for clock in rows:
        clock.paused_at = now
        clock.remaining = clocks.pause(
            clock.due_at, now, calendar_by_key(clock.calendar)
        )
        clock.save(update_fields=["paused_at", "remaining"])


def resume(complaint: Complaint, *, now: datetime) -> None:
    """Go on with what was left when each clock was paused."""
    rows = Clock.objects.filter(complaint=complaint, stopped_at=None)
    for clock in rows.exclude(paused_at=None):
        calendar = calendar_by_key(clock.calendar)
        clock.due_at = clocks.resume(clock.remaining or timedelta(), now, calendar)
        stood = clocks.elapsed(clock.paused_at or now, now, calendar)
        clock.paused_total, clock.paused_at, clock.remaining = (
            clock.paused_total + stood,
            None,
            None,
        )
        clock.next_reminder_at = clocks.next_reminder(
            clock.reminded_level,
            clock.started_at,
            clock.due_at,
            calendar,
            clock.paused_total,
        )[1]
        clock.save()


def _start_answer(complaint: Complaint, answer_by: datetime, now: datetime) -> None:
    dated_clock(
        complaint, Step.ANSWER_CUSTOMER, started_at=now, due_at=answer_by
    ).save()


def refresh_next_due(complaint: Complaint) -> None:
    """Keep beside the case which of its running limits ends first."""
    note_next_due(complaint, running(complaint))


def note_next_due(complaint: Complaint, found: Iterable[Clock], *also: str) -> None:
    """The same of ``found``, with the columns ``also`` as the case has them now."""
    ours = (clock for clock in found if clock.step not in NEVER_NEXT)
    going = (clock for clock in ours if clock.paused_at is None)
    first = min(going, key=attrgetter("due_at"), default=None)
    complaint.next_due_at = first.due_at if first else None
    complaint.next_due_step = first.step if first else ""
    names = ("next_due_at", "next_due_step", *also)
    changes = {name: getattr(complaint, name) for name in names}
    Complaint.objects.filter(pk=complaint.pk).update(**changes)
