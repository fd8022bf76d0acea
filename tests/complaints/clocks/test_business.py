"""Business time: tables of exact moments, among them those where clocks jump."""

from datetime import UTC, date, datetime, timedelta

import pytest

from complaints.clocks import (
    CalendarData,
    ClockError,
    add_business,
    add_business_days,
    business_between,
    business_days_before,
)

from .calendars import (
    ALWAYS,
    ALWAYS_NEW_YORK,
    BERLIN,
    CHINA,
    KOLKATA,
    LATE,
    LUNCH,
    NEW_YORK,
    SUNDAY_NIGHT,
    WEEK,
    H,
    at,
    utc,
)

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("cal", "start", "amount", "due"),
    [
        # 2026-03-02 is a Monday.
        (BERLIN, "2026-03-02 09:00", 1 * H, "2026-03-02 10:00"),
        (BERLIN, "2026-03-02 09:00", 9 * H, "2026-03-02 18:00"),
        (BERLIN, "2026-03-02 09:00", 9 * H + SECOND, "2026-03-03 09:00:01"),
        (BERLIN, "2026-03-02 17:59:59", SECOND, "2026-03-02 18:00"),
        (BERLIN, "2026-03-02 17:59:59", 2 * SECOND, "2026-03-03 09:00:01"),
        (BERLIN, "2026-03-02 03:00", 1 * H, "2026-03-02 10:00"),
        (BERLIN, "2026-03-02 18:00", 1 * H, "2026-03-03 10:00"),
        (BERLIN, "2026-03-06 17:00", 2 * H, "2026-03-09 10:00"),
        (BERLIN, "2026-03-07 12:00", 9 * H, "2026-03-09 18:00"),
        (BERLIN, "2026-03-02 09:00", 45 * H, "2026-03-06 18:00"),
        (BERLIN, "2026-03-02 09:00", 90 * H, "2026-03-13 18:00"),
        # Over the first of May, a Friday and a holiday.
        (BERLIN, "2026-04-30 17:00", 2 * H, "2026-05-04 10:00"),
        # Over New Year, and over a leap day.
        (BERLIN, "2026-12-31 17:00", 2 * H, "2027-01-01 10:00"),
        (BERLIN, "2028-02-28 17:00", 11 * H, "2028-03-01 10:00"),
        (BERLIN, "2027-02-26 17:00", 11 * H, "2027-03-02 10:00"),
        # The lunch hour does not count; noon sharp ends a span.
        (LUNCH, "2026-03-02 11:00", 1 * H, "2026-03-02 12:00"),
        (LUNCH, "2026-03-02 11:00", 2 * H, "2026-03-02 14:00"),
        (LUNCH, "2026-03-02 12:30", 1 * H, "2026-03-02 14:00"),
        (LUNCH, "2026-03-02 09:00", 8 * H, "2026-03-02 18:00"),
        (LUNCH, "2026-03-02 09:00", 8 * H + SECOND, "2026-03-03 09:00:01"),
        # A span that ends at 24:00.
        (LATE, "2026-03-02 21:00", 3 * H, "2026-03-03 00:00"),
        (LATE, "2026-03-02 21:00", 4 * H, "2026-03-03 21:00"),
        (LATE, "2026-03-06 23:59:59", 2 * SECOND, "2026-03-09 20:00:01"),
        # None at all: wherever one stands.
        (BERLIN, "2026-03-07 12:00", 0 * H, "2026-03-07 12:00"),
        # Backwards.
        (BERLIN, "2026-03-09 10:00", -2 * H, "2026-03-06 17:00"),
        (BERLIN, "2026-03-09 10:00", -1 * H, "2026-03-06 18:00"),
        (BERLIN, "2027-01-01 10:00", -2 * H, "2026-12-31 17:00"),
    ],
)
def test_add_business_counts_only_open_time(cal, start, amount, due):
    assert add_business(at(start), amount, cal) == at(due)


