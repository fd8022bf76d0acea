"""The UK profile against DISP 1: present as data, and off."""

from datetime import UTC, date, datetime

import pytest

from complaints.clocks import Limit, due_at, last_day
from complaints.profiles.base import DELAY_PARTS, RECEIPT_PARTS
from complaints.profiles.uk_disp import BANK_HOLIDAYS
from complaints.profiles.uk_disp import UK_DISP_2026_1 as UK
from complaints.states import LetterKind, Step

# Thursday before Easter 2026, at noon.
RECEIVED = datetime(2026, 4, 2, 11, 0, tzinfo=UTC)


def test_profile_is_off_by_default():
    assert not UK.enabled
    assert UK.countries == {"GB"}


@pytest.mark.parametrize(
    ("limit", "last"),
    [
        (UK.statutory.summary, date(2026, 4, 9)),  # third business day after Easter
        (UK.statutory.decision, date(2026, 5, 28)),  # eight weeks
        (UK.statutory_for("payment").holding, date(2026, 4, 27)),  # fifteen
        (UK.statutory_for("payment").decision, date(2026, 5, 27)),  # thirty-five
        (UK.outside_window, date(2026, 10, 2)),  # six months
    ],
)
def test_limits_end_on_the_day_the_handbook_says(limit, last):
    due = due_at(RECEIVED, limit, UK.calendar, UK.timezone)

    assert last_day(due, UK.timezone) == last


def test_summary_ends_at_close_of_business():
    due = due_at(RECEIVED, UK.statutory.summary, UK.calendar, UK.timezone)

    assert due == datetime(2026, 4, 9, 16, 0, tzinfo=UTC)  # 17:00 in London


def test_statutory_clock_depends_on_the_product():
    assert UK.limit(Step.STATUTORY_DECISION) == Limit(56, "calendar_days")
    assert UK.limit(Step.STATUTORY_DECISION, "payment") == Limit(35, "business_days")
    assert UK.statutory_for("spot") is UK.statutory


def test_letters_hold_what_disp_adds():
    receipt = UK.letters[LetterKind.RECEIPT].parts
    delay = UK.letters[LetterKind.DELAY].parts
    decision = UK.letters[LetterKind.DECISION].parts

    assert receipt == (*RECEIPT_PARTS, "what_comes_next")
    assert delay == (*DELAY_PARTS, "may_refer_now", "leaflet")
    assert {"leaflet", "ombudsman_website", "six_months", "waiver"} < set(decision)


def test_routes_begin_with_the_ombudsman():
    assert [route.kind for route in UK.outside_routes] == [
        "ombudsman",
        "authority",
        "court",
    ]


def test_only_what_disp_says_of_the_ombudsman_is_shown():
    ombudsman = UK.routes_for("GB")[0]

    assert "Six months from our final response" in str(ombudsman.time_limit)
    assert "eight weeks" in str(ombudsman.conditions)
    assert "only registered for its crypto-asset business" in str(ombudsman.conditions)
    assert "Exchange Tower" not in str(ombudsman.address)
    assert (ombudsman.language, ombudsman.fee) == ("", "Free of charge for you")


def test_retention_is_three_years_from_receipt():
    assert (UK.retention.years, UK.retention.starts) == (3, "received")


@pytest.mark.parametrize("year", range(2025, 2031))
def test_calendar_has_eight_bank_holidays_all_on_weekdays(year):
    days = [day for day in BANK_HOLIDAYS.holidays if day.year == year]

    assert len(days) == 8
    assert all(day.weekday() < 5 for day in days)
