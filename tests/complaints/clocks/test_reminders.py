"""When reminders fall due, and that a scan which was down makes up for it once."""

import pytest

from complaints.clocks import next_reminder, reached_level, reminder_schedule

from .calendars import BERLIN, H, at

START, DUE = at("2026-03-02 09:00"), at("2026-03-03 18:00")  # 18 business hours


def test_reminder_schedule_in_business_time():
    assert reminder_schedule(START, DUE, BERLIN) == (
        (50, at("2026-03-02 18:00")),
        (80, at("2026-03-03 14:24")),
        (100, DUE),
    )


def test_reminder_schedule_in_plain_time():
    assert reminder_schedule(START, START + 100 * H, None) == (
        (50, START + 50 * H),
        (80, START + 80 * H),
        (100, START + 100 * H),
    )


def test_reminder_schedule_leaves_a_pause_out():
    # Stood still from Monday noon to Wednesday noon: 18 business hours.
    moved = at("2026-03-05 18:00")

    assert reminder_schedule(START, moved, BERLIN, paused=18 * H) == (
        (50, at("2026-03-04 18:00")),
        (80, at("2026-03-05 14:24")),
        (100, moved),
    )


def test_reminder_schedule_of_a_limit_without_business_time():
    saturday, sunday = at("2026-03-07 10:00"), at("2026-03-08 10:00")

    assert reminder_schedule(saturday, sunday, BERLIN) == (
        (50, saturday),
        (80, saturday),
        (100, sunday),
    )


@pytest.mark.parametrize(
    ("level", "following", "moment"),
    [
        (0, 50, "2026-03-02 18:00"),
        (50, 80, "2026-03-03 14:24"),
        (80, 100, "2026-03-03 18:00"),
        (100, 101, "2026-03-04 18:00"),
        (101, 102, "2026-03-05 18:00"),
        (130, 131, "2026-04-03 19:00"),  # daily in real time, through the change
    ],
)
def test_next_reminder_follows_the_ladder_then_every_day(level, following, moment):
    assert next_reminder(level, START, DUE, BERLIN) == (following, at(moment))


@pytest.mark.parametrize(
    ("now", "level"),
    [
        ("2026-03-02 08:00", 0),
        ("2026-03-02 17:59:59", 0),
        ("2026-03-02 18:00", 50),
        ("2026-03-03 14:23:59", 50),
        ("2026-03-03 14:24", 80),
        ("2026-03-03 17:59:59", 80),
        ("2026-03-03 18:00", 100),
        ("2026-03-04 17:59:59", 100),
        ("2026-03-04 18:00", 101),
        ("2026-03-09 20:00", 106),
    ],
)
def test_reached_level_is_the_highest_whose_moment_came(now, level):
    assert reached_level(at(now), START, DUE, BERLIN) == level


@pytest.mark.parametrize("start", ["2026-03-02 09:00", "2026-03-06 16:00"])
def test_next_reminder_lies_ahead_once_the_level_is_reached(start):
    begun, due = at(start), at("2026-03-11 12:00")
    now = begun

    while (level := reached_level(now, begun, due, BERLIN)) < 104:
        following, moment = next_reminder(level, begun, due, BERLIN)
        assert moment > now
        assert reached_level(moment, begun, due, BERLIN) == following
        now = moment
