"""Clocks a second of a scan against a bare set-wise update, in one run.

    DATABASE_URL=postgres://… .venv/bin/python -m benchmarks.sweep --cases 5000

Fills a database of its own (``<name>_sweep``, dropped afterwards), makes one clock a
case due, and times ``sweep``; then the same claim with one event row and one outbox row
a case written in SQL alone, which is the limit. Rounds alternate; the ratio counts.
"""

import argparse
import os
import statistics
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any

import django
from django.db import connection

STARTED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LENGTH = timedelta(days=10)
BATCH = 500

BARE = """
    WITH due AS (
        SELECT id FROM complaints_clock
         WHERE stopped_at IS NULL AND paused_at IS NULL AND next_reminder_at <= %(now)s
         ORDER BY next_reminder_at LIMIT 500 FOR UPDATE SKIP LOCKED
    ), moved AS (
        UPDATE complaints_clock SET reminded_level = 80,
               next_reminder_at = %(now)s + interval '1 day'
         WHERE id IN (SELECT id FROM due) RETURNING id, complaint_id
    ), event AS (
        INSERT INTO sweep_event SELECT id, %(now)s, 'reminded' FROM moved
    )
    INSERT INTO complaints_outbox
           (key, kind, complaint_id, channel, recipient, recipient_name, subject, body,
            message_id, status, attempts, due_at, error, created_at)
    SELECT 'bare:' || id || ':' || %(round)s, 'staff', complaint_id, 'email',
           'somebody@people.example', '', 'Reminder', 'Text', '', 'pending', 0,
           %(now)s, '', %(now)s
      FROM moved
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
            [STARTED],
        )
        cursor.execute("DELETE FROM complaints_outbox WHERE kind = 'staff'")
        cursor.execute("TRUNCATE sweep_event")
        cursor.execute("ANALYZE complaints_clock")


def timed(work: Callable[[], int]) -> float:
    rearm()
    begun = perf_counter()
    done = work()
    return done / (perf_counter() - begun)


def reminders() -> int:
    """A scan at 85 %: handler and lead are told."""
    from complaints.services.clocks import sweep

    return sweep(now=STARTED + LENGTH * 85 / 100).reminded


def breaches() -> int:
    """A scan at 101 %: three are told and each miss goes onto its case's ledger."""
    from complaints.services.clocks import sweep

    return sweep(now=STARTED + LENGTH * 101 / 100).breached


def bare(number: int) -> int:
    done, now = 0, STARTED + LENGTH * 85 / 100
    while True:
        with connection.cursor() as cursor:
            cursor.execute(BARE, {"now": now, "round": number})
            if not cursor.rowcount:
                return done
            done += cursor.rowcount


def measure(rounds: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE sweep_event (clock bigint, at timestamptz, what text)"
        )
    rates: dict[str, list[float]] = {"bare": [], "reminders": [], "breaches": []}
    for number in range(rounds):
        rates["bare"].append(timed(lambda number=number: bare(number)))
        rates["reminders"].append(timed(reminders))
        rates["breaches"].append(timed(breaches))
    limit = statistics.median(rates["bare"])
    for name, found in rates.items():
        middle = statistics.median(found)
        print(f"{name:<12}{middle:>10,.0f} clocks/s{middle / limit:>8.2f} of bare")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    django.setup()
    if connection.vendor != "postgresql":
        raise SystemExit("set DATABASE_URL to a PostgreSQL server")
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        fill(options.cases)
        measure(options.rounds)
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], 0)


if __name__ == "__main__":
    main()
