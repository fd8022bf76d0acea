"""Amounts are kept to the last digit, on both databases."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from complaints.errors import InvalidInput
from complaints.models import Complaint, Remedy
from complaints.services import decide
from complaints.states import DecisionStatus
from tests import cases
from tests.people import People

CaseAt = Callable[..., Complaint]
LONGEST = Decimal("12345678901234567890.123456789012345678")
SMALLEST = Decimal("0.000000000000000001")


@pytest.mark.parametrize(
    "amount",
    [LONGEST, SMALLEST, Decimal("1.123456789012345678"), Decimal(0), Decimal("1E+3")],
)
def test_amount_comes_back_as_it_went_in(people: People, amount: Decimal) -> None:
    case = cases.filed(people, amount=amount)

    assert Complaint.objects.get(pk=case.pk).amount == amount
    assert Complaint.objects.filter(amount=amount).get() == case


def test_amounts_sort_and_compare_as_numbers(people: People) -> None:
    sums = [Decimal(text) for text in ("9", "10.5", "10.25", "0.1", "1000000")]
    for amount in sums:
        cases.filed(people, amount=amount)
    rows = Complaint.objects.order_by("amount")

    assert list(rows.values_list("amount", flat=True)) == sorted(sums)
    assert rows.filter(amount__gt=Decimal("9.9")).count() == 3


@pytest.mark.parametrize(
    "amount",
    [
        Decimal("-1"),
        Decimal("0.0000000000000000001"),
        Decimal("100000000000000000000"),
        Decimal("NaN"),
        Decimal("Infinity"),
    ],
)
def test_what_would_lose_a_digit_is_refused(people: People, amount: Decimal) -> None:
    case = cases.filed(people)

    with pytest.raises((ValueError, ValidationError)), transaction.atomic():
        Complaint.objects.filter(pk=case.pk).update(amount=amount)

    case.refresh_from_db()
    assert case.amount == Decimal(1860)


def test_payments_of_a_decision_add_up_exactly(people: People, case_at: CaseAt) -> None:
    case = case_at("investigating")
    cases.draft(people, case, amount="0")
    for amount in ("12345678901234567.89", "0.01"):
        put(people, case, Decimal(amount))

    draft = case.current_decision(DecisionStatus.DRAFT)

    assert draft is not None
    assert draft.value == Decimal("12345678901234567.90")


def put(people: People, case: Complaint, amount: Decimal, rate: str = "1") -> Remedy:
    remedy = decide.NewRemedy(
        kind="refund", amount=amount, asset="ETH", rate=Decimal(rate)
    )
    return decide.add_remedy(complaint=case, remedy=remedy, actor=people.security)


def test_database_itself_refuses_a_payment_of_nothing(
    people: People, case_at: CaseAt
) -> None:
    case = case_at("investigating")
    known = put(people, case, Decimal(1))
    row = {"complaint": case, "decision": known.decision, "kind": "refund"}

    with (
        pytest.raises(IntegrityError, match="remedy_amount_positive"),
        transaction.atomic(),
    ):
        Remedy.objects.create(**row, asset="ETH", amount=Decimal(0))


def test_smallest_and_longest_payment_are_kept(people: People, case_at: CaseAt) -> None:
    case = case_at("investigating")

    for amount in (SMALLEST, LONGEST):
        made = put(people, case, amount, rate="0.01")
        assert Remedy.objects.get(pk=made.pk).amount == amount
    assert made.reporting_value == Decimal("123456789012345678.91")


def test_worth_beyond_all_digits_is_refused_by_its_field(
    people: People, case_at: CaseAt
) -> None:
    case = case_at("investigating")

    with pytest.raises(InvalidInput, match="larger than we can keep") as caught:
        put(people, case, LONGEST, rate="12345678901234567890")

    assert caught.value.field == "amount"


def test_sqlite_keeps_text_of_one_width(people: People) -> None:
    if connection.vendor != "sqlite":
        assert Complaint._meta.get_field("amount").db_type(connection) == (
            "numeric(38, 18)"
        )
        return
    case = cases.filed(people, amount=Decimal("1860.5"))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT amount, typeof(amount) FROM complaints_complaint WHERE id = %s",
            [case.pk],
        )
        assert cursor.fetchone() == (
            "00000000000000001860.500000000000000000",
            "text",
        )
