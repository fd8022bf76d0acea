"""Who works here, in which team, by which calendar."""

from teams.models.calendar import Absence, Calendar, Holiday
from teams.models.competence import Competence
from teams.models.routing import RoutingRule
from teams.models.team import (
    Membership,
    Team,
    TeamGroupObjectPermission,
    TeamUserObjectPermission,
)
from teams.models.template import RoleTemplate, TemplateRole
from teams.models.user import User

__all__ = [
    "Absence",
    "Calendar",
    "Competence",
    "Holiday",
    "Membership",
    "RoleTemplate",
    "RoutingRule",
    "Team",
    "TeamGroupObjectPermission",
    "TeamUserObjectPermission",
    "TemplateRole",
    "User",
]
