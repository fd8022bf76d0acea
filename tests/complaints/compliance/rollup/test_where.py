"""A period is read by whole months and the days besides, each day once."""

from datetime import date, datetime

import pytest

from complaints.compliance.rollup.where import cut, within


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


def test_months_that_are_frozen_are_read_in_stretches_without_those_between() -> None:
    """February is not signed yet: its figures are those of today."""
    frozen = [date(2026, 4, 1), date(2026, 1, 1), date(2026, 3, 1)]

    assert within(frozen).values == (
        *(date(2026, 1, 1), date(2026, 1, 31)),
        *(date(2026, 3, 1), date(2026, 4, 30)),
    )
    assert within([]).sql == "(1 = 0)"
