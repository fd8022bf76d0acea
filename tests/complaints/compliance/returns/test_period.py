"""Which days a name means."""

from datetime import UTC, date, datetime

import pytest

from complaints.compliance.returns.period import between, parse


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-H1", date(2026, 1, 1), date(2026, 6, 30)),
        ("2026-H2", date(2026, 7, 1), date(2026, 12, 31)),
        ("2028-Q1", date(2028, 1, 1), date(2028, 3, 31)),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
    ],
)
def test_parse(name: str, first: date, last: date) -> None:
    found = parse(name)

    assert (found.first, found.last) == (first, last)


@pytest.mark.parametrize("name", ["", "26", "2026-H3", "2026-13", "2026-Q0", "2026-1"])
def test_parse_refuses_what_is_no_period(name: str) -> None:
    with pytest.raises(ValueError, match="is no period"):
        parse(name)


def test_both_ends_are_whole_days_of_utc() -> None:
    found = between(date(2026, 2, 28), date(2026, 2, 28))

    assert found.since == datetime(2026, 2, 28, tzinfo=UTC)
    assert found.until == datetime(2026, 3, 1, tzinfo=UTC)
    with pytest.raises(ValueError, match="ends before it begins"):
        between(date(2026, 3, 1), date(2026, 2, 28))
