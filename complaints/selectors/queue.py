"""The staff's queue: which visible cases, in what order, and how many a view holds.

Oldest due first, pages by key, never a count over everything. Filters are a closed
list: an unknown name or value is left out, so no column can be asked about.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.dateparse import parse_datetime

from complaints.models import CaseAccess, Complaint, Decision, Identifier
from complaints.permissions import Viewer
from complaints.reference_number import normalise
from complaints.states import (
    OPEN_STATES,
    WORKING_STATES,
    AccessKind,
    Channel,
    DecisionStatus,
    Severity,
    State,
)
from teams.roles import Perm

PAGE = 50
MOST_COUNTED = 99
SHORTEST_TEXT = 3
"""Fewer characters are not looked for inside texts."""

SETS: Mapping[str, frozenset[str]] = {
    "open": OPEN_STATES,
    "working": WORKING_STATES,
}


@dataclass(frozen=True)
class Filters:
    """What the address of a queue page asks for.

    ``view`` is one of ``VIEWS`` or ``team:<code>``; ``states`` may hold "open".
    """

    view: str = "all"
    teams: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    overdue: bool = False
    text: str = ""


@dataclass(frozen=True)
class Page:
    """Rows of one page; ``after`` leads to the next one, empty on the last."""

    rows: list[Complaint] = field(default_factory=list)
    after: str = ""


def queue(viewer: Viewer, filters: Filters, after: str = "") -> Page:
    """One page of the cases ``viewer`` sees and ``filters`` let through; one query."""
    rows = _view(viewer, filters.view) if not filters.text else _seen(viewer)
    rows = _filtered(rows, filters, viewer.at)
    if filters.text:
        rows = _found(rows, filters.text)
    elif not filters.states and filters.view not in STATEFUL:
        rows = rows.filter(state__in=WORKING_STATES)
    due = F("next_due_at").asc(nulls_last=True)
    rows = _after(rows, after).order_by(due, "pk")
    rows = rows.select_related("category", "team", "handler").defer(
        "description", "comments", "loss_description", "desired_outcome"
    )
    page = list(rows[: PAGE + 1])
    if len(page) <= PAGE:
        return Page(page)
    return Page(page[:PAGE], _key(page[PAGE - 1]))


def counts(viewer: Viewer, views: tuple[str, ...]) -> dict[str, int]:
    """How many cases each view holds, exact to 99 and 100 for more; one query."""
    parts: list[tuple[str, str, tuple[Any, ...]]] = []
    for view in views:
        rows = _view(viewer, view)
        if view not in STATEFUL:
            rows = rows.filter(state__in=WORKING_STATES)
        limited = rows.order_by().values("pk")[: MOST_COUNTED + 1]
        try:
            sql, params = limited.query.sql_with_params()
        except EmptyResultSet:
            continue
        parts.append((view, f"(SELECT COUNT(*) FROM ({sql}) AS v{len(parts)})", params))
    found = dict.fromkeys(views, 0)
    if parts:
        found |= _counted(parts)
    return found


def _counted(parts: list[tuple[str, str, tuple[Any, ...]]]) -> dict[str, int]:
    """The numbers of all views in one statement, made by the ORM's own compiler."""
    statement = "SELECT " + ", ".join(sql for _view, sql, _params in parts)
    given = [value for _view, _sql, params in parts for value in params]
    with connections[Complaint.objects.db].cursor() as cursor:
        cursor.execute(statement, given)
        row = cursor.fetchone()
    return {part[0]: int(number) for part, number in zip(parts, row, strict=True)}


# Views -------------------------------------------------------------------------------


def _seen(viewer: Viewer) -> QuerySet[Complaint]:
    return Complaint.objects.visible_to(viewer)


def _view(viewer: Viewer, name: str) -> QuerySet[Complaint]:
    if name.startswith("team:"):
        return _seen(viewer).filter(team__code=name.removeprefix("team:"))
    make = VIEWS.get(name, VIEWS["all"])
    return _seen(viewer).filter(make(viewer))


def _mine(viewer: Viewer) -> Q:
    return Q(handler_id=viewer.user.pk)


