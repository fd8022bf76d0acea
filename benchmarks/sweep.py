"""Clocks a second of a scan against bare set-wise SQL, in one run.

    .venv/bin/python -m benchmarks.sweep                          # SQLite
    DATABASE_URL=postgres://… .venv/bin/python -m benchmarks.sweep --cases 10000

Fills a test database of its own, dropped afterwards, makes one clock a case due, and
times ``sweep``. The limits are SQL alone, in the same sets of 500, one commit a set:
``bare`` claims and writes one plain event row and one outbox row a case; ``bare
ledger`` writes into the tables of the ledger instead, with their indexes and
triggers, and moves the heads of the streams. Neither reckons a level or a hash.
``told`` is a scan and what the relay does with its notices until each person's is
written. Rounds alternate; the ratios count.
"""

import argparse
import os
import re
import statistics
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any

import django
from django.db import connection, transaction

STARTED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LENGTH = timedelta(days=10)
BATCH = 500

DUE = """
    SELECT id, complaint_id FROM complaints_clock
     WHERE stopped_at IS NULL AND paused_at IS NULL AND next_reminder_at <= :now
     ORDER BY next_reminder_at LIMIT 500
"""
OUTBOX = """
    INSERT INTO complaints_outbox
           (key, kind, complaint_id, channel, recipient, recipient_name, subject, body,
            message_id, status, attempts, due_at, error, created_at)
    SELECT 'bare:' || id || ':' || :round, 'staff', complaint_id, 'email',
           'somebody@people.example', '', 'Reminder', 'Text', '', 'pending', 0,
           :now, '', :now
      FROM due
"""
CLAIM = """
    UPDATE complaints_clock SET reminded_level = 80, next_reminder_at = :next
     WHERE id IN (SELECT id FROM due)
"""
PLAIN = """
    INSERT INTO sweep_event (complaint_id, at, kind, text)
    SELECT complaint_id, :now, 'escalated', '3->2' FROM due
"""
LEDGER = """
    INSERT INTO complaints_event
           (stream, seq, what, object_type, source, target, actor_id, actor_role, at,
            payload, request_id, previous, sha256, seal)
    SELECT s.name, s.seq + 1, 'breach', '', '', '', :actor, 'system', :now,
           '{"clock": 1, "step": "investigate", "limit": "", "due": "", "actual": ""}',
           '', s.head, 'bare:' || s.name || ':' || s.seq, ''
      FROM due JOIN complaints_stream s ON s.name = 'complaint:' || due.complaint_id
"""
HEADS = """
    UPDATE complaints_stream
       SET head = 'bare:' || name || ':' || seq, seq = seq + 1
     WHERE name IN (SELECT 'complaint:' || complaint_id FROM due)
"""
PLAIN_EVENTS = """
    CREATE TABLE sweep_event (
        id {key}, complaint_id bigint NOT NULL REFERENCES complaints_complaint (id),
        at {moment} NOT NULL, kind varchar(20) NOT NULL, text text NOT NULL
    )
"""


def fill(count: int) -> None:
    """People and ``count`` investigated cases, each with one clock."""
    from complaints.models import Clock, Complaint, Stream
    from tests import cases
    from tests.people import make_people

    people = make_people()
    first = cases.at(people, "investigating")
    Clock.objects.update(next_reminder_at=None)
    for start in range(1, count, BATCH):
        rows = []
        for number in range(start, min(start + BATCH, count)):
            row = _copy(first)
            row.reference = f"B{number:011}"
            row.version = 0
            rows.append(row)
        made = Complaint.objects.bulk_create(rows)
        Stream.objects.bulk_create(Stream(name=row.stream) for row in made)
        Clock.objects.bulk_create(
            Clock(
                complaint=row,
                kind="internal",
                step="investigate",
                started_at=STARTED,
                due_at=STARTED + LENGTH,
            )
            for row in made
        )


def _copy(row: Any) -> Any:
    from complaints.models import Complaint

    kept = {f.attname for f in row._meta.concrete_fields} - {"id", "state"}
    return Complaint(**{name: getattr(row, name) for name in kept})


