"""Reminders and breaches, set by set: claim, write down, have it told.

A scan reads without locking, then in one transaction takes the ledger streams of the
cases it can get at once, claims their clocks by conditional update, writes the misses
down, and leaves one notice in the outbox: which clocks came how far. Whom that
concerns, and in which words, is found out by the relay (``services.telling``). The
scan never waits for a row, so it cannot deadlock with people at work, and a case that
somebody holds is left for the next one. A batch takes the same few statements
whatever its size.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import Q

from complaints import clocks, ledger, outbox, rowsets, timing
from complaints.models import Clock
from complaints.permissions import Viewer
from complaints.services import telling

logger = logging.getLogger(__name__)


class Due(NamedTuple):
    """A clock whose reminder is due; the fields are columns of ``Clock``."""

    pk: int
    complaint_id: int
    step: str
    limit: str
    calendar: str
    started_at: datetime
    due_at: datetime
    paused_total: timedelta
    reminded_level: int
    next_reminder_at: datetime
    breached_at: datetime | None

    @property
    def stream(self) -> str:
        return f"complaint:{self.complaint_id}"


COLUMNS = Due._fields


class Plan(NamedTuple):
    """What a due clock is moved to: the level it reached and the next look at it."""

    row: Due
    level: int
    next_at: datetime

    @property
    def breaches(self) -> bool:
        """Whether this is the first look at the clock after its end."""
        return self.level >= 100 and self.row.breached_at is None

    @property
    def is_news(self) -> bool:
        """A clock that was moved on after a pause may not have come further."""
        return self.level > self.row.reminded_level


@dataclass(frozen=True)
class Tally:
    """What one batch did."""

    reminded: int = 0
    breached: int = 0
    failed: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        pairs = zip(astuple(self), astuple(other), strict=True)
        return Tally(*(mine + theirs for mine, theirs in pairs))


def remind_all(*, viewer: Viewer, now: datetime, batch: int) -> Tally:
    """Remind of every running clock whose next reminder has come."""
    tally = Tally()
    for rows in _batches(now, batch):
        tally += _remind(rows, viewer, now)
    return tally


def _batches(now: datetime, size: int) -> Iterator[list[Due]]:
    """Due clocks in order; what was not claimed is not met again in this scan."""
    due = Clock.objects.filter(
        stopped_at=None, paused_at=None, next_reminder_at__lte=now
    ).order_by("next_reminder_at", "pk")
    rest = due
    while rows := [Due._make(one) for one in rest.values_list(*COLUMNS)[:size]]:
        yield rows
        last = rows[-1]
        later = Q(next_reminder_at__gt=last.next_reminder_at) | Q(pk__gt=last.pk)
        rest = due.filter(later, next_reminder_at__gte=last.next_reminder_at)


def _remind(rows: Sequence[Due], viewer: Viewer, now: datetime) -> Tally:
    """One batch; where it fails as a whole, each clock by itself."""
    plans, failed = _planned(rows, now)
    try:
        return Tally(failed=failed) + _write(plans, viewer, now)
    except Exception:
        if len(plans) == 1:
            logger.exception("clock %s could not be reminded of", plans[0].row.pk)
            return Tally(failed=failed + 1)
    tally = Tally(failed=failed)
    for plan in plans:
        tally += _remind([plan.row], viewer, now)
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
def _write(plans: Sequence[Plan], viewer: Viewer, now: datetime) -> Tally:
    heads = _held(plans)
    mine = _claim([plan for plan in plans if plan.row.stream in heads], now)
    breached = [plan for plan in mine if plan.breaches]
    late = [plan.row for plan in breached]
    timing.record_misses(late, heads=heads, viewer=viewer, now=now)
    news = {plan.row.pk: plan.level for plan in mine if plan.is_news}
    if news:
        outbox.put_all([telling.of_clocks(news, now)])
    return Tally(reminded=len(mine), breached=len(breached))


def _held(plans: Sequence[Plan]) -> dict[str, ledger.Head]:
    """Heads of the cases that nobody else is changing; they are ours now."""
    skips = connection.features.has_select_for_update_skip_locked
    names = {plan.row.stream for plan in plans}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.name, s.seq, s.head FROM complaints_stream AS s"  # noqa: S608
            f" JOIN {rowsets.table('v', {'name': 'text'})} ON v.name = s.name"
            f"{' FOR UPDATE OF s SKIP LOCKED' if skips else ''}",
            [rowsets.rows({"name": name} for name in names)],
        )
        return {name: ledger.Head(name, *rest) for name, *rest in cursor.fetchall()}


CLAIMED = {
    "pk": "bigint",
    "level": "integer",
    "old_level": "integer",
    "next_at": "timestamptz",
    "old_next": "timestamptz",
    "missed": "timestamptz",
}


def _claim(plans: Sequence[Plan], now: datetime) -> list[Plan]:
    """Move the clocks on, each only if it still stands where it was read."""
    if not plans:
        return []
    statement = f"""
        UPDATE complaints_clock AS c
           SET reminded_level = v.level,
               next_reminder_at = v.next_at,
               breached_at = COALESCE(c.breached_at, v.missed)
          FROM {rowsets.table("v", CLAIMED)}
         WHERE c.id = v.pk
           AND c.reminded_level = v.old_level
           AND c.next_reminder_at = v.old_next
           AND c.stopped_at IS NULL
           AND c.paused_at IS NULL
        RETURNING id
    """  # noqa: S608 - the names of columns alone are put together here
    with connection.cursor() as cursor:
        cursor.execute(statement, [rowsets.rows(_moves(plans, now))])
        claimed = {pk for (pk,) in cursor.fetchall()}
    return [plan for plan in plans if plan.row.pk in claimed]


def _moves(plans: Iterable[Plan], now: datetime) -> Iterator[dict[str, object]]:
    for plan in plans:
        yield {
            "pk": plan.row.pk,
            "level": plan.level,
            "old_level": plan.row.reminded_level,
            "next_at": plan.next_at,
            "old_next": plan.row.next_reminder_at,
            "missed": now if plan.breaches else None,
        }
