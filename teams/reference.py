"""The teams, calendars, routing rules and system actors every installation has.

Installed after each migrate where they are missing; what an operator changed stays.
"""

from typing import Any

import holidays
from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group
from django.utils import timezone

from teams.models import Calendar, Holiday, Membership, RoutingRule, Team
from teams.roles import TEAM_NAMES
from teams.services import sync_grants
from teams.system import install_actors

OFFICE_HOURS = [[540, 720], [780, 1080]]  # 9:00-12:00 and 13:00-18:00
ALL_DAY = [[0, 1440]]

CALENDARS: tuple[tuple[str, str, str, dict[str, list[list[int]]], str], ...] = (
    (
        "office-eu",
        "Office hours, Frankfurt",
        "Europe/Berlin",
        {str(day): OFFICE_HOURS for day in range(5)},
        "DE",
    ),
    (
        "office-cn",
        "Office hours, Shanghai",
        "Asia/Shanghai",
        {str(day): OFFICE_HOURS for day in range(5)},
        "CN",
    ),
    ("always", "Around the clock", "UTC", {str(day): ALL_DAY for day in range(7)}, ""),
)
"""(code, name, time zone, spans, country of its holidays)."""

TEAM_CALENDARS = {"security": "always"}

ROUTES: tuple[tuple[int, str, str, bool | None], ...] = (
    (10, "", "security", True),
    (20, "security", "security", None),
    (30, "fraud", "security", None),
    (40, "trading", "risk", None),
    (50, "p2p", "risk", None),
    (60, "withdrawals", "risk", None),
    (70, "technical", "tech", None),
    (80, "identity", "compliance", None),
    (90, "fees", "support", None),
    (100, "service", "support", None),
    (900, "", "support", None),
)
"""(position, category, team, only with money at risk)."""


def install_after_migrate(using: str = "default", **_kwargs: Any) -> None:
    """Signal handler; only the default database holds the register."""
    if using == "default":
        install()


def install() -> None:
    create_permissions(apps.get_app_config("teams"), verbosity=0)
    _install_calendars()
    _install_teams()
    _install_routes()
    install_actors()
    _carry_roles_out()


def _carry_roles_out() -> None:
    """A role that allows more since an upgrade allows it to those who have it now."""
    rows = Membership.objects.select_related("user", "team")
    for user, team in {(row.user, row.team) for row in rows}:
        sync_grants(user, team)


def _install_calendars() -> None:
    for code, name, zone, spans, country in CALENDARS:
        calendar, made = Calendar.objects.get_or_create(
            code=code,
            version=1,
            defaults={"name": name, "time_zone": zone, "spans": spans},
        )
        if made and country:
            Holiday.objects.bulk_create(_holidays(calendar, country))


def _holidays(calendar: Calendar, country: str) -> list[Holiday]:
    """Public holidays of the country, and the weekend days worked to make up."""
    this_year = timezone.now().year
    years = range(this_year - 1, this_year + 3)
    known = holidays.country_holidays(country, years=years)
    rows = [
        Holiday(calendar=calendar, day=day, name=name[:120])
        for day, name in sorted(known.items())
    ]
    made_up = getattr(known, "weekend_workdays", None) or ()
    return rows + [
        Holiday(calendar=calendar, day=day, name="Make-up workday", working=True)
        for day in sorted(set(made_up) - set(known))
    ]


def _install_teams() -> None:
    calendars = {
        calendar.code: calendar for calendar in Calendar.objects.order_by("version")
    }
    for code, name in TEAM_NAMES.items():
        if Team.objects.filter(code=code).exists():
            continue
        group, _made = Group.objects.get_or_create(name=f"team:{code}")
        calendar = calendars[TEAM_CALENDARS.get(code, "office-eu")]
        Team.objects.create(
            code=code,
            name=str(name),
            group=group,
            calendar=calendar,
            email=f"{code}@complaints.example",
            phone="+49 69 0000 0000",
        )


def _install_routes() -> None:
    if RoutingRule.objects.exists():
        return
    teams = {team.code: team for team in Team.objects.all()}
    RoutingRule.objects.bulk_create(
        RoutingRule(
            position=position, category=category, team=teams[team], funds_at_risk=risk
        )
        for position, category, team, risk in ROUTES
    )
