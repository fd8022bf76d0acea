"""The explanation names each day and adds up to the deadline it explains."""

from datetime import date, timedelta

import pytest

from complaints.clocks import (
    ClockError,
    Limit,
    Reckoned,
    add_business,
    due_at,
    explain,
)

from .calendars import BERLIN, CHINA, LUNCH, H, at, utc

TZ = "Europe/Berlin"


def test_explain_business_hours_by_span():
    told = explain(at("2026-03-06 11:00"), Limit(6, "business_hours"), LUNCH, TZ)

    assert told.due_at == at("2026-03-06 18:00")
    assert told.calendar == "lunch@1"
    assert told.rows == (
        Reckoned(
            date(2026, 3, 6), "counted", at("2026-03-06 11:00"), at("2026-03-06 12:00")
        ),
        Reckoned(
            date(2026, 3, 6), "counted", at("2026-03-06 13:00"), at("2026-03-06 18:00")
        ),
    )
    assert [row.counted for row in told.rows] == [1 * H, 5 * H]


def test_explain_names_days_that_do_not_count():
    told = explain(at("2026-04-30 19:00"), Limit(2, "business_hours"), BERLIN, TZ)

    assert [(row.day.day, row.kind, row.counted) for row in told.rows] == [
        (30, "after_hours", 0 * H),
        (1, "holiday", 0 * H),
        (2, "closed", 0 * H),
        (3, "closed", 0 * H),
        (4, "counted", 2 * H),
    ]


def test_explain_business_days_numbers_the_days_and_names_make_up_days():
    told = explain(
        at("2026-02-13 10:00", "Asia/Shanghai"), Limit(2, "business_days"), CHINA, TZ
    )

    assert told.timezone == "Asia/Shanghai"
    assert told.last_day == date(2026, 2, 24)
    kinds = [(row.kind, row.nth) for row in told.rows]
    assert kinds == [
        ("day_of_event", 0),
        ("makeup", 1),
        *[("holiday", 0)] * 9,
        ("counted", 2),
    ]


@pytest.mark.parametrize(
    ("limit", "start", "last", "kind"),
    [
        (Limit(2, "calendar_months"), "2026-01-15 10:00", (2026, 3, 15), "same_day"),
        (Limit(2, "calendar_months"), "2026-12-31 10:00", (2027, 2, 28), "month_end"),
        (Limit(56, "calendar_days"), "2026-01-15 10:00", (2026, 3, 12), "counted"),
    ],
)
def test_explain_calendar_time_by_first_and_last_day(limit, start, last, kind):
    told = explain(at(start), limit, BERLIN, TZ)

    assert told.calendar == ""
    assert told.last_day == date(*last)
    assert [(row.day, row.kind) for row in told.rows] == [
        (date.fromisoformat(start[:10]), "day_of_event"),
        (date(*last), kind),
    ]


def test_explain_plain_hours():
    start = utc("2026-03-06 11:00")

    told = explain(start, Limit(24, "hours"), BERLIN, TZ, paused=2 * H)

    assert told.rows == (Reckoned(date(2026, 3, 6), "counted", start, start + 26 * H),)


@pytest.mark.parametrize("unit", ["business_hours", "business_days"])
@pytest.mark.parametrize("paused", [0 * H, 13 * H])
def test_explain_agrees_with_the_clock_and_adds_up(unit, paused):
    start, limit = at("2026-04-29 11:00"), Limit(3, unit)
    unpaused = due_at(start, limit, BERLIN, TZ)

    told = explain(start, limit, BERLIN, TZ, paused=paused)

    assert told.due_at == add_business(unpaused, paused, BERLIN)
    counted = sum((row.counted for row in told.rows), timedelta())
    assert counted == (3 * H if unit == "business_hours" else 0 * H) + paused
    assert max(row.nth for row in told.rows) == (3 if unit == "business_days" else 0)


def test_explain_keeps_the_last_row_when_there_are_too_many():
    told = explain(
        at("2026-03-02 11:00"), Limit(60, "business_days"), BERLIN, TZ, most_rows=10
    )

    assert len(told.rows) == 10
    assert told.rows[8].day == date(2026, 3, 10)
    assert told.rows[-1] == Reckoned(date(2026, 5, 26), "counted", nth=60)
    assert told.left_out == 76


def test_explain_needs_the_calendar_that_the_limit_needs():
    with pytest.raises(ClockError):
        explain(at("2026-03-02 11:00"), Limit(1, "business_days"), None, TZ)
