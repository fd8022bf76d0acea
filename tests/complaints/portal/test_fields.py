"""Amounts and days as people type them; nothing a field gets makes it fall over."""

import contextlib
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from complaints.portal.fields import (
    AmountField,
    DayField,
    LinesField,
    MailField,
    TextField,
    read_amount,
    read_day,
)
from complaints.portal.forms import GuestFields


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1860.5", "1860.5"),
        ("1,860.50", "1860.5"),
        ("1.860,50", "1860.5"),
        ("1 860,50", "1860.5"),
        ("1\u202f860.50", "1860.5"),
        ("1'860.50", "1860.5"),
        ("１８６０．５", "1860.5"),
        ("1,860", "1860"),
        ("1,860,000", "1860000"),
        ("1.860.000", "1860000"),
        ("0,250", "0.25"),
        ("0.25", "0.25"),
        (".5", "0.5"),
        ("12,5", "12.5"),
        ("0", "0"),
        ("\u200b7\ufeff", "7"),
        ("0.000000000000000001", "0.000000000000000001"),
        ("99999999999999999999", "99999999999999999999"),
    ],
)
def test_amount_is_read_exactly(typed: str, amount: str) -> None:
    assert read_amount(typed) == Decimal(amount)


@pytest.mark.parametrize(
    "typed",
    [
        "about 2 hundred",
        "NaN",
        "Infinity",
        "-5",
        "1e999999",
        "1,2,3",
        "1.2.3",
        "9" * 21,
        "9" * 5000,
        "0." + "1" * 19,
        "0x10",
        ".",
        "\ud800",
    ],
)
def test_amount_that_is_none_is_refused_in_words(typed: str) -> None:
    with pytest.raises(ValidationError, match=r"such as 0\.25"):
        AmountField(required=False).clean(typed)


@given(st.text())
def test_no_text_makes_a_field_fall_over(text: str) -> None:
    fields = (AmountField(), DayField(), TextField(), MailField(), LinesField())
    for field in fields:
        with contextlib.suppress(ValidationError):
            field.clean(text)


@pytest.mark.parametrize(
    "typed", ["2026-11-03", "3.11.2026", "03/11/2026", "2026年11月3日", "２０２６-11-3"]
)
def test_day_is_read(typed: str) -> None:
    assert read_day(typed) == date(2026, 11, 3)


@pytest.mark.parametrize("typed", ["2026-02-30", "0000-01-01", "yesterday", "9" * 400])
def test_day_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError, match="Enter a day"):
        DayField(required=False).clean(typed)


def test_day_to_come_is_refused() -> None:
    with pytest.raises(ValidationError, match="still to come"):
        DayField(required=False).clean("9999-12-31")


def test_text_loses_only_what_no_database_holds() -> None:
    typed = "a\x00b\ud800c\r\nd\u202ee"
    assert TextField().clean(typed) == "ab\ufffdc\nd\u202ee"


def test_lines_are_parted_trimmed_and_told_apart() -> None:
    field = LinesField(required=False)
    assert field.clean(" a \n\n b\n a ") == ("a", "b")
    assert field.clean("") == ()


def test_lines_beyond_what_is_held_are_refused() -> None:
    field = LinesField(most=2, longest=3)
    with pytest.raises(ValidationError, match="more than 2"):
        field.clean("a\nb\nc")
    with pytest.raises(ValidationError, match="longer than 3"):
        field.clean("abcd")


def test_browser_may_fill_in_who_writes() -> None:
    fields = GuestFields.base_fields
    tokens = {name: f.widget.attrs["autocomplete"] for name, f in fields.items()}

    assert tokens == {"name": "name", "email": "email", "account_id": "off"}
