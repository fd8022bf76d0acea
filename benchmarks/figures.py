"""Times the figures: ``python -m benchmarks.figures --complaints 100000``.

On the PostgreSQL database that ``DATABASE_URL`` names, in one process with production
settings and without a network. It is migrated, and filled by SQL when it holds fewer
complaints: ten events a case, four limits, a decision for most, money for some. Such
rows are no chain and have no texts; they are for measuring alone.

Then: a full rebuild, a refresh after a thousand cases changed, and every dashboard.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.run import PRODUCTION

if TYPE_CHECKING:
    from django.test import Client

HOST = "recourse.example"
WARM_UP = 2
CHANGED = 1000

SQL = Path(__file__).with_suffix(".sql")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--complaints", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--only-fill", action="store_true")
    parser.add_argument("--keep", action="store_true", help="do not rebuild first")
    options = parser.parse_args()
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        parser.error("DATABASE_URL names no PostgreSQL database")
    with tempfile.TemporaryDirectory(prefix="recourse-bench-") as folder:
        os.environ.update({**PRODUCTION, "DATABASE_URL": os.environ["DATABASE_URL"]})
        os.environ.update(VAR_DIR=folder, LOG_LEVEL="ERROR")
        os.environ.update(DJANGO_SETTINGS_MODULE="benchmarks.settings")
        _set_up(options.complaints)
        if not options.only_fill:
            _report(options.rounds, rebuild=not options.keep)
    return 0


def _set_up(complaints: int) -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    from complaints.models import Complaint

    if Complaint.objects.count() < complaints:
        took = _timed(lambda: fill(complaints))
        print(f"filled with {complaints} complaints in {took:.0f} s", flush=True)


def fill(complaints: int) -> None:
    """Rows for measuring, with the triggers asleep; the database must be empty."""
    from django.db import connection, transaction

    from complaints.models import Party

    given = _given(complaints)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SELECT setseed(0.5)")
        named = [field.column for field in Party._meta.concrete_fields]
        empty = ", ".join(_party(name) for name in named)
        cursor.execute(
            f"INSERT INTO complaints_party ({', '.join(named)}) SELECT {empty}"  # noqa: S608
            f" FROM generate_series(1, {given['people']}) n ON CONFLICT DO NOTHING"
        )
        for sql in SQL.read_text().split(";\n"):
            cursor.execute(sql.format(**given) or "SELECT 1", [])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _given(complaints: int) -> dict[str, Any]:
    """What ``SQL`` is told: how many, over how long, and the keys to choose from."""
    from appeals.demo.people import make_cast
    from complaints.models import Category, RootCause
    from teams.models import Team

    categories = Category.objects.exclude(parent=None).values_list("pk", flat=True)
    teams = Team.objects.exclude(code__in=["desk", "appeals"]).values_list(
        "pk", flat=True
    )
    causes = RootCause.objects.values_list("code", flat=True)
    return {
        "count": complaints,
        "days": min(1095, max(complaints // 12, 120)),
        "people": max(complaints * 4 // 5, 1),
        "user": make_cast()["support"].pk,
        "categories": ", ".join(map(str, categories)),
        "many": len(categories),
        "teams": ", ".join(map(str, teams)),
        "teams_n": len(teams),
        "causes": ", ".join(f"'{code}'" for code in causes),
        "causes_n": len(causes),
    }


def _party(name: str) -> str:
    """A value for each column of a customer nobody asks about."""
    known = {
        "id": "n",
        "kind": "'natural'",
        "language": "'en'",
        "time_zone": "'UTC'",
        "created_at": "now()",
        "country": "(array['DE','FR','IE','CN'])[1 + n % 4]",
    }
    empty = ("user_id", "erased_at", "restricted_at")
    return known.get(name, "NULL" if name in empty else "''")


def _report(rounds: int, *, rebuild: bool) -> None:
    from complaints.compliance.models import Mark, Tally
    from complaints.compliance.rollup import refresh

    if rebuild:
        print(f"full rebuild: {_timed(refresh.rebuild):.1f} s", flush=True)
    print(f"{Mark.objects.count()} marks, {Tally.objects.count()} tallies")
    _change()
    print(f"refresh after {CHANGED} cases changed: {_timed(refresh.refresh):.2f} s")
    print(f"refresh with nothing new: {_timed(refresh.refresh):.3f} s", flush=True)
    print(f"{'page':<28}{'p50 ms':>8}{'p95 ms':>8}{'cpu ms':>8}{'n':>4}")
    client = _client()
    for name, path in _pages():
        _page(client, name, path, rounds)


def _change() -> None:
    """An event on each of so many cases that are open."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "INSERT INTO complaints_event (stream, seq, what, object_type, source,"
            " target, actor_id, actor_role, at, payload, request_id, previous, sha256,"
            " seal) SELECT s.name, (SELECT max(seq) + 1 FROM complaints_event e"
            " WHERE e.stream = s.name), 'note', '', '', '', by, 'member', now(), '{}',"
            " '', '', '', '' FROM (SELECT 'complaint:' || id AS name, recorded_by_id"
            " AS by FROM complaints_complaint ORDER BY id DESC LIMIT %s) s",
            [CHANGED],
        )
        cursor.execute("SET session_replication_role = DEFAULT")


def _pages() -> list[tuple[str, str]]:
    from datetime import timedelta

    from django.utils import timezone

    from complaints.compliance.boards.all import BOARDS

    today = timezone.now().date()
    year = f"from={today - timedelta(days=365)}&to={today}"
    pages = [
        ("overview, 90 days", "/compliance/"),
        ("overview, a year", f"/compliance/?{year}"),
    ]
    for slug in BOARDS:
        pages.append((f"{slug}, 90 days", f"/compliance/charts/{slug}/"))
        pages.append((f"{slug}, a year", f"/compliance/charts/{slug}/?{year}"))
    pages.append(("rows received", "/compliance/rows/?fig=in&kind=received"))
    pages.append(("rows late", "/compliance/rows/?fig=due&kind=admit&sub=late"))
    return pages


def _page(client: "Client", name: str, path: str, rounds: int) -> None:
    from django.conf import settings
    from django.db import connections
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connections[settings.READ_DATABASE]) as asked:
        client.get(path)
    statements = len(asked)
    times, busy = [], []
    for number in range(WARM_UP + rounds):
        start, worked = time.perf_counter(), time.process_time()
        answer = client.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answers {answer.status_code}")
        if number >= WARM_UP:
            times.append(1000 * (time.perf_counter() - start))
            busy.append(1000 * (time.process_time() - worked))
    slow = statistics.quantiles(times, n=20)[-1]
    print(
        f"{name:<28}{statistics.median(times):>8.1f}{slow:>8.1f}"
        f"{statistics.median(busy):>8.1f}{statements:>4}",
        flush=True,
    )


def _client() -> "Client":
    from django.contrib.auth import get_user_model
    from django.test import Client

    client = Client(headers={"host": HOST, "x-forwarded-proto": "https"})
    user: Any = get_user_model().objects.get(username="compliance")
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client


def _timed(work: Any) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
