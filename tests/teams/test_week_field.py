"""Opening hours as typed: read exactly, or refused."""

import pytest
from django import forms
from hypothesis import given
from hypothesis import strategies as st

from teams.week_field import WeekField, day_as_text, read_day, week_as_text


@pytest.mark.parametrize(
    ("typed", "spans"),
    [
        ("", []),
        ("9:00-18:00", [[540, 1080]]),
        ("13:00-18:00, 09:00-12:00", [[540, 720], [780, 1080]]),
        ("09:00 – 12:00；13:00至24:00", [[540, 720], [780, 1440]]),
        ("00:00-24:00", [[0, 1440]]),
    ],
)
def test_day_is_read(typed: str, spans: list[list[int]]) -> None:
    assert read_day(typed) == spans


@pytest.mark.parametrize(
    "typed",
    [
        "nine to five",
        "09:00",
        "9-17",
        "18:00-09:00",
        "09:00-09:00",
        "09:60-10:00",
        "23:00-24:01",
        "09:00-12:00, 11:00-13:00",
        "09:00-12:00 lunch",
    ],
)
def test_anything_else_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_day(typed)


@given(st.lists(st.integers(0, 1440), unique=True, max_size=8))
def test_what_is_written_is_read_again(edges: list[int]) -> None:
    edges = sorted(edges)[: len(edges) // 2 * 2]
    spans = [list(pair) for pair in zip(edges[::2], edges[1::2], strict=True)]
    assert read_day(day_as_text(spans)) == spans


class Form(forms.Form):
    week = WeekField()


def test_error_names_the_day_and_keeps_what_was_typed() -> None:
    form = Form({"week_0": "09:00-18:00", "week_2": "later"})
    assert not form.is_valid()
    assert form.errors["week"] == [
        "Write the hours of Wednesday as 09:00-12:00, 13:00-18:00."
    ]
    assert 'value="later"' in str(form["week"])


def test_week_leaves_days_off_out() -> None:
    form = Form({"week_0": "09:00-18:00", "week_1": "09:00-18:00", "week_5": ""})
    assert form.is_valid()
    assert form.cleaned_data["week"] == {"0": [[540, 1080]], "1": [[540, 1080]]}
    assert week_as_text(form.cleaned_data["week"]) == "Mon Tue 09:00-18:00"
