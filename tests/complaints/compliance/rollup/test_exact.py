"""Money is added up by the database to the last digit, where floats would round."""

from datetime import date
from decimal import Decimal

import pytest

from complaints.compliance.models import Mark, Tally
from complaints.compliance.rollup import tallies
from complaints.compliance.rollup.sums import Money

pytestmark = [pytest.mark.django_db, pytest.mark.both]

LARGE = Decimal("12345678901234567890.123456789012345678")
SMALL = Decimal("0.000000000000000001")
BOTH = Decimal("12345678901234567890.123456789012345679")


def mark(case: int, amount: Decimal, value: str | None) -> None:
    Mark.objects.create(
        complaint_id=case,
        day=date(2026, 3, case),
        measure="money",
        kind="ETH",
        amount=amount,
        value=value and Decimal(value),
    )


def sums(*, monthly: bool) -> list[tuple[int, Decimal | None, Decimal | None]]:
    rows = Tally.objects.filter(monthly=monthly).order_by("start")
    return list(rows.values_list("n", "amount", "value"))


def test_sums_keep_every_digit_and_moving_is_building() -> None:
    mark(1, LARGE, "0.10")
    mark(2, SMALL, None)
    tallies.build()
    assert sums(monthly=True) == [(2, BOTH, Decimal("0.10"))]
    assert sums(monthly=False) == [(1, LARGE, Decimal("0.10")), (1, SMALL, 0)]

    with tallies.following([1, 2]):
        Mark.objects.filter(complaint_id=1).delete()
        Mark.objects.filter(complaint_id=2).update(value=Decimal("0.20"))

    moved = sums(monthly=False), sums(monthly=True)
    assert moved == ([(1, SMALL, Decimal("0.20"))], [(1, SMALL, Decimal("0.20"))])
    tallies.build()
    assert moved == (sums(monthly=False), sums(monthly=True))


def test_building_again_leaves_equal_tallies_alone() -> None:
    mark(1, SMALL, "1.00")
    tallies.build()
    before = set(Tally.objects.values_list("pk", flat=True))
    mark(2, SMALL, "1.00")

    tallies.build()

    assert len(before & set(Tally.objects.values_list("pk", flat=True))) == 1
    assert Tally.objects.count() == 3


def test_money_of_pages_is_added_exactly_too() -> None:
    assert Money(1, LARGE).plus(1, SMALL, None) == (2, BOTH, 0)
