"""The day's root over many streams: ``python -m benchmarks.roots --streams 1000000``.

On SQLite: how long the root takes to make, and the receipt of one case to give and to
check. The bar for the receipt is 50 ms among a million streams.
"""

import argparse
import hashlib
import json
import os
import statistics
import sys
import tempfile
from time import perf_counter

import django
from django.core.management import call_command

LIMIT_MS = 50


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=1_000_000)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="recourse-bench-") as folder:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
        os.environ["VAR_DIR"] = folder
        os.environ["DATABASE_URL"] = f"sqlite:///{folder}/bench.sqlite3"
        django.setup()
        call_command("migrate", verbosity=0)
        return int(_measure(options.streams) > LIMIT_MS)


def _measure(streams: int) -> float:
    """The median milliseconds of a receipt."""
    from benchmarks.bundle import filed
    from complaints.services import ledger_roots

    case = filed()
    _fill(streams)
    start = perf_counter()
    row = ledger_roots.make_root()
    made = perf_counter() - start
    given, checked = [], []
    for _turn in range(20):
        start = perf_counter()
        receipt = ledger_roots.receipt(case)
        given.append((perf_counter() - start) * 1000)
        start = perf_counter()
        steps = ledger_roots.check_receipt(json.dumps(receipt))
        checked.append((perf_counter() - start) * 1000)
    if row is None or not all(steps.values()):
        raise RuntimeError("the receipt does not hold")
    print(f"{row.streams} streams, root made in {made:.1f} s")
    print(f"receipt {statistics.median(given):.1f} ms, at most {max(given):.1f} ms")
    print(f"check   {statistics.median(checked):.1f} ms")
    return statistics.median(given)


def _fill(streams: int) -> None:
    """Streams of some other register; nobody asks for their events here."""
    from complaints.models import Stream

    size = 50_000
    for begin in range(0, streams, size):
        Stream.objects.bulk_create(
            Stream(
                name=f"other:{number}",
                seq=7,
                head=hashlib.sha256(str(number).encode()).hexdigest(),
            )
            for number in range(begin, min(begin + size, streams))
        )


if __name__ == "__main__":
    sys.exit(main())
