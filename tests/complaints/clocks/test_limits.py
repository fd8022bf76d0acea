"""Limits of every unit, their last second, and what a pause does."""

from datetime import date, timedelta

import pytest

from complaints.clocks import (
    ClockError,
    Limit,
    add_calendar_days,
    add_calendar_months,
    due_at,
    is_late,
    last_day,
    local_day,
    pause,
    resume,
)

from .calendars import BERLIN, H, at, utc

TWO_MONTHS = Limit(2, "calendar_months")


@pytest.mark.parametrize(
    ("start", "months", "last"),
    [
        ("2026-01-15 10:00", 2, date(2026, 3, 15)),
        ("2026-12-31 10:00", 2, date(2027, 2, 28)),
        ("2027-12-31 10:00", 2, date(2028, 2, 29)),
        ("2026-12-30 10:00", 2, date(2027, 2, 28)),
        ("2027-12-29 10:00", 2, date(2028, 2, 29)),
        ("2028-02-29 10:00", 12, date(2029, 2, 28)),
        ("2026-07-31 10:00", 2, date(2026, 9, 30)),
        ("2026-10-31 10:00", 1, date(2026, 11, 30)),
        ("2026-11-15 10:00", 14, date(2028, 1, 15)),
        # Ends on a Saturday and on a holiday: not rolled forward.
        ("2026-01-14 10:00", 2, date(2026, 3, 14)),
        ("2026-03-01 10:00", 2, date(2026, 5, 1)),
        # The first and the last second of the day of the event.
        ("2026-01-15 00:00", 2, date(2026, 3, 15)),
        ("2026-01-15 23:59:59", 2, date(2026, 3, 15)),
    ],
)
def test_add_calendar_months_ends_with_the_same_day_or_the_months_last(
    start, months, last
):
    due = add_calendar_months(at(start), months, "Europe/Berlin")

    assert last_day(due, "Europe/Berlin") == last
    assert due == at(f"{last + timedelta(days=1)} 00:00")


@pytest.mark.parametrize(
    ("tz", "start", "due"),
    [
        # The local day of receipt decides, not the day in UTC.
        ("Europe/Berlin", "2026-01-15 23:30", "2026-03-16 23:00"),
        ("America/New_York", "2026-01-16 04:30", "2026-03-16 04:00"),
        ("Asia/Kolkata", "2026-01-15 18:29:59", "2026-03-15 18:30"),
        ("Asia/Kolkata", "2026-01-15 18:30", "2026-03-16 18:30"),
        ("Asia/Shanghai", "2026-01-15 15:59:59", "2026-03-15 16:00"),
        # A summer ends in between: the midnight is another hour of UTC.
        ("Europe/Berlin", "2026-09-01 10:00", "2026-11-01 23:00"),
        # Beirut, 2026-03-29: clocks jump at midnight, the day begins at 01:00.
        ("Asia/Beirut", "2026-01-28 10:00", "2026-03-28 22:00"),
    ],
)
def test_add_calendar_months_by_the_local_calendar(tz, start, due):
    assert add_calendar_months(utc(start), 2, tz) == utc(due)


@pytest.mark.parametrize(
    ("start", "days", "last"),
    [
        ("2026-01-15 23:59:59", 56, date(2026, 3, 12)),
        ("2028-02-01 00:00", 56, date(2028, 3, 28)),
        ("2026-12-31 12:00", 60, date(2027, 3, 1)),
        ("2026-03-28 12:00", 1, date(2026, 3, 29)),
    ],
)
def test_add_calendar_days_ends_with_that_local_day(start, days, last):
    due = add_calendar_days(at(start), days, "Europe/Berlin")

    assert due == at(f"{last + timedelta(days=1)} 00:00")
    assert last_day(due, "Europe/Berlin") == last


def test_is_late_from_the_first_moment_of_the_next_day():
    due = due_at(at("2026-01-15 10:00"), TWO_MONTHS, None, "Europe/Berlin")

    assert not is_late(at("2026-03-15 23:59:59.999999"), due)
    assert is_late(at("2026-03-16 00:00"), due)


@pytest.mark.parametrize(
    ("limit", "due"),
    [
        (Limit(24, "hours"), "2026-03-28 17:00"),
        (Limit(48, "hours"), "2026-03-29 18:00"),  # an hour was skipped
        (Limit(2, "business_hours"), "2026-03-30 10:00"),
        (Limit(2, "business_days"), "2026-03-31 18:00"),
        (Limit(2, "calendar_days"), "2026-03-30 00:00"),
        (TWO_MONTHS, "2026-05-28 00:00"),
    ],
)
def test_due_at_for_every_unit(limit, due):
    assert due_at(at("2026-03-27 17:00"), limit, BERLIN, "Europe/Berlin") == at(due)


@pytest.mark.parametrize("unit", ["business_hours", "business_days"])
def test_due_at_needs_a_calendar_for_business_units(unit):
    with pytest.raises(ClockError, match="need a calendar"):
        due_at(at("2026-03-27 17:00"), Limit(1, unit), None, "Europe/Berlin")


@pytest.mark.parametrize(
    ("amount", "unit"),
    [(0, "hours"), (-1, "business_days"), (100_001, "hours"), (1, "weeks"), (1, "")],
)
def test_limit_refuses_what_no_deadline_comes_from(amount, unit):
    with pytest.raises(ClockError):
        Limit(amount, unit)


def test_limit_is_stored_as_text():
    assert str(TWO_MONTHS) == "2 calendar_months"
    assert Limit.parse("2 calendar_months") == TWO_MONTHS


@pytest.mark.parametrize(
    "text", ["", "2", "two hours", "2  hours", "-2 hours", "2 weeks", "٢ hours"]
)
def test_parse_refuses_other_text(text):
    with pytest.raises(ClockError):
        Limit.parse(text)


def test_add_calendar_months_refuses_what_lies_beyond_the_calendars():
    with pytest.raises(ClockError):
        add_calendar_months(at("2026-03-02 09:00"), 100_000, "Europe/Berlin")


def test_local_day_differs_from_the_day_in_utc():
    assert local_day(utc("2026-01-15 23:30"), "Europe/Berlin") == date(2026, 1, 16)


@pytest.mark.parametrize(
    ("cal", "stopped", "resumed", "remaining", "due"),
    [
        # Due Tuesday 12:00; stopped Monday noon; goes on Thursday at ten.
        (BERLIN, "2026-03-02 12:00", "2026-03-05 10:00", 9, "2026-03-06 10:00"),
        # Stopped and resumed outside business time.
        (BERLIN, "2026-03-02 20:00", "2026-03-07 20:00", 3, "2026-03-09 12:00"),
        # It was late already by two hours: so it stays.
        (BERLIN, "2026-03-03 14:00", "2026-03-05 10:00", -2, "2026-03-04 17:00"),
        # Plain time.
        (None, "2026-03-02 12:00", "2026-03-05 10:00", 24, "2026-03-06 10:00"),
    ],
)
def test_pause_and_resume_move_the_deadline(cal, stopped, resumed, remaining, due):
    left = pause(at("2026-03-03 12:00"), at(stopped), cal)

    assert left == remaining * H
    assert resume(left, at(resumed), cal) == at(due)
