"""What is taken for a moment, and what is none."""

from datetime import UTC, datetime

import pytest

from complaints.moments import read_moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-29T22:00:00Z", datetime(2026, 11, 29, 22, tzinfo=UTC)),
        ("2026-11-29 22:00:00.000001+02:00", datetime(2026, 11, 29, 20, 0, 0, 1, UTC)),
        ("2026-11-29T22:00:00", None),
        ("2026-02-30T10:00:00Z", None),
        ("2026-11-29T25:00:00Z", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-12:00", None),
        ("a" * 64, None),
        ("", None),
    ],
)
def test_read_moment(text: str, moment: datetime | None) -> None:
    assert read_moment(text) == moment
