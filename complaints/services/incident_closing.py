"""The end of an incident: all are answered, and what recurs has an action."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from complaints.errors import (
    GuardRefused,
)
from complaints.models import Incident, Progress, RootCause
from complaints.permissions import Viewer, as_viewer
from complaints.services.incident_members import members
from complaints.services.incidents import ask_may, hold, keep, record
from complaints.states import WORKING_STATES, CauseScope
from complaints.transitions import Refusal

if TYPE_CHECKING:
    from teams.models import User


@transaction.atomic
def close_incident(
    *,
    incident: Incident,
    cause: str,
    nature: str,
    lesson: str,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> Incident:
    """End it: every member has its answer, and what recurs has an action against it.

    Raises ``GuardRefused`` with all that is missing, besides the others.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    ask_may(incident, viewer)
    fresh = hold(incident)
    missing = list(_missing(fresh, cause, nature, lesson))
    if missing:
        raise GuardRefused(missing)
    fresh.cause, fresh.nature, fresh.lesson = cause, nature, lesson.strip()
    fresh.closed_at, fresh.closed_by = moment, viewer.user
    keep(fresh)
    said = {"cause": cause, "nature": nature, "cases": members(fresh).count()}
    record(fresh, "incident_closed", viewer, moment, said, lesson=lesson)
    return fresh


def _missing(
    incident: Incident, cause: str, nature: str, lesson: str
) -> Iterable[Refusal]:
    if not RootCause.objects.filter(code=cause, active=True).exists():
        yield Refusal("no_cause", _("Choose the root cause."))
    if nature not in CauseScope.values:
        words = _("Say whether the cause is a single incident, recurring or systemic.")
        yield Refusal("no_nature", words)
    if not lesson.strip():
        yield Refusal("no_lesson", _("Write what was learned."))
    waiting = members(incident).filter(complaint__state__in=sorted(WORKING_STATES))
    if number := waiting.count():
        said = ngettext(
            "%(n)s case of it has no answer yet.",
            "%(n)s cases of it have no answer yet.",
            number,
        )
        yield Refusal("unanswered", said % {"n": number})
    if nature in (CauseScope.RECURRING, CauseScope.SYSTEMIC) and not (
        incident.actions.exclude(state=Progress.DROPPED).exists()
    ):
        words = _("What recurs needs an improvement action first.")
        yield Refusal("no_action", words)
