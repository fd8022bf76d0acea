"""What must hold for any calendar, zone and moment."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from complaints.clocks import (
    CalendarData,
    Limit,
    add_business,
    business_between,
    due_at,
    last_day,
    local_day,
    next_reminder,
    pause,
    reached_level,
    reminder_schedule,
    resume,
)

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Asia/Shanghai",
    "Asia/Beirut",  # jumps at midnight
    "Australia/Lord_Howe",  # jumps by half an hour
    "Pacific/Apia",
)
MINUTE = timedelta(minutes=1)


@st.composite
def spans(draw):
    edges = draw(st.lists(st.integers(0, 1440), min_size=2, max_size=6, unique=True))
    edges = sorted(edges)[: len(edges) // 2 * 2]
    return tuple(zip(edges[::2], edges[1::2], strict=True))


@st.composite
def calendars(draw):
    days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
    week = draw(st.dictionaries(st.integers(0, 6), spans(), min_size=1))
    # Open an hour a week at least: with less, 200 hours outlast the calendars.
    assume(sum(end - start for day in week.values() for start, end in day) >= 60)
    holidays = draw(st.frozensets(days, max_size=20))
    workdays = draw(st.frozensets(days, max_size=5)) - holidays
    makeup = draw(spans())
    zone = draw(st.sampled_from(ZONES))
    return CalendarData("any", 1, zone, week, holidays, workdays, makeup)


moments = st.timedeltas(timedelta(0), timedelta(days=730)).map(
    datetime(2026, 1, 1, tzinfo=UTC).__add__
)
amounts = st.timedeltas(timedelta(microseconds=1), timedelta(hours=200))
limits = st.builds(
    Limit,
    st.integers(1, 60),
    st.sampled_from(
        [
            "hours",
            "business_hours",
            "business_days",
            "calendar_days",
            "calendar_months",
        ]
    ),
)
few = settings(deadline=None)


def counted_by_hand(a: datetime, b: datetime, cal: CalendarData) -> int:
    """Whole open minutes between two moments, asked minute by minute."""
    tz, open_minutes = ZoneInfo(cal.timezone), 0
    while a < b:
        wall = a.astimezone(tz)
        minute = wall.hour * 60 + wall.minute
        spans_today = cal.spans_on(wall.date())
        open_minutes += any(start <= minute < end for start, end in spans_today)
        a += MINUTE
    return open_minutes


@st.composite
def changes_of_clocks(draw):
    """A few days around a night on which some zone changes its clocks, or any other."""
    day = draw(
        st.sampled_from(
            [
                datetime(2026, 3, 28, tzinfo=UTC),
                datetime(2026, 10, 24, tzinfo=UTC),
                datetime(2026, 3, 7, tzinfo=UTC),
                datetime(2026, 10, 31, tzinfo=UTC),
                datetime(2026, 4, 4, tzinfo=UTC),
                datetime(2026, 10, 3, tzinfo=UTC),
                datetime(2026, 7, 15, tzinfo=UTC),
                datetime(2026, 12, 31, tzinfo=UTC),
            ]
        )
    )
    start = day + MINUTE * draw(st.integers(0, 1440))
    return start, start + MINUTE * draw(st.integers(0, 2 * 1440))


@st.composite
def zones_without_repeated_edges(draw):
    """Calendars with no edge in the small hours, which autumn shows twice."""
    cal = draw(calendars())
    week = {
        day: tuple(pair for pair in pairs if all(not 0 < m < 240 for m in pair))
        for day, pairs in cal.spans.items()
    }
    week[2] = ((0, 1440),)
    return replace(cal, spans=week, workdays=frozenset(), makeup_spans=())


@few
@given(zones_without_repeated_edges(), changes_of_clocks())
def test_business_between_equals_counting_by_hand(cal, window):
    a, b = window

    assert business_between(a, b, cal) == counted_by_hand(a, b, cal) * MINUTE


@few
@given(calendars(), moments, amounts)
def test_what_was_added_lies_between(cal, start, amount):
    due = add_business(start, amount, cal)

    assert due > start
    assert business_between(start, due, cal) == amount
    assert business_between(due, start, cal) == -amount
    # It is the first such moment: a moment earlier it was not enough.
    before = due - timedelta.resolution
    assert business_between(start, before, cal) == amount - timedelta.resolution


@few
@given(calendars(), moments, amounts, amounts)
def test_adding_in_two_steps_is_adding_at_once(cal, start, first, second):
    halfway = add_business(start, first, cal)

    assert add_business(halfway, second, cal) == add_business(
        start, first + second, cal
    )


@few
@given(calendars(), moments, amounts)
def test_going_back_returns_to_the_same_business_time(cal, start, amount):
    due = add_business(start, amount, cal)

    back = add_business(due, -amount, cal)

    assert back <= start
    assert business_between(back, start, cal) == timedelta(0)


@few
@given(calendars(), limits, moments, st.timedeltas(timedelta(0), timedelta(days=20)))
def test_a_later_start_is_never_due_earlier(cal, limit, start, wait):
    sooner = due_at(start, limit, cal, cal.timezone)
    later = due_at(start + wait, limit, cal, cal.timezone)

    assert start < sooner <= later


@few
@given(calendars(), limits, moments)
def test_server_zone_changes_nothing(cal, limit, start):
    due = due_at(start, limit, cal, cal.timezone)

    for name in ZONES:
        elsewhere = start.astimezone(ZoneInfo(name))
        assert due_at(elsewhere, limit, cal, cal.timezone) == due


@few
@given(calendars(), limits, moments, st.dates(date(2026, 1, 1), date(2028, 12, 31)))
def test_an_excluded_day_lengthens_and_never_shortens(cal, limit, start, day):
    if day in cal.workdays:
        return
    due = due_at(start, limit, cal, cal.timezone)
    fewer_days = replace(cal, holidays=cal.holidays | {day})

    later = due_at(start, limit, fewer_days, cal.timezone)

    assert later >= due
    first, last = local_day(start, cal.timezone), last_day(due, cal.timezone)
    holds = first < day < last and cal.spans_on(day)
    if limit.is_business and holds and _is_open_then(day, cal):
        assert later > due


def _is_open_then(day, cal):
    """Whether that day has any business time; clocks may have skipped all of it."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(cal.timezone))
    two_days = timedelta(days=2)
    without = replace(cal, holidays=cal.holidays | {day})
    window = noon - two_days, noon + two_days
    return business_between(*window, cal) > business_between(*window, without)


