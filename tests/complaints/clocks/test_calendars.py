"""Calendars as data: what they accept and what they refuse."""

import pickle
from datetime import date

import pytest

from complaints.clocks import CalendarData, ClockError, is_business_day

from .calendars import BERLIN, CHINA, LUNCH, NINE_TO_SIX, WEEK


@pytest.mark.parametrize("cal", [BERLIN, CHINA, LUNCH], ids=lambda cal: cal.code)
def test_calendar_survives_pickle(cal):
    assert pickle.loads(pickle.dumps(cal)) == cal  # noqa: S301 - our own bytes


def test_calendar_differs_by_content_under_the_same_name():
    other = CalendarData("berlin", 1, "Europe/Berlin", WEEK)

    assert other != BERLIN
    assert hash(other) == hash(BERLIN)


@pytest.mark.parametrize(
    ("day", "opens"),
    [
        (date(2026, 2, 13), True),  # Friday
        (date(2026, 2, 14), True),  # Saturday, made up
        (date(2026, 2, 15), False),  # Sunday and holiday
        (date(2026, 2, 16), False),  # Monday, holiday
        (date(2026, 2, 21), False),  # Saturday
        (date(2026, 2, 24), True),  # Tuesday after the break
        (date(2026, 2, 28), True),  # Saturday, made up
    ],
)
def test_is_business_day_with_make_up_days(day, opens):
    assert is_business_day(day, CHINA) is opens


def test_spans_on_make_up_day_are_mondays_unless_given():
    own = CalendarData(
        "own", 1, "UTC", WEEK, frozenset(), CHINA.workdays, makeup_spans=((600, 660),)
    )
    saturday = date(2026, 2, 14)

    assert CHINA.spans_on(saturday) == NINE_TO_SIX
    assert own.spans_on(saturday) == ((600, 660),)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"spans": {}}, "needs hours"),
        ({"spans": {0: ()}}, "needs hours"),
        ({"spans": {7: NINE_TO_SIX}}, "weekdays 0 to 6"),
        ({"spans": {0: ((540, 540),)}}, "540-540"),
        ({"spans": {0: ((600, 540),)}}, "600-540"),
        ({"spans": {0: ((0, 1441),)}}, "0-1441"),
        ({"spans": {0: ((-1, 60),)}}, "-1-60"),
        ({"spans": {0: ((540, 720), (719, 800))}}, "719-800"),
        ({"makeup_spans": ((600, 540),)}, "600-540"),
        ({"timezone": "Mars/Olympus"}, "Mars/Olympus"),
        ({"timezone": "../../etc/passwd"}, "time zone"),
        ({"timezone": ""}, "time zone"),
        (
            {"holidays": {date(2026, 2, 14)}, "workdays": {date(2026, 2, 14)}},
            "2026-02-14 is a holiday and a work day",
        ),
        ({"spans": {6: NINE_TO_SIX}, "workdays": {date(2026, 2, 14)}}, "no hours"),
    ],
)
def test_calendar_refuses_data_that_cannot_be(changes, complaint):
    data = {"code": "x", "version": 1, "timezone": "UTC", "spans": WEEK}

    with pytest.raises(ClockError, match=complaint):
        CalendarData(**{**data, **changes})
