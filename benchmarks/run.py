"""Times the pages that people wait for: ``python -m benchmarks.run``."""

import argparse
import http.client
import json
import os
import statistics
import sys
import tempfile
import time
import uuid
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import django
import psycopg
from django.apps import apps
from django.contrib.auth import get_user_model, login
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command, get_commands
from django.http import HttpRequest

from config import processes
from tests.run import PRODUCTION
from tests.services import Services, free_port, wait

HOST = "recourse.example"
CSRF = "0123456789abcdefghijABCDEFGHIJ01"
FILING = json.dumps(
    {
        "description": "I was charged twice for one withdrawal and nobody answers.",
        "points": ["The second charge of 12 USDT", "Nobody answered for a week"],
        "asset": "USDT",
        "amount": "12",
    }
).encode()
WORKERS = "2"
ENTRIES = 200
WARM_UP = 10  # requests that are not counted
AT_LEAST = 5  # answers that are timed, however long they take


@dataclass(frozen=True)
class Case:
    """One request; ``who`` is a demo account or "" for a stranger.

    ``path`` may hold ``{case}``, the key of some complaint, or ``{long}``, that of one
    with ``ENTRIES`` lines in its story. ``body`` is JSON to POST.
    """

    name: str
    path: str
    who: str = ""
    expect: int = 200
    body: bytes | None = None