@pytest.mark.parametrize(
    ("cal", "start", "amount", "due"),
    [
        # Berlin goes from +01:00 to +02:00 on Sunday 2026-03-29 at 01:00 UTC.
        (BERLIN, "2026-03-27 16:00", 2 * H, "2026-03-30 08:00"),
        (ALWAYS, "2026-03-28 23:00", 23 * H, "2026-03-29 22:00"),
        (SUNDAY_NIGHT, "2026-03-29 00:00", 2 * H, "2026-03-29 02:00"),
        (SUNDAY_NIGHT, "2026-03-29 00:00", 3 * H, "2026-04-05 00:00"),
        # And back on Sunday 2026-10-25 at 01:00 UTC.
        (BERLIN, "2026-10-23 15:00", 2 * H, "2026-10-26 09:00"),
        (ALWAYS, "2026-10-24 22:00", 25 * H, "2026-10-25 23:00"),
        (SUNDAY_NIGHT, "2026-10-24 23:00", 4 * H, "2026-10-25 03:00"),
        # New York on 2026-03-08 at 07:00 UTC and 2026-11-01 at 06:00 UTC.
        (NEW_YORK, "2026-03-06 22:00", 2 * H, "2026-03-09 14:00"),
        (ALWAYS_NEW_YORK, "2026-03-08 05:00", 23 * H, "2026-03-09 04:00"),
        (NEW_YORK, "2026-10-30 21:00", 2 * H, "2026-11-02 15:00"),
        (ALWAYS_NEW_YORK, "2026-11-01 04:00", 25 * H, "2026-11-02 05:00"),
        # The local year is another one than that of UTC.
        (ALWAYS, "2026-12-31 23:30", 1 * H, "2027-01-01 00:30"),
        (ALWAYS_NEW_YORK, "2027-01-01 02:00", 1 * H, "2027-01-01 03:00"),
        # Half an hour off the rest of the world.
        (KOLKATA, "2026-03-02 03:30", 9 * H, "2026-03-02 12:30"),
        (KOLKATA, "2026-03-02 12:29:59", 2 * SECOND, "2026-03-03 03:30:01"),
    ],
)
def test_add_business_is_real_time_when_clocks_change(cal, start, amount, due):
    assert add_business(utc(start), amount, cal) == utc(due)


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29", 2), ("2026-04-05", 3), ("2026-10-25", 4)]
)
def test_business_between_across_a_change_of_clocks(day, hours):
    start = at(f"{day} 00:00")

    assert business_between(start, at(f"{day} 12:00"), SUNDAY_NIGHT) == hours * H


@pytest.mark.parametrize(
    ("spans", "hours"),
    [
        # 02:00 to 03:00 does not exist on this day.
        (((90, 150),), 0.5),
        (((120, 180),), 0),
        (((135, 165),), 0),
        (((150, 240),), 1),
        (((60, 150), (150, 240)), 2),
        (((60, 150), (210, 240)), 1.5),
    ],
)
def test_business_between_with_edges_in_the_hour_that_is_skipped(spans, hours):
    cal = CalendarData("gap", 1, "Europe/Berlin", {6: spans})
    start, end = at("2026-03-29 00:00"), at("2026-03-29 12:00")

    assert business_between(start, end, cal) == hours * H


def test_business_between_on_a_day_that_never_was():
    apia = CalendarData(
        "apia", 1, "Pacific/Apia", dict.fromkeys(range(7), ((540, 1080),))
    )
    before = at("2011-12-29 18:00", "Pacific/Apia")
    after = at("2011-12-31 10:00", "Pacific/Apia")

    assert business_between(before, after, apia) == 1 * H
    assert add_business(before, 1 * H, apia) == after


def test_add_business_over_chinese_new_year_counts_made_up_saturdays():
    friday = at("2026-02-13 17:00", "Asia/Shanghai")

    assert add_business(friday, 10 * H, CHINA) == at(
        "2026-02-14 18:00", "Asia/Shanghai"
    )
    assert add_business(friday, 11 * H, CHINA) == at(
        "2026-02-24 10:00", "Asia/Shanghai"
    )


def test_add_business_starts_in_any_zone():
    tokyo = at("2026-03-02 17:00", "Asia/Tokyo")  # 09:00 in Berlin

    due = add_business(tokyo.astimezone(), 1 * H, BERLIN)

    assert due == at("2026-03-02 10:00")
    assert due.tzinfo is UTC


