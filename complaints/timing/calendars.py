"""The calendars in which clocks are reckoned, as data."""

from functools import lru_cache

from complaints import clocks, profiles
from complaints.models import Complaint
from config.memory import remembered
from teams.models import Calendar, Team


def calendar_of(complaint: Complaint) -> clocks.CalendarData:
    """The calendar of the team that has the case now."""
    known = "team" in complaint._state.fields_cache
    pk = complaint.team.calendar_id if known else _calendar_of(complaint.team_id)
    return _calendar(pk)


@remembered
def _calendar_of(team_id: int) -> int:
    return Team.objects.only("calendar_id").get(pk=team_id).calendar_id


def team_calendar(team: Team) -> clocks.CalendarData:
    """The calendar by which the team works."""
    return _calendar(team.calendar_id)


def calendar_by_key(key: str) -> clocks.CalendarData | None:
    """The calendar version a clock was reckoned in; None for plain time."""
    if not key:
        return None
    of_profile = (profile.calendar for profile in profiles.PROFILES)
    known = next((calendar for calendar in of_profile if calendar.key == key), None)
    if known is not None:
        return known
    return _calendar(_calendar_pk(key))


@lru_cache(maxsize=64)
def _calendar_pk(key: str) -> int:
    code, _at, version = key.partition("@")
    return Calendar.objects.only("pk").get(code=code, version=version).pk


@lru_cache(maxsize=64)
def _calendar(pk: int) -> clocks.CalendarData:
    """A calendar as data. Versions never change, so they are read once a process."""
    row = Calendar.objects.prefetch_related("holidays").get(pk=pk)
    days = list(row.holidays.all())
    return clocks.CalendarData(
        code=row.code,
        version=row.version,
        timezone=row.time_zone,
        spans={int(day): tuple(map(tuple, spans)) for day, spans in row.spans.items()},
        holidays=frozenset(day.day for day in days if not day.working),
        workdays=frozenset(day.day for day in days if day.working),
    )
