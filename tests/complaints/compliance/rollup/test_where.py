"""A period is read by whole months and the days besides, each day once."""

from datetime import datetime

import pytest

from complaints.compliance.rollup.where import cut


@pytest.mark.parametrize(
    ("first", "last", "months", "days"),
    [
        ("2026-01-01", "2026-03-31", 3, 0),
        ("2026-01-02", "2026-03-31", 2, 1),
        ("2026-01-02", "2026-03-30", 1, 2),
        ("2026-01-05", "2026-01-20", 0, 1),
        ("2026-01-31", "2026-02-01", 0, 1),
    ],
)
def test_period_is_cut_into_months_and_days(
    first: str, last: str, months: int, days: int
) -> None:
    begin, end = (
        datetime.fromisoformat(first).date(),
        datetime.fromisoformat(last).date(),
    )
    span = cut(begin, end)

    assert (len(span.months), len(span.days)) == (months, days)