@pytest.mark.parametrize(
    ("a", "b", "hours"),
    [
        ("2026-03-02 08:00", "2026-03-02 12:00", 3),
        ("2026-03-06 17:00", "2026-03-09 10:00", 2),
        ("2026-03-07 00:00", "2026-03-08 23:59", 0),
        ("2026-03-09 10:00", "2026-03-06 17:00", -2),
        ("2025-12-31 09:00", "2028-01-01 00:00", 9 * (1 + 260 + 261)),
    ],
)
def test_business_between_is_signed_and_spans_years(a, b, hours):
    assert business_between(at(a), at(b), BERLIN) == hours * H


@pytest.mark.parametrize(
    ("cal", "start", "days", "due"),
    [
        # The day of the event does not count, however early it was.
        (BERLIN, "2026-03-02 00:00", 1, "2026-03-03 18:00"),
        (BERLIN, "2026-03-02 23:59:59", 1, "2026-03-03 18:00"),
        (BERLIN, "2026-03-06 10:00", 1, "2026-03-09 18:00"),
        (BERLIN, "2026-03-07 10:00", 1, "2026-03-09 18:00"),
        (BERLIN, "2026-03-02 10:00", 15, "2026-03-23 18:00"),
        (BERLIN, "2026-04-30 10:00", 1, "2026-05-04 18:00"),
        (BERLIN, "2026-12-30 10:00", 3, "2027-01-04 18:00"),
        (BERLIN, "2026-03-02 10:00", 600, "2028-06-20 18:00"),
        (LUNCH, "2026-03-02 10:00", 1, "2026-03-03 18:00"),
        (LATE, "2026-03-02 10:00", 1, "2026-03-04 00:00"),
    ],
)
def test_add_business_days_ends_at_close_of_business(cal, start, days, due):
    assert add_business_days(at(start), days, cal) == at(due)


def test_add_business_days_takes_the_local_day_of_the_event():
    late_sunday = utc("2026-03-01 23:30")  # Monday 00:30 in Berlin

    assert add_business_days(late_sunday, 1, BERLIN) == at("2026-03-03 18:00")


def test_add_business_days_counts_made_up_saturdays():
    due = add_business_days(at("2026-02-13 10:00", "Asia/Shanghai"), 2, CHINA)

    assert due == at("2026-02-24 18:00", "Asia/Shanghai")


@pytest.mark.parametrize(
    ("due", "days", "begins"),
    [
        ("2026-03-14 00:00", 2, "2026-03-11 00:00"),  # last day Friday -> Wednesday
        ("2026-03-13 18:00", 2, "2026-03-11 00:00"),
        ("2026-03-16 00:00", 2, "2026-03-12 00:00"),  # last day Sunday -> Thursday
        ("2026-05-05 00:00", 1, "2026-04-30 00:00"),  # Monday after a holiday
    ],
)
def test_business_days_before_a_deadline(due, days, begins):
    assert business_days_before(at(due), days, BERLIN) == at(begins)


@pytest.mark.parametrize("days", [0, -1])
def test_business_days_must_be_counted(days):
    with pytest.raises(ClockError):
        add_business_days(at("2026-03-02 10:00"), days, BERLIN)
    with pytest.raises(ClockError):
        business_days_before(at("2026-03-02 10:00"), days, BERLIN)


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 3, 2, 9, 0),  # noqa: DTZ001 - naive on purpose
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, tzinfo=UTC),
    ],
)
def test_moments_without_zone_or_out_of_reach_are_refused(moment):
    with pytest.raises(ClockError):
        add_business(moment, 1 * H, BERLIN)


@pytest.mark.drill
@pytest.mark.parametrize("years", [300, -300])
def test_add_business_refuses_what_no_calendar_reaches(years):
    with pytest.raises(ClockError, match="does not reach"):
        add_business(at("2026-03-02 09:00"), timedelta(days=365 * years), BERLIN)


def test_add_business_skips_a_whole_year_of_holidays():
    closed = CalendarData(
        "closed",
        1,
        "UTC",
        WEEK,
        holidays=frozenset(date(2027, 1, 1) + timedelta(days=n) for n in range(365)),
    )

    assert add_business(utc("2026-12-31 17:00"), 2 * H, closed) == utc(
        "2028-01-03 10:00"
    )
    assert add_business(utc("2028-01-03 10:00"), -2 * H, closed) == utc(
        "2026-12-31 17:00"
    )
