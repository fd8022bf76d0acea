"""How long a letter takes to become a PDF: ``python -m benchmarks.letters``.

One process, SQLite. Beside the times stand pages, kB and what the process holds; the
first line is what a worker pays once, for loading the renderer.
"""

import argparse
import io
import os
import resource
import statistics
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import django
import pypdf
from django.core.management import call_command

WORD = {"en": "The withdrawal was not mine. ", "zh-hans": "这笔提现不是我操作的。"}
LONGEST = 50_000
"""Characters of the longest complaint that is taken."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=10, help="each letter is drawn")
    times = parser.parse_args().times
    with tempfile.TemporaryDirectory(prefix="recourse-bench-") as folder:
        _prepare(folder)
        _measure(times)


def _prepare(folder: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    os.environ["VAR_DIR"] = folder
    os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/bench.sqlite3")
    django.setup()
    call_command("migrate", verbosity=0)


def _measure(times: int) -> None:
    before, start = _held(), perf_counter()
    from complaints.letter_pdf import pdf_of

    print(f"{'load the renderer':24}{(perf_counter() - start) * 1000:8.0f} ms", end="")
    print(f"{_held() - before:24.0f} MB more held")
    base = 0.0
    for language in WORD:
        for name, letter in _letters(language).items():
            base = _report(f"{name}, {language}", letter, pdf_of, times, base)


def _letters(language: str) -> dict[str, Any]:
    """A receipt, a decision with five points, a receipt of the longest complaint."""
    from complaints import letters

    short, long = (_filed(language, length) for length in (300, LONGEST))
    decision = letters.write("decision", short, now=short.received_at, **_facts(short))
    return {
        "receipt": short.letters.get(kind="receipt"),
        "decision": decision,
        "longest receipt": long.letters.get(),
    }


def _filed(language: str, length: int) -> Any:
    from complaints.models import Party
    from complaints.services.intake import Filing, file_complaint
    from teams.system import system_actor

    text = (WORD[language] * (length // len(WORD[language]) + 1))[:length]
    customer = Party.objects.create(last_name="Wang", language=language)
    filing = Filing(
        customer=customer,
        channel="portal",
        subject="Withdrawal",
        description=text,
        language=language,
        points=tuple(WORD[language] for _point in range(5)),
    )
    return file_complaint(filing=filing, actor=system_actor())


def _facts(case: Any) -> dict[str, Any]:
    said = WORD[case.language] * 12
    points = [
        {"number": number, "text": said[:80], "finding": "Upheld", "reasons": said}
        for number in range(1, 6)
    ]
    return {
        "outcome": "Upheld",
        "summary": said[:120],
        "points": points,
        "reasons": "\n\n".join([said] * 4),
        "basis": [{"point": number, "words": "E1, E2"} for number in range(1, 6)],
        "remedies": [],
        "appeal": {"by": case.received_at.date() + timedelta(60), "words": "60 days"},
    }


def _report(
    name: str, letter: Any, draw: Callable[[str], bytes], times: int, base: float
) -> float:
    """Print the median; the first letter's is the unit of all others."""
    from complaints import letters

    page, taken = letters.print_html(letter), []
    rounds = times if len(page) < LONGEST else max(2, times // 5)
    for _turn in range(rounds):
        start = perf_counter()
        pdf = draw(page)
        taken.append(perf_counter() - start)
    middle = statistics.median(taken)
    unit = base or middle
    print(
        f"{name:24}{middle * 1000:8.0f} ms{middle / unit:8.1f} x"
        f"{_pages(pdf):5} pages{len(pdf) / 1000:7.0f} kB{_held():6.0f} MB"
    )
    return unit


def _pages(pdf: bytes) -> int:
    return len(pypdf.PdfReader(io.BytesIO(pdf)).pages)


def _held() -> float:
    """Memory this process holds now, in MB; 0 where there is no ``/proc``."""
    statm = Path("/proc/self/statm")
    pages = int(statm.read_text().split()[1]) if statm.exists() else 0
    return pages * resource.getpagesize() / 1e6


if __name__ == "__main__":
    main()
