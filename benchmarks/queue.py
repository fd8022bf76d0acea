"""Times the queue and what hangs on it: ``python -m benchmarks.queue``.

In one process with production settings and without a network, on the database that
``DATABASE_URL`` names; it is migrated, and filled when it holds fewer complaints. The
server's own time (wall clock, from the request to the whole answer), the processor's
time of the web process in it, the part spent in statements, and how many there were.
Twelve saved views a person, tags on every fiftieth case, 200 watched cases: about the
most that a person has of each. On a busy machine only the columns after p95 mean much.
``--case``: one case with 200 entries in its timeline instead, as its handler meets it.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from typing import TYPE_CHECKING, Any

from tests.run import PRODUCTION

if TYPE_CHECKING:
    from django.test import Client

    from complaints.models import Complaint
    from teams.models import User

HOST = "recourse.example"
WARM_UP = 3
LIST = "/admin/complaints/complaint/"
PEOPLE = ("support", "risk", "risk-lead", "head")
PAGES = (
    ("first page", LIST),
    ("all I may see", LIST + "?view=all"),
    ("overdue", LIST + "?view=overdue"),
    ("unassigned", LIST + "?view=unassigned"),
    ("watching", LIST + "?view=watching"),
    ("state, severity", LIST + "?view=all&state=investigating&severity=high"),
    ("tag", LIST + "?view=all&tag=bench+0"),
    ("rare word", LIST + "?view=all&q=zymurgy"),
    ("closed, rare", LIST + "?view=all&state=closed"),
    ("live counts", LIST + "live/"),
)
HANDLER, ENTRIES = "risk", 200
SUBJECT = "Benchmark: a long case"
TEXT = "The withdrawal was held for three weeks and nobody said why. "
ADMISSION = {"severity": "high", "complexity": "medium", "impact": "high"}
VIEWS = (
    "view=all&severity=critical",
    "view=all&state=investigating&channel=email",
    "view=overdue&severity=high",
    "view=unassigned&channel=telegram",
    "view=all&tag=bench+0",
    "view=all&tag=bench+1&severity=low",
    "view=all&state=closed",
    "view=all&q=zymurgy",
    "view=all&category=withdrawals",
    "view=all&category=trading&channel=phone",
    "view=mine&severity=critical",
    "view=watching",
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--complaints", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--who", action="append", choices=PEOPLE, help="repeatable")
    parser.add_argument("--case", action="store_true", help="one long case instead")
    parser.add_argument("--slowest", action="store_true", help="show the statements")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="recourse-bench-") as folder:
        url = os.environ.get("DATABASE_URL") or f"sqlite:///{folder}/bench.sqlite3"
        os.environ.update(PRODUCTION, DATABASE_URL=url, VAR_DIR=folder)
        os.environ.update(
            DJANGO_SETTINGS_MODULE="benchmarks.settings", LOG_LEVEL="ERROR"
        )
        _set_up(options.complaints)
        print(
            f"{'who':<10}{'page':<18}{'p50 ms':>8}{'p95 ms':>8}{'cpu ms':>8}"
            f"{'sql ms':>8}{'least':>8}{'n':>4}"
        )
        if options.case:
            _report(HANDLER, _pages_of(_long_case()), options)
            return 0
        for who in options.who or PEOPLE:
            _report(who, PAGES, options)
    return 0


def _set_up(complaints: int) -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    from complaints.models import Complaint, SavedView

    if Complaint.objects.count() < complaints:
        call_command("seed_demo", complaints=complaints, verbosity=0)
    if not SavedView.objects.exists():
        _furnish()


def _furnish() -> None:
    """Tags, watched cases and saved views for everybody who asks."""
    from django.contrib.auth import get_user_model
    from django.utils import timezone

    from complaints.models import CaseTag, Complaint, SavedView, Tag, Watch
    from complaints.permissions import viewer_of

    now = timezone.now()
    users = get_user_model().objects.in_bulk(PEOPLE, field_name="username")
    any_of_them = users[PEOPLE[0]]
    tags = Tag.objects.bulk_create(
        Tag(name=f"Bench {n}", key=f"bench {n}", made_by=any_of_them, made_at=now)
        for n in range(20)
    )
    keys = list(Complaint.objects.order_by("pk").values_list("pk", flat=True)[::50])
    CaseTag.objects.bulk_create(
        CaseTag(complaint_id=key, tag=tags[n % 20], added_by=any_of_them, added_at=now)
        for n, key in enumerate(keys)
    )
    for user in users.values():
        seen = Complaint.objects.visible_to(viewer_of(user)).order_by("pk")
        Watch.objects.bulk_create(
            Watch(complaint_id=key, user=user, since=now)
            for key in seen.values_list("pk", flat=True)[:200]
        )
        SavedView.objects.bulk_create(
            SavedView(user=user, name=f"View {n}", query=query, made_at=now)
            for n, query in enumerate(VIEWS)
        )


def _long_case() -> int:
    """The key of a case in hand with ``ENTRIES`` entries; made when first asked for."""
    from complaints.models import Complaint

    known = Complaint.objects.filter(subject=SUBJECT).first()
    return (known or _tell_a_long_story(_case_in_hand())).pk


def _case_in_hand() -> "Complaint":
    """Filed with six points, admitted and taken by ``HANDLER``."""
    from complaints.models import Category
    from complaints.services import intake
    from complaints.workflow import perform
    from teams.models import Team

    customer, support, handler = _people("customer", "support", HANDLER)
    category = Category.objects.get(code="withdrawals.refused")
    filing = intake.Filing(
        customer=intake.party_of_user(customer),
        channel="portal",
        subject=SUBJECT,
        description=TEXT * 8,
        points=tuple(f"Point {n}: {TEXT}" for n in range(6)),
        category=category,
    )
    case = intake.file_complaint(filing=filing, actor=customer)
    team = Team.objects.get(code="risk")
    admission = {"category": category, "team": team, **ADMISSION}
    perform(case, "admit", actor=support, **admission)
    perform(case, "take", actor=handler)
    return case


def _tell_a_long_story(case: "Complaint") -> "Complaint":
    """Twenty files, and notes, messages and replies in turn until it is long."""
    from complaints.services import correspond, evidence

    customer, handler = _people("customer", HANDLER)
    for n in range(20):
        upload = evidence.Upload(f"file-{n}.txt", f"{TEXT} {n}".encode())
        evidence.add_evidence(complaint=case, upload=upload, actor=handler)
    for n in range(ENTRIES // 3):
        text = f"{n}: {TEXT}"
        correspond.note(complaint=case, text=text, actor=handler)
        correspond.customer_writes(complaint=case, text=text, actor=customer)
        correspond.reply(complaint=case, text=text, actor=handler)
    return case


def _people(*names: str) -> list["User"]:
    """The accounts of these names, in this order."""
    from teams.models import User

    users = User.objects.in_bulk(names, field_name="username")
    return [users[name] for name in names]


def _pages_of(pk: int) -> tuple[tuple[str, str], ...]:
    page = f"{LIST}{pk}/"
    return (
        ("long case", f"{page}change/"),
        ("its draft", f"{page}decision/"),
        ("its customer", f"{page}customer/"),
    )


def _report(
    who: str, pages: tuple[tuple[str, str], ...], options: argparse.Namespace
) -> None:
    client = _client(who)
    for name, path in pages:
        runs = [_ask(client, path) for _ in range(WARM_UP + options.rounds)][WARM_UP:]
        times, busy, spent, statements = zip(*runs, strict=True)
        slow = statistics.quantiles(times, n=20)[-1]
        print(
            f"{who:<10}{name:<18}{statistics.median(times) * 1000:>8.1f}"
            f"{slow * 1000:>8.1f}{statistics.median(busy) * 1000:>8.1f}"
            f"{statistics.median(spent) * 1000:>8.1f}{min(times) * 1000:>8.1f}"
            f"{len(statements[-1]):>4}",
            flush=True,
        )
        if options.slowest:
            for took, sql in sorted(statements[-1], reverse=True)[:4]:
                print(f"    {took * 1000:6.1f} ms {len(sql):>6} {sql[:150]}")


def _client(who: str) -> "Client":
    from django.contrib.auth import get_user_model
    from django.test import Client

    client = Client(headers={"host": HOST, "x-forwarded-proto": "https"})
    client.force_login(
        get_user_model().objects.get(username=who),
        "django.contrib.auth.backends.ModelBackend",
    )
    return client


Run = tuple[float, float, float, list[tuple[float, str]]]


def _ask(client: "Client", path: str) -> Run:
    """Seconds of the whole, of the processor, in statements; and the statements."""
    from django.db import connection

    found: list[tuple[float, str]] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        start = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            found.append((time.perf_counter() - start, sql))

    start, busy = time.perf_counter(), time.process_time()
    with connection.execute_wrapper(watch):
        answer = client.get(path)
    took, busy = time.perf_counter() - start, time.process_time() - busy
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answers {answer.status_code}")
    return took, busy, sum(seconds for seconds, _sql in found), found


if __name__ == "__main__":
    sys.exit(main())
