"""Incidents: opened and described by those who lead the team.

Every act stands on the incident's own stream of the ledger.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints import ledger
from complaints.errors import IllegalMove, InvalidInput, NotPermitted, NotVisible
from complaints.models import Category, Event, Incident
from complaints.models.incident import TITLE_LIMIT
from complaints.permissions import Viewer, as_viewer
from teams.models import Team
from teams.roles import Perm

if TYPE_CHECKING:
    from teams.models import User

TEXT_LIMIT = 10_000


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What belongs to an incident: since when, and whatever else is known."""

    since: datetime
    until: datetime | None = None
    category: Category | None = None
    asset: str = ""
    words: str = ""


# Who ------------------------------------------------------------------------------


def may_open(viewer: Viewer, team: Team) -> bool:
    """Those who lead the team, and the head of complaints."""
    return viewer.holds_on(Perm.LEAD, team.pk) or viewer.holds(Perm.HEAD)


def may_run(incident: Incident, viewer: Viewer) -> bool:
    return may_open(viewer, incident.team)


def may_join(incident: Incident, viewer: Viewer) -> bool:
    """Whoever works on cases of the team brings them in, too."""
    return may_run(incident, viewer) or viewer.holds_on(Perm.HANDLE, incident.team_id)


def visible(incident: Incident, viewer: Viewer) -> None:
    """Raises ``NotVisible``."""
    if not Incident.objects.visible_to(viewer).filter(pk=incident.pk).exists():
        raise NotVisible


def ask_may(incident: Incident, viewer: Viewer, *, run: bool = True) -> None:
    visible(incident, viewer)
    if not (may_run if run else may_join)(incident, viewer):
        raise NotPermitted


def hold(incident: Incident) -> Incident:
    """The incident as it is now, held by its stream; inside a transaction.

    Raises ``IllegalMove`` where it is closed.
    """
    ledger.lock(incident.stream)
    fresh: Incident = Incident.objects.select_related("team").get(pk=incident.pk)
    if not fresh.is_open:
        raise IllegalMove(_("This incident is closed."))
    return fresh


def record(
    incident: Incident,
    what: str,
    viewer: Viewer,
    now: datetime,
    payload: dict[str, Any] | None = None,
    **texts: str,
) -> Event:
    """An event on the incident's stream; inside a transaction."""
    entry = ledger.Entry(
        what,
        viewer,
        now,
        payload or {},
        texts={name: text for name, text in texts.items() if text},
        object_type="incident",
        object_id=incident.pk,
    )
    return ledger.append(incident.stream, entry)


# Opening --------------------------------------------------------------------------


@transaction.atomic
def open_incident(
    *,
    title: str,
    team: Team,
    scope: Scope,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> Incident:
    """A new incident of ``team``. Raises ``NotPermitted`` or ``InvalidInput``."""
    viewer, moment = as_viewer(actor), now or timezone.now()
    if not may_open(viewer, team):
        raise NotPermitted
    incident = Incident(team=team, opened_at=moment, opened_by=viewer.user)
    _describe(incident, title, scope)
    incident.save()
    record(incident, "incident_opened", viewer, moment, {"team": team}, title=title)
    return incident


def _describe(incident: Incident, title: str, scope: Scope) -> None:
    if not title.strip() or len(title) > TITLE_LIMIT:
        words = _("Give it a title of at most 120 characters.")
        raise InvalidInput(words, field="title")
    if scope.until is not None and scope.until < scope.since:
        raise InvalidInput(_("It ends before it begins."), field="until")
    incident.title = title.strip()
    incident.since, incident.until = scope.since, scope.until
    incident.category, incident.words = scope.category, scope.words.strip()[:200]
    incident.asset = scope.asset.strip().upper()[:16]


@transaction.atomic
def describe(
    *,
    incident: Incident,
    title: str,
    scope: Scope,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> Incident:
    """Say anew what it is about. Raises as ``open_incident``, and ``IllegalMove``."""
    viewer, moment = as_viewer(actor), now or timezone.now()
    ask_may(incident, viewer)
    fresh = hold(incident)
    _describe(fresh, title, scope)
    keep(fresh)
    record(fresh, "incident_described", viewer, moment, title=title)
    return fresh


@transaction.atomic
def name_notice(
    *,
    incident: Incident,
    code: str,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> None:
    """Keep under which address the public reads of it; empty takes that back."""
    viewer, moment = as_viewer(actor), now or timezone.now()
    ask_may(incident, viewer)
    fresh = hold(incident)
    fresh.notice = code
    keep(fresh)
    record(fresh, "incident_notice_named", viewer, moment, {"notice": code})


def keep(incident: Incident) -> None:
    incident.version += 1
    incident.save()
