"""The staff's queue: what a viewer may see, first due first, in keyset pages.

Two rules make it flat at any size: the order is that of the partial indexes on
``(next_due_at, id)``, and no page is reached by counting what lies before it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connections
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from complaints.errors import InvalidInput
from complaints.models import CaseAccess, Complaint, Decision, SignOff
from complaints.permissions import EVERYBODY, NOBODY, Viewer
from complaints.reference_number import normalise
from complaints.selectors.search import speaking_of
from complaints.states import (
    WORKING_STATES,
    AccessKind,
    DecisionStatus,
    SignOffRole,
    State,
    Step,
)
from teams.roles import Perm

MINE, UNASSIGNED, OVERDUE = "mine", "unassigned", "overdue"
WAITING, TO_SIGN, ALL = "waiting", "to_sign", "all"
VIEWS = (MINE, UNASSIGNED, OVERDUE, WAITING, TO_SIGN, ALL)
TEAM = "team:"
"""Prefix of the view of one team: ``team:security``."""

PAGE_SIZE = 50
MOST_ROWS = 200
CAP = 99
"""Counts stop here; 99 reads "99 or more"."""

NO_DATE = "-"
SHOWN_WITH = ("customer", "category", "team", "handler")


@dataclass(frozen=True)
class QueueFilters:
    """What to show. ``view`` is one of ``VIEWS`` or ``team:<code>``.

    ``states`` empty means: in which staff owe the next step. ``text`` is a
    reference, or words of what was said, named or sent in (see ``selectors.search``).
    """

    view: str = MINE
    team: str = ""
    states: tuple[str, ...] = ()
    severity: str = ""
    category: str = ""
    channel: str = ""
    text: str = ""


@dataclass(frozen=True)
class Cursor:
    """The place after one row: its due date (None sorts last) and its key."""

    due_at: datetime | None
    pk: int

    def __str__(self) -> str:
        due = self.due_at.isoformat() if self.due_at else NO_DATE
        return f"{due}~{self.pk}"

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """The inverse of ``str``. Raises ``InvalidInput`` for anything else."""
        due, _tilde, pk = text.partition("~")
        number = int(pk) if pk.isascii() and pk.isdigit() and len(pk) < 19 else 0
        try:
            at = None if due == NO_DATE else parse_datetime(due)
        except ValueError:
            at = None
        dated = due == NO_DATE or (at is not None and at.tzinfo is not None)
        if not number or not dated:
            raise InvalidInput(_("There is no such page."), field="after")
        return cls(at, number)


@dataclass(frozen=True)
class Page:
    """``rows`` need no further query for what ``SHOWN_WITH`` names."""

    rows: tuple[Complaint, ...]
    next_cursor: str | None


def queue(
    viewer: Viewer,
    filters: QueueFilters,
    after: str | None = None,
    size: int = PAGE_SIZE,
) -> Page:
    """One page of what ``filters`` name, first due first, undated ones last.

    At most two queries. Raises ``InvalidInput`` for an unknown view or a cursor
    that never was one.
    """
    size = max(1, min(size, MOST_ROWS))
    rows = filtered(viewer, filters).select_related(*SHOWN_WITH)
    found = _slice(rows, Cursor.parse(after) if after else None, size + 1)
    more = len(found) > size
    last = found[size - 1] if more else None
    return Page(
        rows=tuple(found[:size]),
        next_cursor=str(Cursor(last.next_due_at, last.pk)) if last else None,
    )


def _slice(
    rows: QuerySet[Complaint], after: Cursor | None, size: int
) -> list[Complaint]:
    """Dated rows, then undated ones: each part walks its own range of the index."""
    found: list[Complaint] = []
    if after is None or after.due_at is not None:
        dated = rows.filter(next_due_at__isnull=False)
        if after is not None and after.due_at is not None:
            later = Q(next_due_at__gt=after.due_at) | Q(pk__gt=after.pk)
            dated = dated.filter(later, next_due_at__gte=after.due_at)
        found = list(dated.order_by("next_due_at", "pk")[:size])
    if len(found) < size:
        undated = rows.filter(next_due_at__isnull=True)
        if after is not None and after.due_at is None:
            undated = undated.filter(pk__gt=after.pk)
        found += undated.order_by("pk")[: size - len(found)]
    return found


# What is shown ------------------------------------------------------------------------


def filtered(viewer: Viewer, filters: QueueFilters) -> QuerySet[Complaint]:
    """The complaints that ``filters`` name among those ``viewer`` may read."""
    rows = Complaint.objects.visible_to(viewer).filter(
        _in_view(viewer, filters.view), _in_states(filters)
    )
    if viewer.parties:
        rows = rows.exclude(customer_id__in=viewer.parties)
    wanted = {
        "team__code": filters.team,
        "severity": filters.severity,
        "channel": filters.channel,
    }
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    if filters.category:
        below = Q(category__code__startswith=f"{filters.category}.")
        rows = rows.filter(Q(category__code=filters.category) | below)
    words = filters.text.strip()
    return rows.filter(_matching(words, viewer)) if words else rows


def _in_states(filters: QueueFilters) -> Q:
    if filters.states:
        return Q(state__in=filters.states)
    if filters.text.strip() and filters.view == ALL:
        return EVERYBODY
    return Q(state__in=sorted(WORKING_STATES))


def _in_view(viewer: Viewer, view: str) -> Q:
    if view.startswith(TEAM):
        return Q(team__code=view.removeprefix(TEAM))
    if view not in CONDITIONS:
        raise InvalidInput(_("There is no such view."), field="view")
    return CONDITIONS[view](viewer)


def _mine(viewer: Viewer) -> Q:
    return Q(handler_id=viewer.user.pk)


def _unassigned(viewer: Viewer) -> Q:
    return _own_teams(viewer) & Q(handler=None)


def _overdue(viewer: Viewer) -> Q:
    late = Q(next_due_at__lt=viewer.at) & ~Q(next_due_step=Step.ANSWER_CUSTOMER)
    return _own_teams(viewer) & late


def _waiting(viewer: Viewer) -> Q:
    return _own_teams(viewer) & Q(state=State.AWAITING_CUSTOMER)


def _own_teams(viewer: Viewer) -> Q:
    """Cases of the viewer's teams; of every team for who reads the whole register."""
    if viewer.is_system or viewer.holds(Perm.VIEW_REGISTER):
        return EVERYBODY
    return Q(team_id__in=sorted(viewer.grants.get(Perm.VIEW, ())))