@dataclass
class Site:
    """The server under test, and the sessions it knows."""

    port: int
    case: int = 0
    long: int = 0
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, case: Case) -> int:
        """Sends it once and reads the whole answer; its status."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        method = "POST" if case.body else "GET"
        path = quote(case.path.format(case=self.case, long=self.long), safe="/?=&+")
        connection.request(method, path, case.body, self._headers(case))
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status

    def _headers(self, case: Case) -> dict[str, str]:
        headers = {"Host": HOST, "X-Forwarded-Proto": "https"}
        cookies = {"__Host-csrf": CSRF}
        if case.who:
            cookies["__Host-session"] = self.cookies[case.who]
        if case.body:
            headers["Content-Type"] = "application/json"
            headers["Idempotency-Key"] = str(uuid.uuid4())
            headers["X-CSRFToken"] = CSRF
            headers["Referer"] = f"https://{HOST}/"
        headers["Cookie"] = "; ".join(f"{name}={key}" for name, key in cookies.items())
        return headers


QUEUE = "/admin/complaints/complaint/"
CASES = (
    Case("empty view", "/health/live"),
    Case("home", "/"),
    Case("queue", QUEUE, "support"),
    Case("queue, all", QUEUE + "?view=all", "head"),
    Case("queue, state", QUEUE + "?view=all&state=investigating", "risk"),
    Case("search, rare", QUEUE + "?q=zymurgy", "head"),
    Case("search, often", QUEUE + "?q=提现", "head"),
    Case("search, both", QUEUE + "?q=提现+zymurgy", "head"),
    Case("case page", QUEUE + "{case}/change/", "support"),
    Case("long case", QUEUE + "{long}/change/", "head"),
    Case("API list", "/api/v1/complaints/", "customer"),
    Case("compliance", "/compliance/", "compliance"),
    Case("filing", "/api/v1/complaints/", "customer", 201, FILING),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--complaints", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--case", action="append", help="only this one; repeatable")
    options = parser.parse_args()
    services = Services()
    try:
        if not services.database_url:
            print("PostgreSQL is neither found nor installable here.", file=sys.stderr)
            return 1
        os.environ["REDIS_URL"] = services.redis_url  # the cache; files without it
        return _with_database(services.database_url, options)
    finally:
        services.close()


def _with_database(url: str, options: argparse.Namespace) -> int:
    name = url.rsplit("/", 1)[1].partition("?")[0]
    server = url.replace(f"/{name}", "/postgres")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'create database "{name}"')
        try:
            with tempfile.TemporaryDirectory(prefix="recourse-bench-") as folder:
                return _measure(url, folder, options)
        finally:
            connection.execute(f'drop database "{name}" with (force)')


def _measure(url: str, folder: str, options: argparse.Namespace) -> int:
    os.environ.update(PRODUCTION, DATABASE_URL=url, VAR_DIR=folder, LOG_LEVEL="ERROR")
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    site = Site(free_port())
    _fill(site, options.complaints)
    command = ["-m", "gunicorn", "config.wsgi:application", "--workers", WORKERS]
    bind = ["--bind", f"127.0.0.1:{site.port}", "--no-control-socket"]
    child = processes.start([sys.executable, *command, *bind, "--log-level", "error"])
    try:
        if not wait(lambda: _answers(site)):
            print("The server does not answer.", file=sys.stderr)
            return 1
        _report(site, options)
    finally:
        processes.end([child])
    return 0


def _fill(site: Site, complaints: int) -> None:
    """Migrates, seeds and opens a session for everybody who is asked for."""
    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    if "seed_demo" in get_commands():
        call_command("seed_demo", complaints=complaints, verbosity=0)
    site.case, site.long = _case_of("support"), _long_case()
    for name in {case.who for case in CASES} - {""}:
        site.cookies[name] = _session(name)


def _long_case() -> int:
    """The key of a case on which ``ENTRIES`` notes were written."""
    from complaints.models import Complaint
    from complaints.services import correspond

    case = Complaint.objects.filter(state="investigating").latest("pk")
    for _number in range(ENTRIES):
        correspond.note(complaint=case, text="Asked again.", actor=case.handler)
    return int(case.pk)


def _case_of(name: str) -> int:
    """The key of a case that ``name`` works on; 0 where there is none."""
    from complaints.permissions import viewer_of

    person = get_user_model().objects.get(username=name)
    seen = apps.get_model("complaints", "Complaint").objects.visible_to(
        viewer_of(person)
    )
    return seen.order_by("pk").values_list("pk", flat=True).first() or 0


def _session(name: str) -> str:
    """The key of a session of ``name``, as a sign-in would have left it."""
    request: Any = HttpRequest()
    request.session = SessionStore()
    person = get_user_model().objects.filter(username=name).first()
    if person:
        login(request, person, "django.contrib.auth.backends.ModelBackend")
    request.session.save()
    return str(request.session.session_key)


def _answers(site: Site) -> bool:
    try:
        return site.ask(CASES[0]) == CASES[0].expect
    except OSError:
        return False


def _report(site: Site, options: argparse.Namespace) -> None:
    """A line a case; the first, which does nothing, is the last column's unit."""
    unit = 0.0
    print(f"{'case':<14}{'p50 ms':>9}{'p95 ms':>9}{'count':>8}{'x empty':>9}")
    for case in CASES:
        if unit and options.case and case.name not in options.case:
            continue
        if (status := site.ask(case)) != case.expect:
            print(f"{case.name:<14} not timed: it answers {status}")
            continue
        times = _times(site, case, options.seconds)
        middle, slow = statistics.median(times), statistics.quantiles(times, n=20)[-1]
        unit = unit or middle
        print(
            f"{case.name:<14}{middle * 1000:>9.1f}{slow * 1000:>9.1f}"
            f"{len(times):>8}{middle / unit:>9.1f}"
        )


def _times(site: Site, case: Case, seconds: float) -> list[float]:
    """One client in a closed loop; a wrong answer is an error, never a fast success."""
    begun = time.perf_counter()
    for number in range(WARM_UP):
        if number >= int(WORKERS) and time.perf_counter() > begun + seconds:
            break
        site.ask(case)
    times: list[float] = []
    deadline = time.perf_counter() + seconds
    while time.perf_counter() < deadline or len(times) < AT_LEAST:
        start = time.perf_counter()
        if (status := site.ask(case)) != case.expect:
            raise RuntimeError(f"{case.name} answers {status}")
        times.append(time.perf_counter() - start)
    return times


if __name__ == "__main__":
    sys.exit(main())
