"""Mails a second on PostgreSQL: ``python -m benchmarks.intake``. No server in between.

Several processes take mails in at once, as workers do: new complaints, then answers to
them. ``--complaints`` first fills the register with so many rows made by SQL, so that
both can be timed where an index is missed.
"""

import argparse
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Sequence
from time import perf_counter, process_time

import django
import psycopg
from django.core.management import call_command

from tests.services import Services

COPIES = """
CREATE TEMP TABLE made AS SELECT n, nextval('complaints_party_id_seq') AS party,
    nextval('complaints_complaint_id_seq') AS pk, 'c' || n || '@filled.example' AS email
    FROM generate_series(1, {rows}) AS n;
INSERT INTO complaints_party SELECT r.* FROM made m, complaints_party p,
    LATERAL jsonb_populate_record(p, jsonb_build_object('id', m.party,
    'email', m.email)) AS r WHERE p.id = (SELECT min(id) FROM complaints_party);
INSERT INTO complaints_contact (party_id, kind, provider, value, proof, created_at)
    SELECT party, 'email', '', email, '', now() FROM made;
INSERT INTO complaints_complaint SELECT r.* FROM made m, complaints_complaint c,
    LATERAL jsonb_populate_record(c, jsonb_build_object('id', m.pk, 'customer_id',
    m.party, 'reference', 'F' || m.n, 'idempotency_key', null)) AS r
    WHERE c.id = (SELECT min(id) FROM complaints_complaint);
INSERT INTO complaints_stream (name, seq, head)
    SELECT 'complaint:' || pk, 1, '' FROM made;
INSERT INTO complaints_rawmessage SELECT r.* FROM made m, complaints_rawmessage w,
    LATERAL jsonb_populate_record(w, jsonb_build_object('sender', m.email, 'id',
    nextval('complaints_rawmessage_id_seq'), 'complaint_id', m.pk, 'external_id',
    'filled-' || m.n, 'raw', '')) AS r
    WHERE w.id = (SELECT min(id) FROM complaints_rawmessage);
INSERT INTO complaints_outbox SELECT r.* FROM made m, complaints_outbox o,
    LATERAL jsonb_populate_record(o, jsonb_build_object('key', 'f' || m.n, 'id',
    nextval('complaints_outbox_id_seq'), 'complaint_id', m.pk, 'message_id', 'f' || m.n,
    'status', 'sent')) AS r WHERE o.id = (SELECT min(id) FROM complaints_outbox);
DROP TABLE made;
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=300, help="of each kind")
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--complaints", type=int, default=0, help="filled in before")
    options = parser.parse_args()
    services = Services()
    try:
        if not services.database_url:
            print("PostgreSQL is neither found nor installable here.", file=sys.stderr)
            return 1
        _with_database(services, options)
    finally:
        services.close()
    return 0


def _with_database(services: Services, options: argparse.Namespace) -> None:
    url = services.database_url
    name = url.rsplit("/", 1)[1].partition("?")[0]
    server = url.replace(f"/{name}", "/postgres")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'create database "{name}"')
        try:
            with tempfile.TemporaryDirectory(prefix="recourse-bench-") as folder:
                os.environ.update(
                    DJANGO_SETTINGS_MODULE="config.settings.test",
                    DATABASE_URL=url.partition("?")[0],  # it waits for the disk
                    REDIS_URL=services.redis_url,
                    VAR_DIR=folder,
                    LOG_LEVEL="ERROR",
                )
                _measure(options)
        finally:
            connection.execute(f'drop database "{name}" with (force)')


def _measure(options: argparse.Namespace) -> None:
    django.setup()
    call_command("migrate", verbosity=0)
    _fill(options.complaints)
    print(f"{'':20}{'mails/s':>9}{'ms CPU each':>13}")
    with multiprocessing.get_context("spawn").Pool(options.processes) as pool:
        jobs = [(number, options.mails) for number in range(options.processes)]
        for kind in (warm, new, answer):
            start = perf_counter()
            spent = pool.map(kind, jobs, chunksize=1)
            if kind is warm:
                continue
            mails = options.mails * options.processes
            rate, each = mails / (perf_counter() - start), sum(spent) / mails * 1000
            print(f"{kind.__name__:20}{rate:>9.0f}{each:>13.1f}")


def _fill(rows: int) -> None:
    """Copies of one complaint, its customer, mail, stream and notice."""
    from django.db import connection

    from benchmarks.mail import _mail
    from complaints.channels.email.inbound import receive

    receive(_mail(10**9))
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(COPIES.format(rows=rows))
            cursor.execute("ANALYZE")


# In the workers -----------------------------------------------------------------------

Job = tuple[int, int]
"""The number of the process, and how many mails it takes in."""


def warm(job: Job) -> float:
    """Import, compile templates, connect; remember what a worker remembers."""
    django.setup()
    from django.conf import settings

    settings.MEMORY_SECONDS = 5.0
    return _take(job, 5, 900_000_000, "opened")


def new(job: Job) -> float:
    return _take(job, job[1], 0, "opened")


def answer(job: Job) -> float:
    """Answers to the complaints of ``new``, at the addresses of their letters."""
    return _take(job, job[1], 0, "appended")


def _take(job: Job, mails: int, base: int, outcome: str) -> float:
    """Take them in; the seconds of CPU that this process spent. What is timed is
    checked: a mail that was held would be cheap and wrong."""
    from complaints.channels.email.inbound import receive

    first = base + job[0] * 1_000_000
    raws = _raws(range(first, first + mails), outcome)
    start = process_time()
    for raw in raws:
        if (got := receive(raw).outcome) != outcome:
            raise SystemExit(f"A mail was {got} instead of {outcome}.")
    return process_time() - start


def _raws(numbers: Sequence[int], outcome: str) -> list[bytes]:
    from django.conf import settings

    from benchmarks.mail import _mail
    from complaints.channels.email.address import make_reply_address
    from complaints.models import Complaint

    if outcome == "opened":
        return [_mail(number) for number in numbers]
    addresses = [f"ann{number}@customers.example" for number in numbers]
    rows = Complaint.objects.filter(customer__email__in=addresses)
    found = dict(rows.values_list("customer__email", "reference"))
    return [
        _mail(
            number,
            make_reply_address(found[email], email, "localhost", settings.REPLY_KEY),
        )
        for number, email in zip(numbers, addresses, strict=True)
    ]


if __name__ == "__main__":
    sys.exit(main())