@few
@given(
    calendars(),
    st.sampled_from(["hours", "business_hours", "business_days"]),
    st.integers(1, 60),
    moments,
    st.timedeltas(timedelta(0), timedelta(days=90)),
)
def test_pause_and_resume_at_once_change_nothing(cal, unit, amount, start, wait):
    limit = Limit(amount, unit)
    clock = cal if limit.is_business else None
    due = due_at(start, limit, cal, cal.timezone)
    now = start + wait

    left = pause(due, now, clock)

    if left:
        assert resume(left, now, clock) == due
    else:
        assert not business_between(*sorted((due, now)), cal)


@few
@given(calendars(), moments, amounts, st.timedeltas(timedelta(0), timedelta(days=30)))
def test_a_pause_moves_the_deadline_by_its_own_business_time(
    cal, start, amount, pause_
):
    due = add_business(start, amount, cal)
    stopped = start + (due - start) / 2
    goes_on = stopped + pause_

    moved = resume(pause(due, stopped, cal), goes_on, cal)

    assert moved >= due
    assert moved == add_business(due, business_between(stopped, goes_on, cal), cal)


@few
@given(calendars() | st.none(), moments, amounts, st.integers(0, 400))
def test_reminders_come_in_order_and_a_scan_agrees_with_them(cal, start, amount, hours):
    due = start + amount if cal is None else add_business(start, amount, cal)
    now = start + timedelta(hours=hours)

    schedule = reminder_schedule(start, due, cal)
    moments_ = [moment for _, moment in schedule]
    reached = reached_level(now, start, due, cal)
    following, moment = next_reminder(reached, start, due, cal)

    assert [start, *moments_] == sorted([start, *moments_])
    assert moments_[-1] == due
    assert moment > now
    assert reached < following