def _matching(words: str, viewer: Viewer) -> Q:
    """A reference names one case; other words are looked for in all that was said."""
    reference = normalise(words)
    if reference is not None:
        return Q(reference=reference)
    return speaking_of(words, viewer)


# To sign ------------------------------------------------------------------------------

SHARED_CAPACITIES = {
    Perm.SIGN_APPROVER: SignOffRole.APPROVER,
    Perm.SIGN_LEGAL: SignOffRole.LEGAL,
    Perm.SIGN_COMPLIANCE: SignOffRole.COMPLIANCE,
}


def _to_sign(viewer: Viewer) -> Q:
    """Proposals that still wait for a sign-off this viewer may give.

    Those who sign for approval, law and compliance were let into the case; a lead
    signs what the lowest band holds, which is what no approver was let in for.
    """
    waits = NOBODY
    for codename, capacity in SHARED_CAPACITIES.items():
        if viewer.holds(codename):
            let_in = Exists(_shares(codename))
            waits |= Q(let_in) & ~Q(Exists(_signed(capacity=capacity)))
    if leading := viewer.grants.get(Perm.SIGN_LEAD):
        banded = Q(Exists(_shares(Perm.SIGN_APPROVER)))
        led = Q(state=State.IN_REVIEW, team_id__in=sorted(leading))
        waits |= led & ~banded & ~Q(Exists(_signed(capacity=SignOffRole.LEAD)))
    if waits == NOBODY:
        return NOBODY
    not_mine = ~Q(Exists(_signed(signer_id=viewer.user.pk)))
    return waits & not_mine & Q(Exists(_proposal(viewer)))


def _shares(codename: str) -> QuerySet[CaseAccess]:
    return CaseAccess.objects.filter(
        complaint=OuterRef("pk"),
        kind=AccessKind.SIGN_OFF,
        codename=codename,
        revoked_at=None,
    )


def _signed(**who: Any) -> QuerySet[SignOff]:
    return SignOff.objects.filter(
        decision__complaint=OuterRef("pk"),
        decision__status=DecisionStatus.PROPOSED,
        content_hash=F("decision__content_hash"),
        **who,
    )


def _proposal(viewer: Viewer) -> QuerySet[Decision]:
    rows = Decision.objects.filter(
        complaint=OuterRef("pk"), status=DecisionStatus.PROPOSED
    )
    return rows.exclude(proposed_by_id=viewer.user.pk)


CONDITIONS: Mapping[str, Callable[[Viewer], Q]] = {
    MINE: _mine,
    UNASSIGNED: _unassigned,
    OVERDUE: _overdue,
    WAITING: _waiting,
    TO_SIGN: _to_sign,
    ALL: lambda _viewer: EVERYBODY,
}


# Counts -------------------------------------------------------------------------------

Part = tuple[str, Sequence[Any]]
"""A piece of SQL and its parameters."""


def counts(viewer: Viewer) -> dict[str, int]:
    """How many each view of ``viewer`` holds, in one query; none counts past ``CAP``.

    The keys are those of ``VIEWS`` but ``all``, and ``team:<code>`` for each team
    whose cases the viewer sees. The ORM cannot join sets that each have a limit, so
    the parts are joined by hand; what is alike in all of them is compiled once.
    """
    seen = _where(filtered(viewer, QueueFilters(view=ALL)))
    parts = []
    for name in VIEWS:
        if name != ALL:
            rows = Complaint.objects.filter(_in_view(viewer, name))
            parts.append(_capped(("%s", [name]), seen, _where(rows)))
    for team in sorted(viewer.grants.get(Perm.VIEW, ())):
        key = ("(SELECT %s || code FROM teams_team WHERE id = %s)", [TEAM, team])
        parts.append(_capped(key, seen, ("complaints_complaint.team_id = %s", [team])))
    sql = " UNION ALL ".join(part for part, _params in parts)
    params = [value for _part, values in parts for value in values]
    with connections[Complaint.objects.db].cursor() as cursor:
        cursor.execute(sql, params)
        return dict(cursor.fetchall())


def _where(rows: QuerySet[Complaint]) -> Part:
    """The condition of ``rows``, which must need no other table in FROM."""
    compiler = rows.query.get_compiler(rows.db)
    try:
        sql, params = compiler.compile(rows.query.where)
    except EmptyResultSet:
        return "1 = 0", []
    except FullResultSet:
        return "1 = 1", []
    return sql, params


def _capped(key: Part, seen: Part, view: Part) -> Part:
    sql = (
        f"SELECT {key[0]}, (SELECT COUNT(*) FROM (SELECT 1 FROM complaints_complaint"  # noqa: S608 - the ORM wrote it
        f" WHERE {seen[0]} AND {view[0]} LIMIT {CAP}) capped)"
    )
    return sql, [*key[1], *seen[1], *view[1]]