def rearm() -> None:
    """Make every clock of the benchmark due again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE complaints_clock SET next_reminder_at = %s, reminded_level = 50,"
            " breached_at = NULL WHERE step = 'investigate' AND calendar = ''",
            [_stored(STARTED)],
        )
        cursor.execute(
            "DELETE FROM complaints_outbox WHERE kind IN ('staff', 'clocks')"
        )
        cursor.execute("DELETE FROM sweep_event")
        cursor.execute("ANALYZE")


def _stored(at: datetime) -> str:
    """A moment as the database keeps it."""
    return str(connection.ops.adapt_datetimefield_value(at))


def timed(work: Callable[[], int]) -> float:
    rearm()
    begun = perf_counter()
    done = work()
    return done / (perf_counter() - begun)


def reminders() -> int:
    """A scan at 85 %: handler and lead are to be told."""
    from complaints.services.clocks import sweep

    return sweep(now=STARTED + LENGTH * 85 / 100).reminded


def breaches() -> int:
    """A scan at 101 %: three are to be told, each miss goes onto its case's ledger."""
    from complaints.services.clocks import sweep

    return sweep(now=STARTED + LENGTH * 101 / 100).breached


def told() -> int:
    """A scan at 85 % and the two notices a clock that the relay makes of it."""
    from complaints.models import Outbox
    from complaints.services import telling

    done = reminders()
    for row in Outbox.objects.filter(kind=telling.CLOCKS):
        telling.tell(row)
    return done


def bare(*statements: str) -> int:
    """The same set by set: what is due, then each statement, one commit a set."""
    from teams.system import system_actor

    now, done = STARTED + LENGTH * 85 / 100, 0
    actor, later = system_actor().pk, now + timedelta(days=1)
    facts = {"now": _stored(now), "next": _stored(later), "actor": actor}
    locked = " FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE due (id bigint, complaint_id bigint)")
        while True:
            with transaction.atomic():
                _run(cursor, f"INSERT INTO due {DUE}{locked}", facts)
                count = int(cursor.rowcount)
                for statement in statements:
                    _run(cursor, statement, {**facts, "round": perf_counter()})
                cursor.execute("DELETE FROM due")
            done += count
            if not count:
                cursor.execute("DROP TABLE due")
                return done


def _run(cursor: Any, statement: str, facts: dict[str, Any]) -> None:
    names = re.findall(r":([a-z]+)\b", statement)
    cursor.execute(re.sub(r":([a-z]+)\b", "%s", statement), [facts[n] for n in names])


RUNS: dict[str, Callable[[], int]] = {
    "bare": lambda: bare(CLAIM, PLAIN, OUTBOX),
    "bare ledger": lambda: bare(CLAIM, LEDGER, HEADS, OUTBOX),
    "reminders": reminders,
    "breaches": breaches,
    "told": told,
}


def measure(rounds: int) -> None:
    postgres = connection.vendor == "postgresql"
    key = "bigserial PRIMARY KEY" if postgres else "integer PRIMARY KEY"
    moment = "timestamptz" if postgres else "text"
    with connection.cursor() as cursor:
        cursor.execute(PLAIN_EVENTS.format(key=key, moment=moment))
        cursor.execute("CREATE INDEX sweep_event_case ON sweep_event (complaint_id)")
    rates: dict[str, list[float]] = {name: [] for name in RUNS}
    for _round in range(rounds):
        for name, work in RUNS.items():
            rates[name].append(timed(work))
    rate = {name: statistics.median(found) for name, found in rates.items()}
    print(f"{connection.vendor}: clocks/s, of bare, of bare ledger")
    for name, found in rate.items():
        shares = (found / rate[limit] for limit in ("bare", "bare ledger"))
        print(f"{name:<12}{found:>10,.0f}" + "".join(f"{s:>8.2f}" for s in shares))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    if connection.vendor == "sqlite":
        # A file, as it is served from; tests have theirs in memory.
        folder = tempfile.TemporaryDirectory()
        connection.settings_dict["TEST"]["NAME"] = f"{folder.name}/sweep.sqlite3"
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        fill(options.cases)
        measure(options.rounds)
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], 0)


if __name__ == "__main__":
    main()
