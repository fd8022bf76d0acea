"""Incidents: opened and closed by leads, joined by cases that belong to them.

Every act stands on the incident's own stream of the ledger; that a case came in or went
out stands on the case's too. A case behind a barrier stays out: its membership would
say that it is there.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from complaints import ledger
from complaints.errors import (
    GuardRefused,
    IllegalMove,
    InvalidInput,
    NotPermitted,
    NotVisible,
    RecourseError,
)
from complaints.models import (
    Category,
    Complaint,
    Event,
    Incident,
    IncidentCase,
    Progress,
    RootCause,
)
from complaints.models.incident import TITLE_LIMIT
from complaints.permissions import Viewer, as_viewer
from complaints.states import WORKING_STATES, Barrier, CauseScope, State
from complaints.transitions import Refusal
from teams.models import Team
from teams.roles import Perm

if TYPE_CHECKING:
    from teams.models import User

MOST_JOINED = 500
"""Cases that one press brings in."""

TEXT_LIMIT = 10_000
SIGNS = frozenset(
    {"transaction", "wallet", "number", "topic", "asset", "text", "hand", "alarm"}
)
"""What can have led to a member; codes for ``IncidentCase.why``."""


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What belongs to an incident: since when, and whatever else is known."""

    since: datetime
    until: datetime | None = None
    category: Category | None = None
    asset: str = ""
    words: str = ""


@dataclass(frozen=True)
class Joined:
    """How many came in, and why the others did not: (case key, words)."""

    joined: int
    refused: tuple[tuple[int, str], ...]


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


def _ask(incident: Incident, viewer: Viewer, *, run: bool = True) -> None:
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
    _ask(incident, viewer)
    fresh = hold(incident)
    _describe(fresh, title, scope)
    _save(fresh)
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
    _ask(incident, viewer)
    fresh = hold(incident)
    fresh.notice = code
    _save(fresh)
    record(fresh, "incident_notice_named", viewer, moment, {"notice": code})


def _save(incident: Incident) -> None:
    incident.version += 1
    incident.save()


# Members --------------------------------------------------------------------------


def add_cases(
    *,
    incident: Incident,
    cases: Iterable[int],
    actor: "User | Viewer",
    why: dict[int, list[str]] | None = None,
    now: datetime | None = None,
) -> Joined:
    """Bring cases in by key, each in its own transaction, at most 500.

    ``why`` are the codes that led to each. Raises ``NotVisible`` or ``NotPermitted``
    for the incident, and ``InvalidInput`` for too many.
    """
    viewer, keys = as_viewer(actor), list(dict.fromkeys(cases))
    _ask(incident, viewer, run=False)
    if len(keys) > MOST_JOINED:
        raise InvalidInput(_("Bring in at most 500 cases at once."), code="too_many")
    joined, refused = 0, []
    for pk in keys:
        try:
            codes = (why or {}).get(pk) or ["hand"]
            joined += _add(incident, pk, viewer, codes, now or timezone.now())
        except RecourseError as error:
            refused.append((pk, str(error)))
    return Joined(joined, tuple(refused))


@transaction.atomic
def _add(
    incident: Incident, pk: int, viewer: Viewer, why: list[str], now: datetime
) -> bool:
    """Whether it is in by this; False where it was in already."""
    case = Complaint.objects.visible_to(viewer).filter(pk=pk).first()
    if case is None:
        raise NotVisible
    ledger.lock(case.stream)
    case.refresh_from_db(fields=["barrier", "state", "erased_at"])
    fresh = hold(incident)
    if case.barrier != Barrier.NONE:
        raise InvalidInput(_("A restricted case is in no incident."))
    if case.state == State.MERGED or case.erased_at:
        raise InvalidInput(_("This case is merged or its words are erased."))
    known = IncidentCase.objects.filter(complaint=case, removed_at=None).first()
    if known is not None:
        if known.incident_id != incident.pk:
            raise InvalidInput(_("This case is in another incident."))
        return False
    IncidentCase.objects.create(
        incident=fresh,
        complaint=case,
        why=sorted(SIGNS & set(why)),
        asset=case.asset,
        added_at=now,
        added_by=viewer.user,
    )
    _record_on_case(case, "incident_joined", viewer, now, incident)
    record(fresh, "incident_joined", viewer, now, {"case": case.pk})
    return True


@transaction.atomic
def remove_case(
    *,
    incident: Incident,
    complaint: Complaint,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> None:
    """Take a case out; what was drafted for it stays. Raises ``IllegalMove``, too."""
    viewer, moment = as_viewer(actor), now or timezone.now()
    _ask(incident, viewer, run=False)
    if not Complaint.objects.visible_to(viewer).filter(pk=complaint.pk).exists():
        raise NotVisible
    ledger.lock(complaint.stream)
    fresh = hold(incident)
    rows = IncidentCase.objects.filter(
        incident=fresh, complaint=complaint, removed_at=None
    )
    if not rows.update(removed_at=moment, removed_by=viewer.user):
        raise IllegalMove(_("This case is not in the incident."))
    _record_on_case(complaint, "incident_left", viewer, moment, incident)
    record(fresh, "incident_left", viewer, moment, {"case": complaint.pk})


def _record_on_case(
    case: Complaint, what: str, viewer: Viewer, now: datetime, incident: Incident
) -> None:
    entry = ledger.Entry(what, viewer, now, {"incident": incident.pk})
    ledger.append(case.stream, entry)


def incident_of(complaint: Complaint) -> IncidentCase | None:
    """The membership of a case that lives, with its incident."""
    rows = IncidentCase.objects.filter(complaint=complaint, removed_at=None)
    return rows.select_related("incident__team").first()


# Closing --------------------------------------------------------------------------


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
    _ask(incident, viewer)
    fresh = hold(incident)
    missing = list(_missing(fresh, cause, nature, lesson))
    if missing:
        raise GuardRefused(missing)
    fresh.cause, fresh.nature, fresh.lesson = cause, nature, lesson.strip()
    fresh.closed_at, fresh.closed_by = moment, viewer.user
    _save(fresh)
    said = {"cause": cause, "nature": nature, "cases": members(fresh).count()}
    record(fresh, "incident_closed", viewer, moment, said, lesson=lesson)
    return fresh


def members(incident: Incident) -> Any:
    """Live memberships, whoever may see their cases."""
    return IncidentCase.objects.filter(incident=incident, removed_at=None)


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
