"""The days of the register that tests write, and its lines read back."""

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from django.utils import timezone

from complaints.compliance.returns.period import between

MARCH = between(date(2026, 3, 1), date(2026, 3, 31))
START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def soon() -> datetime:
    return timezone.now() + timedelta(minutes=1)


def lines_in(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
