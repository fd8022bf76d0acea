"""Reminders and breaches, set by set: claim, write down, tell.

A scan reads without locking, then in one transaction takes the ledger streams of the
cases it can get at once, claims their clocks by conditional update, and writes what
follows. It never waits for a row, so it cannot deadlock with people at work, and a
case that somebody holds is left for the next scan.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from complaints import clocks, ledger, timing
from complaints.models import Clock, Outbox, Stream
from complaints.outbox import RELAY
from complaints.permissions import Viewer
from complaints.services.escalation import Circle, Desk, Due, Plan, Speaker
from config.celery import wake

logger = logging.getLogger(__name__)

COLUMNS = (
    "pk",
    "complaint_id",
    "step",
    "limit",
    "calendar",
    "started_at",
    "due_at",
    "paused_total",
    "reminded_level",
    "next_reminder_at",
    "breached_at",
    "complaint__reference",
    "complaint__team_id",
    "complaint__handler_id",
    "complaint__profile_key",
    "complaint__barrier",
)


@dataclass(frozen=True)
class Tally:
    """What one batch did."""

    reminded: int = 0
    breached: int = 0
    notices: int = 0
    failed: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        pairs = zip(astuple(self), astuple(other), strict=True)
        return Tally(*(mine + theirs for mine, theirs in pairs))


def remind_all(*, viewer: Viewer, now: datetime, batch: int) -> Tally:
    """Remind of every running clock whose next reminder has come."""
    desk, tally = Desk.read(), Tally()
    for rows in _batches(now, batch):
        tally += _remind(rows, desk, viewer, now)
    return tally


def _batches(now: datetime, size: int) -> Iterator[list[Due]]:
    """Due clocks in order; what was not claimed is not met again in this scan."""
    due = Clock.objects.filter(
        stopped_at=None, paused_at=None, next_reminder_at__lte=now
    ).order_by("next_reminder_at", "pk")
    rest = due
    while rows := [Due(*values) for values in rest.values_list(*COLUMNS)[:size]]:
        yield rows
        last = rows[-1]
        later = Q(next_reminder_at__gt=last.next_reminder_at) | Q(pk__gt=last.pk)
        rest = due.filter(later, next_reminder_at__gte=last.next_reminder_at)


def _remind(rows: Sequence[Due], desk: Desk, viewer: Viewer, now: datetime) -> Tally:
    """One batch; where it fails as a whole, each clock by itself."""
    plans, failed = _planned(rows, now)
    try:
        return Tally(failed=failed) + _write(plans, desk, viewer, now)
    except Exception:
        if len(plans) == 1:
            logger.exception("clock %s could not be reminded of", plans[0].row.pk)
            return Tally(failed=failed + 1)
    tally = Tally(failed=failed)
    for plan in plans:
        tally += _remind([plan.row], desk, viewer, now)
    return tally


def _planned(rows: Iterable[Due], now: datetime) -> tuple[list[Plan], int]:
    """How far each clock has run. One that cannot be reckoned is logged and left."""
    calendars: dict[str, clocks.CalendarData | None] = {}
    plans, failed = [], 0
    for row in rows:
        try:
            plans.append(_plan(row, now, calendars))
        except Exception:
            logger.exception("clock %s could not be reckoned", row.pk)
            failed += 1
    return plans, failed


def _plan(
    row: Due, now: datetime, calendars: dict[str, clocks.CalendarData | None]
) -> Plan:
    if row.calendar not in calendars:
        calendars[row.calendar] = timing.calendar_by_key(row.calendar)
    ran = (row.started_at, row.due_at, calendars[row.calendar], row.paused_total)
    level = max(clocks.reached_level(now, *ran), row.reminded_level)
    return Plan(row, level, clocks.next_reminder(level, *ran)[1])


@transaction.atomic
def _write(plans: Sequence[Plan], desk: Desk, viewer: Viewer, now: datetime) -> Tally:
    mine = _claim(_held(plans), now)
    if not mine:
        return Tally()
    breached = [plan for plan in mine if plan.breaches]
    _record(breached, viewer, now)
    told = _tell([plan for plan in mine if _is_news(plan)], desk, now)
    return Tally(reminded=len(mine), breached=len(breached), notices=told)


def _is_news(plan: Plan) -> bool:
    """A clock that was moved on after a pause may not have come further."""
    return plan.level > plan.row.reminded_level


def _held(plans: Sequence[Plan]) -> list[Plan]:
    """Plans of cases that nobody else is changing; their streams are ours now."""
    names = {plan.row.pk: f"complaint:{plan.row.complaint_id}" for plan in plans}
    streams = Stream.objects.filter(name__in=set(names.values()))
    if connection.features.has_select_for_update_skip_locked:
        streams = streams.select_for_update(skip_locked=True)
    held = set(streams.values_list("name", flat=True))
    return [plan for plan in plans if names[plan.row.pk] in held]


def _claim(plans: Sequence[Plan], now: datetime) -> list[Plan]:
    """Move the clocks on, each only if it still stands where it was read."""
    if not plans:
        return []
    adapt = connection.ops.adapt_datetimefield_value
    values: list[Any] = []
    for plan in plans:
        row = plan.row
        breached = now if plan.breaches else None
        moments = (plan.next_at, breached, row.next_reminder_at)
        values += [row.pk, plan.level, row.reminded_level, *map(adapt, moments)]
    with connection.cursor() as cursor:
        cursor.execute(_claim_sql(len(plans)), values)
        claimed = {pk for (pk,) in cursor.fetchall()}
    return [plan for plan in plans if plan.row.pk in claimed]


def _claim_sql(count: int) -> str:
    """One UPDATE for the batch; both databases name such columns column1, column2, …"""
    moment = "timestamptz" if connection.vendor == "postgresql" else "text"
    row = "(%s, %s, %s" + f", CAST(%s AS {moment})" * 3 + ")"
    return f"""
        UPDATE complaints_clock AS c
           SET reminded_level = v.column2,
               next_reminder_at = v.column4,
               breached_at = COALESCE(c.breached_at, v.column5)
          FROM (VALUES {", ".join([row] * count)}) AS v
         WHERE c.id = v.column1
           AND c.reminded_level = v.column3
           AND c.next_reminder_at = v.column6
           AND c.stopped_at IS NULL
           AND c.paused_at IS NULL
        RETURNING id
    """  # noqa: S608 - placeholders alone are put together here


def _record(breached: Sequence[Plan], viewer: Viewer, now: datetime) -> None:
    """Put each miss on the ledger of its case."""
    entries: dict[str, list[ledger.Entry]] = defaultdict(list)
    for plan in breached:
        row = plan.row
        facts = {
            "clock": row.pk,
            "step": row.step,
            "limit": row.limit,
            "due": row.due_at,
            "actual": now,
        }
        entry = ledger.Entry("breach", viewer, now, facts)
        entries[f"complaint:{row.complaint_id}"].append(entry)
    if entries:
        ledger.append_each(entries)


def _tell(plans: Sequence[Plan], desk: Desk, now: datetime) -> int:
    if not plans:
        return 0
    circle = Circle(desk, [plan.row for plan in plans], now)
    speaker = Speaker(now)
    told = ((plan, person) for plan in plans for person in circle.of(plan))
    notices = [speaker.notice(plan, person) for plan, person in told]
    Outbox.objects.bulk_create(notices, ignore_conflicts=True)
    if notices:
        transaction.on_commit(_ring)
    return len(notices)


def _ring() -> None:
    wake(RELAY)
