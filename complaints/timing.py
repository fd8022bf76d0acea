"""Which clocks start, stop and pause with which transition, and what is due next.

Statutory clocks run from receipt and nothing pauses them; internal ones run in the
calendar of the team that has the case. Scans only remind: correctness never depends
on when they run (see ``services.clocks``).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from operator import attrgetter
from typing import Protocol

from complaints import batch, clocks, ledger, profiles
from complaints.models import Clock, Complaint, Stream
from complaints.permissions import Viewer
from complaints.registry import Done
from complaints.states import ASKED_STEPS, ClockKind, State, Step
from config.memory import remembered
from teams.models import Calendar, Team
from teams.system import SCHEDULER, system_actor

ALL = tuple(Step)


@dataclass(frozen=True)
class Plan:
    """What a transition does to the clocks of its complaint, in this order."""

    stop: tuple[Step, ...] = ()
    start: tuple[Step, ...] = ()
    pause: bool = False
    resume: bool = False


PLANS: dict[str, Plan] = {
    "admit": Plan(
        stop=(Step.ADMIT, Step.FOLLOW_UP),
        start=(Step.FIRST_ANSWER, Step.INVESTIGATE),
    ),
    "refuse_admission": Plan(
        stop=(Step.ADMIT, Step.STATUTORY_DECISION), start=(Step.APPEAL_WINDOW,)
    ),
    "not_a_complaint": Plan(stop=ALL),
    "complete": Plan(
        stop=(Step.APPEAL_WINDOW,), start=(Step.ADMIT, Step.STATUTORY_DECISION)
    ),
    "ask_customer": Plan(stop=(Step.FIRST_ANSWER,), pause=True),
    "customer_answered": Plan(stop=(Step.ANSWER_CUSTOMER,), resume=True),
    "reroute": Plan(stop=(Step.ANSWER_CUSTOMER,), resume=True),
    # The first answer is one that the customer hears, and nobody tells them of a
    # proposal: its clock runs on until a question, a reply or the decision.
    "propose_decision": Plan(stop=(Step.INVESTIGATE,), start=(Step.DECIDE,)),
    "return_decision": Plan(stop=(Step.DECIDE,), start=(Step.INVESTIGATE,)),
    "approve_decision": Plan(start=(Step.EXECUTE_REMEDY,)),
    # What the decision already brought may still have to be carried out.
    "issue_decision": Plan(
        stop=tuple(step for step in ALL if step != Step.EXECUTE_REMEDY),
        start=(Step.APPEAL_WINDOW,),
    ),
    "accept": Plan(stop=(Step.APPEAL_WINDOW,), start=(Step.EXECUTE_REMEDY,)),
    "close": Plan(stop=ALL),
    "withdraw": Plan(stop=ALL),
    "merge_into": Plan(stop=ALL),
    "unmerge": Plan(start=(Step.STATUTORY_DECISION, Step.INVESTIGATE)),
    "lodge_appeal": Plan(stop=(Step.APPEAL_WINDOW, Step.EXECUTE_REMEDY)),
    "execute_award": Plan(start=(Step.EXECUTE_REMEDY,)),
}

AFTER_RULING: dict[str, Plan] = {
    State.REMEDYING: Plan(start=(Step.EXECUTE_REMEDY,)),
    State.INVESTIGATING: Plan(start=(Step.INVESTIGATE,)),
    State.RECEIVED: Plan(start=(Step.ADMIT,)),
}
AFTER_REOPENING: dict[str, Plan] = {
    State.INVESTIGATING: Plan(start=(Step.INVESTIGATE,)),
    State.RECEIVED: Plan(start=(Step.ADMIT,)),
}

PLAIN_STEPS = frozenset(
    {Step.APPEAL_WINDOW, Step.ANSWER_CUSTOMER, Step.OUTSIDE_CUSTOMER}
)
"""Limits of the customer: calendar time, reminded to nobody, never ours to miss."""


NEVER_NEXT = ASKED_STEPS | {
    Step.APPEAL_WINDOW,
    Step.ACKNOWLEDGE,
    Step.OUTSIDE_CUSTOMER,
}
"""Steps that do not show as what a case waits for."""


def plan_of(done: Done) -> Plan:
    if done.transition == "conclude_appeal":
        return AFTER_RULING.get(done.target, Plan())
    if done.transition == "reopen":
        return AFTER_REOPENING[done.target]
    return PLANS.get(done.transition, Plan())


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


def start_first(complaint: Complaint, *, now: datetime) -> list[Clock]:
    """Unsaved clocks of a newly received complaint: acknowledge, admit, the law."""
    steps = (Step.ACKNOWLEDGE, Step.ADMIT, Step.STATUTORY_DECISION)
    return [new_clock(complaint, step, now=now) for step in steps]


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
    return list(Clock.objects.filter(complaint=complaint, stopped_at=None))


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


def stop(complaint: Complaint, steps: Iterable[Step], *, now: datetime) -> None:
    """End the running clocks of ``steps``; one that ends late is a miss on record."""
    steps = tuple(steps)
    _record_misses(complaint, steps, now)
    rows = Clock.objects.filter(complaint=complaint, stopped_at=None, step__in=steps)
    rows.update(stopped_at=now, next_reminder_at=None)


def _record_misses(
    complaint: Complaint, steps: Iterable[Step], now: datetime, **only: str
) -> None:
    """Put limits on the ledger that passed before any scan saw them (Art 8(b))."""
    ours = [step for step in steps if step not in PLAIN_STEPS]
    late = list(
        Clock.objects.filter(
            complaint=complaint,
            step__in=ours,
            stopped_at=None,
            paused_at=None,
            breached_at=None,
            due_at__lt=now,
            **only,
        )
    )
    if not late:
        return
    viewer = Viewer(user=system_actor(SCHEDULER))
    heads = {complaint.stream: ledger.lock(complaint.stream)}
    record_misses(late, heads=heads, viewer=viewer, now=now)
    Clock.objects.filter(pk__in=[clock.pk for clock in late]).update(breached_at=now)


class Missed(Protocol):
    """A clock, or the columns of one, whose end has passed."""

    @property
    def pk(self) -> int: ...
    @property
    def complaint_id(self) -> int: ...
    @property
    def step(self) -> str: ...
    @property
    def limit(self) -> str: ...
    @property
    def due_at(self) -> datetime: ...


def record_misses(
    late: Iterable[Missed],
    *,
    heads: "Mapping[str, Stream | ledger.Head]",
    viewer: Viewer,
    now: datetime,
) -> None:
    """Put each limit that was not kept on the ledger of its case, whoever notices it.

    ``heads`` are the streams of these cases, locked.
    """
    entries: dict[str, list[ledger.Entry]] = defaultdict(list)
    for clock in late:
        entry = _miss(clock, viewer=viewer, now=now)
        entries[f"complaint:{clock.complaint_id}"].append(entry)
    if entries:
        ledger.append_each(entries, heads=heads)


def _miss(clock: Missed, *, viewer: Viewer, now: datetime) -> ledger.Entry:
    facts = {
        "clock": clock.pk,
        "step": clock.step,
        "limit": clock.limit,
        "due": clock.due_at,
        "actual": now,
    }
    return ledger.Entry("breach", viewer, now, facts)


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
        _record_misses(complaint, (step,), now, subject=subject)
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


# Calendars ------------------------------------------------------------------------


def calendar_of(complaint: Complaint) -> clocks.CalendarData:
    """The calendar of the team that has the case now."""
    known = "team" in complaint._state.fields_cache
    pk = complaint.team.calendar_id if known else _calendar_of(complaint.team_id)
    return _calendar(pk)


@remembered
def _calendar_of(team_id: int) -> int:
    return Team.objects.only("calendar_id").get(pk=team_id).calendar_id


def team_calendar(team: Team) -> clocks.CalendarData:
    """The calendar by which the team works."""
    return _calendar(team.calendar_id)


def calendar_by_key(key: str) -> clocks.CalendarData | None:
    """The calendar version a clock was reckoned in; None for plain time."""
    if not key:
        return None
    of_profile = (profile.calendar for profile in profiles.PROFILES)
    known = next((calendar for calendar in of_profile if calendar.key == key), None)
    if known is not None:
        return known
    return _calendar(_calendar_pk(key))


@lru_cache(maxsize=64)
def _calendar_pk(key: str) -> int:
    code, _at, version = key.partition("@")
    return Calendar.objects.only("pk").get(code=code, version=version).pk


@lru_cache(maxsize=64)
def _calendar(pk: int) -> clocks.CalendarData:
    """A calendar as data. Versions never change, so they are read once a process."""
    row = Calendar.objects.prefetch_related("holidays").get(pk=pk)
    days = list(row.holidays.all())
    return clocks.CalendarData(
        code=row.code,
        version=row.version,
        timezone=row.time_zone,
        spans={int(day): tuple(map(tuple, spans)) for day, spans in row.spans.items()},
        holidays=frozenset(day.day for day in days if not day.working),
        workdays=frozenset(day.day for day in days if day.working),
    )
