"""Times every page of a filing, and the sending: ``python -m benchmarks.filing``.

In one process with production settings and without a network, on whatever
``DATABASE_URL`` names; the server's own time, by ``time.perf_counter``, and what its
processor did meanwhile, which others on the machine hardly change.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from tests.run import PRODUCTION

if TYPE_CHECKING:
    from django.test import Client

HOST = "recourse.example"
GUEST = {"name": "Ada Guest", "email": "ada@guests.example", "account_id": ""}
ANSWERS: dict[str, dict[str, str]] = {
    "about": {"category": "withdrawals.delayed"},
    "story": {
        "subject": "Withdrawal held for nine days",
        "description": "I asked for 1,860.50 USDT on 3 November and nothing came. " * 8,
    },
    "transaction": {"amount": "1,860.50", "asset": "usdt", "network": "Tron"},
    "when": {"facts_from": "2026-11-03"},
    "wish": {"desired_outcome": "Pay it.", "points": "Pay it\nSay why"},
    "files": {},
    "behalf": {"behalf": "self"},
    "who": GUEST,
}
Times = defaultdict[str, list[tuple[float, float]]]
"""Seconds by the clock and by the processor, a page."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--filings", type=int, default=60)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="recourse-bench-") as folder:
        url = os.environ.get("DATABASE_URL") or f"sqlite:///{folder}/bench.sqlite3"
        os.environ.update(PRODUCTION, DATABASE_URL=url, VAR_DIR=folder)
        os.environ.update(
            DJANGO_SETTINGS_MODULE="benchmarks.settings", LOG_LEVEL="ERROR"
        )
        _set_up()
        _report(_measure(options.filings))
    return 0


def _set_up() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)


def _measure(filings: int) -> Times:
    """Every page opened and answered by a new guest; the first ones do not count."""
    from django.test import Client

    from complaints.portal.file import limits

    limits.FILINGS = limits.DRAFTS = limits.Limit("bench", tries=10**9, seconds=60)
    # One client, as one server: each would load the middleware anew.
    client = Client(headers={"host": HOST, "x-forwarded-proto": "https"})
    times: Times = defaultdict(list)
    for _ in range(3):
        _file(client, defaultdict(list))
    for _ in range(filings):
        _file(client, times)
    return times


def _file(client: "Client", times: Times) -> None:
    client.cookies.clear()

    def ask(name: str, method: str, path: str, data: Any = None) -> Any:
        start, busy = time.perf_counter(), time.process_time()
        answer = getattr(client, method)(path, data)
        spent = (time.perf_counter() - start, time.process_time() - busy)
        times[name].append(spent)
        if answer.status_code not in (200, 302):
            raise RuntimeError(f"{name} answers {answer.status_code}")
        return answer

    ask("home", "get", "/")
    ask("risk", "get", "/complaints/new/")
    first = "/complaints/new/?at_risk=no"
    ask("about", "get", first)
    given = {"at_risk": "no", **ANSWERS["about"]}
    url = ask("about, answered", "post", "/complaints/new/", given)["Location"]
    while not url.endswith("/check/"):
        page = url.rstrip("/").rpartition("/")[2]
        ask(page, "get", url)
        url = ask(f"{page}, answered", "post", url, ANSWERS[page])["Location"]
    ask("check", "get", url)
    url = ask("check, sent", "post", url)["Location"]
    ask("received", "get", url)


def _report(times: Times) -> None:
    heads = ("p50 ms", "p95 ms", "cpu p50", "cpu p95", "count")
    print(f"{'page':<24}" + "".join(f"{head:>9}" for head in heads))
    for name, found in times.items():
        spent = [seconds for kind in zip(*found, strict=True) for seconds in _of(kind)]
        row = "".join(f"{seconds * 1000:>9.1f}" for seconds in spent)
        print(f"{name:<24}{row}{len(found):>9}")


def _of(found: tuple[float, ...]) -> tuple[float, float]:
    return statistics.median(found), statistics.quantiles(found, n=20)[-1]


if __name__ == "__main__":
    sys.exit(main())
