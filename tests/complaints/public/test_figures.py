"""Published figures: counted from the register, and small numbers hidden for good."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from complaints.models import Complaint
from complaints.public.charts import drawings
from complaints.selectors import published as figures
from complaints.selectors.published import SMALLEST, Year, hide_small, read
from tests import cases
from tests.people import People

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_small_cells_are_hidden_and_enough_beside_them() -> None:
    assert hide_small({"a": 30, "b": 12, "c": 3, "d": 0}) == {
        "a": 30,
        "b": None,
        "c": None,
        "d": None,
    }
    assert hide_small({"a": 30, "b": 6, "c": 5}) == {"a": 30, "b": None, "c": None}
    assert hide_small({"a": 30, "b": 10, "c": 0}) == {"a": 30, "b": 10, "c": 0}


@given(st.dictionaries(st.text(min_size=1), st.integers(0, 40), max_size=8))
def test_nobody_reckons_a_small_number_from_the_total(cells: dict[str, int]) -> None:
    shown = hide_small(cells)
    hidden = [code for code in cells if shown[code] is None]
    rest = sum(cells.values()) - sum(number or 0 for number in shown.values())

    assert all(number in (None, cells[code]) for code, number in shown.items())
    assert not any(0 < (number or 0) < SMALLEST for number in shown.values())
    assert rest == sum(cells[code] for code in hidden)
    if any(0 < cells[code] < SMALLEST for code in cells):
        assert rest >= SMALLEST or len(hidden) == len(cells)


@pytest.mark.django_db
def test_published_figures_hide_what_is_small(people: People) -> None:
    cases.at(people, "answered")

    year = read(timezone.now() + timedelta(minutes=1))

    assert (year.received, year.decided, year.upheld, year.days) == (None,) * 4
    for cells in (year.months, year.topics, year.outcomes):
        assert set(cells.values()) == {None}
    assert drawings(year) == []


@pytest.mark.django_db
def test_published_figures_count_what_is_large_enough(people: People) -> None:
    now = timezone.now()
    for _number in range(9):
        cases.filed(people)
    assert read(now + timedelta(minutes=1)).received is None

    case = cases.filed(people)

    year = read(now + timedelta(minutes=1))
    assert year.received == 10
    assert year.months[f"{case.received_at:%Y-%m}"] == 10
    assert len(year.months) == 13
    assert {code: n for code, n in year.topics.items() if n} == {"security": 10}
    assert year.names["trading"] == {"en": "Trading dispute", "zh-hans": "交易纠纷"}


@pytest.mark.django_db
def test_figures_ask_four_questions(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(4):
        read(NOON)


@pytest.mark.django_db
def test_page_is_of_the_last_midnight_and_read_once_a_day(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = figures.of_today(NOON)
    monkeypatch.setattr(figures, "read", None)  # asked again it would fail

    assert figures.of_today(NOON + timedelta(hours=5)) == first
    assert first.until == NOON.replace(hour=0)


def year(**columns: Any) -> Year:
    shown: dict[str, Any] = {
        "received": 60,
        "decided": 40,
        "upheld": 50,
        "days": 12,
        "months": {"2026-10": 40, "2026-11": None},
        "topics": {"trading": 20, "fees": 40},
        "outcomes": {"upheld": 20, "not_upheld": 20},
        "names": {
            "trading": {"en": "Trading dispute", "zh-hans": "交易纠纷"},
            "fees": {"en": "Fees", "zh-hans": "费用"},
        },
    }
    return Year(NOON - timedelta(days=365), NOON, **{**shown, **columns})


def test_drawing_holds_the_numbers_in_words_and_bars_to_scale() -> None:
    months, topics, _outcomes = drawings(year())

    assert [(bar.label, bar.words, bar.width) for bar in topics.bars] == [
        ("Fees", "40", 300),
        ("Trading dispute", "20", 150),
    ]
    assert topics.say == "Most: Fees, with 40."
    assert [(bar.label, bar.words, bar.width, bar.hidden) for bar in months.bars] == [
        ("October 2026", "40", 300, False),
        ("November 2026", "hidden", 0, True),
    ]
    assert topics.aria == "Fees: 40; Trading dispute: 20"


@pytest.mark.django_db
def test_page_draws_each_picture_with_its_table(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "read", lambda _until: year())

    page = client.get("/figures/").content.decode()

    assert page.count('role="img"') == page.count("<table") == 3
    assert '<th scope="row">Trading dispute</th><td class="num">20</td>' in page
    assert "50 %" in page
    assert not Complaint.objects.exists()
