"""The staff's queue: what a viewer may see, first due first, in keyset pages.

Two rules make it flat at any size: the order is that of the partial indexes on
``(next_due_at, id)``, and no page is reached by counting what lies before it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from complaints.errors import InvalidInput
from complaints.models import (
    CaseAccess,
    CaseTag,
    Category,
    Complaint,
    Decision,
    SignOff,
    Watch,
)
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
from teams.models import Team
from teams.roles import Perm

MINE, UNASSIGNED, OVERDUE = "mine", "unassigned", "overdue"
WAITING, WATCHING, TO_SIGN, ALL = "waiting", "watching", "to_sign", "all"
VIEWS = (MINE, UNASSIGNED, OVERDUE, WAITING, WATCHING, TO_SIGN, ALL)
TEAM = "team:"
"""Prefix of the view of one team: ``team:security``."""

PAGE_SIZE = 50
MOST_ROWS = 200
NO_DATE = "-"
SHOWN_WITH = ("category", "team", "handler")
LEFT_OUT = (
    "description",
    "loss_description",
    "desired_outcome",
    "comments",
    "service_reference",
    "category__mappings",
    "category__sign_offs",
    "handler__muted_notices",
    "handler__password",
)
"""What no list shows and costs to read: long texts, and JSON of others."""


@dataclass(frozen=True)
class QueueFilters:
    """What to show. ``view`` is one of ``VIEWS`` or ``team:<code>``.

    Of each kind any of the values will do; none means any. ``states`` empty means: in
    which staff owe the next step, and of what is watched every state. A category
    holds those below it. ``tags`` are keys of tags. ``text`` is a reference, or words
    of what was said, named or sent in (see ``selectors.search``).
    """

    view: str = MINE
    teams: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
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
    rows = filtered(viewer, filters).select_related(*SHOWN_WITH).defer(*LEFT_OUT)
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
    return seen(viewer).filter(
        in_view(viewer, filters.view),
        in_states(filters),
        narrowed(filters, internal=viewer.is_staff or viewer.is_system),
    )


def seen(viewer: Viewer) -> QuerySet[Complaint]:
    """What a queue may hold at all: visible, and not the viewer's own complaint."""
    rows = Complaint.objects.visible_to(viewer)
    if viewer.parties:
        rows = rows.exclude(customer_id__in=viewer.parties)
    return rows


def in_states(filters: QueueFilters) -> Q:
    if filters.states:
        return Q(state__in=filters.states)
    searched = filters.view == ALL and filters.text.strip()
    if searched or filters.view == WATCHING:
        return EVERYBODY
    return Q(state__in=sorted(WORKING_STATES))


def in_view(viewer: Viewer, view: str) -> Q:
    """Raises ``InvalidInput`` for a view nobody knows."""
    if view.startswith(TEAM):
        return _of_teams((view.removeprefix(TEAM),))
    if view not in CONDITIONS:
        raise InvalidInput(_("There is no such view."), field="view")
    return CONDITIONS[view](viewer)


def narrowed(filters: QueueFilters, *, internal: bool) -> Q:
    """What ``filters`` ask for beside view and states; ``internal``: in notes as well.

    No condition needs another table in FROM, so that counts can join them by hand.
    """
    wanted = Q()
    if filters.teams:
        wanted &= _of_teams(filters.teams)
    if filters.severities:
        wanted &= Q(severity__in=filters.severities)
    if filters.channels:
        wanted &= Q(channel__in=filters.channels)
    if filters.categories:
        wanted &= _in_categories(filters.categories)
    if filters.tags:
        tagged = CaseTag.objects.filter(
            complaint=OuterRef("pk"), tag__key__in=filters.tags
        )
        wanted &= Q(Exists(tagged))
    if words := filters.text.strip():
        wanted &= _matching(words, internal)
    return wanted


def _of_teams(codes: tuple[str, ...]) -> Q:
    return Q(team__in=Team.objects.filter(code__in=codes).order_by().values("pk"))


def _in_categories(codes: tuple[str, ...]) -> Q:
    named = Q(code__in=codes)
    for code in codes:
        named |= Q(code__startswith=f"{code}.")
    return Q(category__in=Category.objects.filter(named).order_by().values("pk"))


def _mine(viewer: Viewer) -> Q:
    """What one has in hand, and what those have for whom one stands in."""
    if viewer.covers:
        return Q(handler_id__in=sorted(viewer.stands_as))
    return Q(handler_id=viewer.user.pk)


def _unassigned(viewer: Viewer) -> Q:
    return _own_teams(viewer) & Q(handler=None)


def _overdue(viewer: Viewer) -> Q:
    late = Q(next_due_at__lt=viewer.at) & ~Q(next_due_step=Step.ANSWER_CUSTOMER)
    return _own_teams(viewer) & late


def _waiting(viewer: Viewer) -> Q:
    return _own_teams(viewer) & Q(state=State.AWAITING_CUSTOMER)


def _watching(viewer: Viewer) -> Q:
    mine = Watch.objects.filter(complaint=OuterRef("pk"), user=viewer.user.pk)
    return Q(Exists(mine))


def _own_teams(viewer: Viewer) -> Q:
    """Cases of the viewer's teams; of every team for who reads the whole register."""
    if viewer.is_system or viewer.holds(Perm.VIEW_REGISTER):
        return EVERYBODY
    return Q(team_id__in=sorted(viewer.grants.get(Perm.VIEW, ())))


def _matching(words: str, internal: bool) -> Q:
    """A reference names one case; other words are looked for in all that was said."""
    reference = normalise(words)
    if reference is not None:
        return Q(reference=reference)
    return speaking_of(words, internal=internal)


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
    WATCHING: _watching,
    TO_SIGN: _to_sign,
    ALL: lambda _viewer: EVERYBODY,
}
