"""What is read of a period is what its days add up to, whatever it is summed by."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest

from complaints.compliance.models import FrozenTally, Mark, Snapshot
from complaints.compliance.rollup import tallies
from complaints.compliance.rollup.read import Reader
from complaints.compliance.rollup.sums import Money
from tests.people import People

pytestmark = [pytest.mark.django_db, pytest.mark.both]

FIRST, LAST = date(2026, 1, 20), date(2026, 4, 9)
FEBRUARY = date(2026, 2, 1)


@pytest.fixture(autouse=True)
def marks() -> list[Mark]:
    """One to three a day from before the period until after it, of two kinds."""
    keys = count(1)
    made = [
        Mark(
            complaint_id=next(keys),
            day=FIRST + timedelta(days=day),
            measure="in",
            team=1 + day % 2,
            kind="reopen" if place == 2 else "received",
            number=day % 5,
        )
        for day in range(-40, 110)
        for place in range(1 + day % 3)
    ]
    Mark.objects.bulk_create(made)
    tallies.build()
    return made


def by_hand(made: list[Mark], of: Callable[[Mark], Any]) -> "Counter[Any]":
    return Counter(of(mark) for mark in made if FIRST <= mark.day <= LAST)


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def test_sums_by_month_and_week_are_those_of_the_days(marks: list[Mark]) -> None:
    reader = Reader(FIRST, LAST)

    by_month = by_hand(marks, lambda mark: (mark.day.replace(day=1), mark.kind))
    by_week = by_hand(marks, lambda mark: (monday(mark.day),))

    assert reader.sums("in", "month", "kind") == by_month
    assert reader.sums("in", "month", "kind", daily=True) == by_month
    assert reader.sums("in", "week", daily=True) == by_week
    assert reader.sums("in") == {(): by_week.total()}


def test_sums_of_a_team_and_of_a_kind_are_of_them_alone(marks: list[Mark]) -> None:
    found = Reader(FIRST, LAST, team=2).sums("in", "number", kind="reopen")

    kept = [mark for mark in marks if mark.team == 2 and mark.kind == "reopen"]
    assert found == by_hand(kept, lambda mark: (mark.number,))
    assert found


def test_nothing_else_is_a_column() -> None:
    with pytest.raises(ValueError, match="no column"):
        Reader(FIRST, LAST).sums("in", "n) FROM compliance_tally --")


def test_signed_month_is_read_as_it_was_frozen(people: People) -> None:
    """Its days and its month, and no other month."""
    before = Reader(FIRST, LAST).sums("in", "month")
    at = datetime(2026, 3, 2, tzinfo=UTC)
    made = Snapshot.objects.create(
        month=FEBRUARY, version=1, made_at=at, rows=2, checksum=""
    )
    for monthly, start in ((True, FEBRUARY), (False, date(2026, 2, 28))):
        FrozenTally.objects.create(
            snapshot=made, measure="in", monthly=monthly, start=start, n=3
        )
    assert Reader(FIRST, LAST).sums("in", "month") == before
    Snapshot.objects.update(signed_at=at, signed_by=people.head)
    reader = Reader(FIRST, LAST)

    assert reader.sums("in", "month") == {**before, (FEBRUARY,): 3}
    days = reader.sums("in", "start", daily=True)
    assert [n for (day,), n in days.items() if day.month == 2] == [3]


def test_money_is_the_same_by_months_and_by_days() -> None:
    tiny = Decimal("0.000000000000000001")
    for day in (FIRST, FEBRUARY, LAST):
        Mark.objects.create(
            complaint_id=1,
            day=day,
            measure="money",
            kind="ETH",
            amount=tiny,
            value=Decimal("0.10"),
        )
    tallies.build()

    found = Reader(FIRST, LAST).money("kind")

    assert found == {("ETH",): Money(3, 3 * tiny, Decimal("0.30"))}
