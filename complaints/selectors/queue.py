"""The staff's queue: its views and filters, as conditions on what a viewer sees."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
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
from complaints.selectors.search import holding, sought_phrases
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


MOST_ROWS = 200
"""Rows that anything of a queue names at once."""


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
class Sought:
    """What a text looks for: one reference, or all of these phrases."""

    reference: str | None
    phrases: tuple[str, ...]

    def like(self) -> "Sought":
        """How it is looked for, whatever it is; ``of`` names something else."""
        stars = ("*" if text.endswith("*") else "" for text in self.phrases)
        return Sought(self.reference and "?", tuple(stars))

    def values(self) -> dict[str, str]:
        """What is looked for, each part by a name."""
        if self.reference is not None:
            return {"reference": self.reference}
        numbered = enumerate(self.phrases)
        return {f"phrase_{n}": text.removesuffix("*") for n, text in numbered}

    def of(self, values: Mapping[str, str]) -> "Sought":
        """Something that is looked for like this; the names are those of ``values``."""
        if self.reference is not None:
            return Sought(values["reference"], ())
        numbered = enumerate(self.phrases)
        return Sought(None, tuple(values[f"phrase_{n}"] + star for n, star in numbered))


def sought(text: str) -> Sought:
    reference = normalise(text)
    return Sought(reference, () if reference else sought_phrases(text))


# What is shown ------------------------------------------------------------------------


def filtered(viewer: Viewer, filters: QueueFilters) -> QuerySet[Complaint]:
    """The complaints that ``filters`` name among those ``viewer`` may read."""
    return named(viewer, filters, sought(filters.text))


def named(viewer: Viewer, filters: QueueFilters, words: Sought) -> QuerySet[Complaint]:
    """The same, where ``words`` is what their text looks for."""
    internal = viewer.is_staff or viewer.is_system
    return seen(viewer).filter(
        in_view(viewer, filters.view),
        in_states(filters),
        narrowed(filters, words, internal=internal),
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


def narrowed(filters: QueueFilters, words: Sought, *, internal: bool) -> Q:
    """What ``filters`` ask for beside view and states, where ``words`` is what their
    text looks for; ``internal``: in notes as well.

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
    if filters.text.strip():
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


def _matching(words: Sought, internal: bool) -> Q:
    """A reference names one case; other words are looked for in all that was said."""
    if words.reference is not None:
        return Q(reference=words.reference)
    return holding(words.phrases, internal=internal)


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