def _unassigned(_viewer: Viewer) -> Q:
    return Q(handler=None, state__in=(State.RECEIVED, State.ASSIGNED))


def _overdue(viewer: Viewer) -> Q:
    return Q(next_due_at__lte=viewer.at)


def _waiting(_viewer: Viewer) -> Q:
    return Q(state=State.AWAITING_CUSTOMER)


def _to_sign(viewer: Viewer) -> Q:
    """Proposed by somebody else, and let in for signing or led by the viewer."""
    let_in = Q(pk__in=())
    for codename in (Perm.SIGN_APPROVER, Perm.SIGN_LEGAL, Perm.SIGN_COMPLIANCE):
        teams = viewer.grants.get(codename, frozenset())
        let_in |= Q(codename=codename, team_id__in=teams)
    shares = CaseAccess.objects.filter(
        let_in,
        complaint=OuterRef("pk"),
        kind=AccessKind.SIGN_OFF,
        revoked_at__isnull=True,
    )
    open_to_me = Decision.objects.filter(
        complaint=OuterRef("pk"), status=DecisionStatus.PROPOSED
    ).exclude(proposed_by_id=viewer.user.pk).exclude(sign_offs__signer=viewer.user.pk)
    led = Q(team_id__in=viewer.grants.get(Perm.SIGN_LEAD, frozenset()))
    return Q(state=State.IN_REVIEW) & Q(Exists(open_to_me)) & (led | Q(Exists(shares)))


def _all(_viewer: Viewer) -> Q:
    return Q()


VIEWS = {
    "mine": _mine,
    "unassigned": _unassigned,
    "overdue": _overdue,
    "waiting": _waiting,
    "sign": _to_sign,
    "all": _all,
}
STATEFUL = frozenset({"unassigned", "waiting", "sign"})
"""Views that say themselves in which states their cases are."""


# Filters -----------------------------------------------------------------------------


def _filtered(
    rows: QuerySet[Complaint], filters: Filters, now: datetime
) -> QuerySet[Complaint]:
    if filters.teams:
        rows = rows.filter(team__code__in=filters.teams)
    if filters.states:
        rows = rows.filter(state__in=_states(filters.states))
    if filters.severities:
        rows = rows.filter(severity__in=set(filters.severities) & set(Severity.values))
    if filters.channels:
        rows = rows.filter(channel__in=set(filters.channels) & set(Channel.values))
    if filters.categories:
        rows = rows.filter(category__code__in=filters.categories)
    if filters.overdue:
        rows = rows.filter(next_due_at__lte=now)
    return rows


def _states(names: tuple[str, ...]) -> set[str]:
    wanted = set(names) & set(State.values)
    for name in names:
        wanted |= SETS.get(name, frozenset())
    return wanted


def _found(rows: QuerySet[Complaint], text: str) -> QuerySet[Complaint]:
    """By reference, by an exact identifier, or by words of subject and description."""
    text = " ".join(text.split())[:200]
    reference = normalise(text)
    if reference is not None:
        return rows.filter(reference=reference)
    named = Identifier.objects.filter(complaint=OuterRef("pk"), value=text)
    condition = Q(Exists(named))
    if len(text) >= SHORTEST_TEXT or not text.isascii():
        condition |= Q(subject__icontains=text) | Q(description__icontains=text)
    return rows.filter(condition)


# Keys of pages --------------------------------------------------------------------------


def _key(row: Complaint) -> str:
    due = row.next_due_at.isoformat() if row.next_due_at else ""
    return f"{due}~{row.pk}"


def _after(rows: QuerySet[Complaint], key: str) -> QuerySet[Complaint]:
    """Rows behind ``key``; a key that is none starts at the beginning."""
    due_text, _tilde, pk_text = key.partition("~")
    if not pk_text.isdecimal() or len(pk_text) > 18:
        return rows
    pk = int(pk_text)
    if not due_text:
        return rows.filter(next_due_at__isnull=True, pk__gt=pk)
    due = _moment(due_text)
    if due is None:
        return rows
    later = Q(next_due_at__gt=due) | Q(next_due_at=due, pk__gt=pk)
    return rows.filter(later | Q(next_due_at__isnull=True))


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None
