"""What a return is about: a year or a part of it, in whole days of UTC."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from complaints.compliance.days import Days

NAMED = re.compile(r"(20\d\d)(?:-(?:(H)([12])|(Q)([1-4])|(0[1-9]|1[0-2])))?")
DAYS = re.compile(r"(20\d\d-\d\d-\d\d)\.\.(20\d\d-\d\d-\d\d)")
MONTHS = {"H": 6, "Q": 3}


@dataclass(frozen=True)
class Period(Days):
    """Days that have a name."""

    name: str


def parse(name: str) -> Period:
    """``2026``, ``2026-H1``, ``2026-Q3``, ``2026-09`` or ``2026-09-01..2026-09-15``.

    Raises ``ValueError``.
    """
    if days := DAYS.fullmatch(name):
        return between(date.fromisoformat(days[1]), date.fromisoformat(days[2]))
    found = NAMED.fullmatch(name)
    if found is None:
        raise ValueError(
            f"{name!r} is no period: write 2026, 2026-H1, 2026-Q3, 2026-09"
        )
    year = int(found[1])
    if month := found[6]:
        return _months(name, year, int(month), 1)
    kind = found[2] or found[4]
    if kind is None:
        return _months(name, year, 1, 12)
    length = MONTHS[kind]
    number = int(found[3] or found[5])
    return _months(name, year, (number - 1) * length + 1, length)


def between(first: date, last: date) -> Period:
    """Any days. Raises ``ValueError`` where it ends before it begins."""
    if last < first:
        raise ValueError("the period ends before it begins")
    return Period(first, last, f"{first}..{last}")


def _months(name: str, year: int, month: int, length: int) -> Period:
    after = month + length
    end = date(year + (after > 12), (after - 1) % 12 + 1, 1)
    return Period(date(year, month, 1), end - timedelta(days=1), name)
