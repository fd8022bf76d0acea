"""Who may see and do what: a viewer, the rows it sees, and named predicates.

``visible_to`` is the only source of rows for lists, details, counts, search,
exports, files and sockets. Predicates answer with a plain bool and never raise.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import Exists, OuterRef, Q, Value
from django.utils import timezone

from complaints.states import OPEN_STATES, AccessKind, Barrier, State
from teams.roles import Perm

if TYPE_CHECKING:
    from teams.models import User


STRANGERS = frozenset({"guest", "arbitrator"})
"""Actors of whoever came by a link; on their own they see and may do nothing."""


@dataclass(frozen=True)
class Viewer:
    """Somebody who looks or acts: a user, a guest's link, a channel, the system.

    ``user`` is never None: where nobody signed in it is a named system actor.
    ``grants`` maps a permission to the teams it stands on. ``parties`` are the
    customers this viewer is. ``only`` limits a link to its own complaints. ``own`` are
    the customers this person is whatever they act as, ``speaks_for`` the complaints on
    which they ever stood as somebody's representative: staff meet neither at the desk.
    ``covers`` are colleagues who are away and whose work this person looks after.
    """

    user: "User"
    grants: dict[str, frozenset[int]] = field(default_factory=dict)
    parties: frozenset[int] = frozenset()
    only: frozenset[int] | None = None
    own: frozenset[int] = frozenset()
    speaks_for: frozenset[int] = frozenset()
    covers: frozenset[int] = frozenset()
    at: datetime = field(default_factory=timezone.now)

    @property
    def is_system(self) -> bool:
        """The scheduler, a routing rule, a channel: not a person or their link."""
        known = self.user.is_system and self.user.username not in STRANGERS
        return known and not self.parties and self.only is None

    @property
    def is_staff(self) -> bool:
        """Somebody who works here; a superuser too, by what break-glass opened."""
        return bool(self.grants) or self.user.is_superuser

    @property
    def role(self) -> str:
        """A word for the ledger: in which capacity this viewer acts."""
        if self.parties:
            return "customer"
        if self.is_system:
            return "system"
        return "staff" if self.is_staff else "visitor"

    def holds(self, codename: str) -> bool:
        """Whether the permission stands on any team."""
        return bool(self.grants.get(codename))

    def holds_on(self, codename: str, team_id: int) -> bool:
        return team_id in self.grants.get(codename, frozenset())

    @property
    def stands_as(self) -> frozenset[int]:
        """Whose work is this person's to do: their own, and that of who is away."""
        return self.covers | {self.user.pk}

    def is_party_to(self, complaint: Any) -> bool:
        """Whether it is their own complaint, or that of somebody they speak for."""
        return complaint.customer_id in self.own or complaint.pk in self.speaks_for


@dataclass(frozen=True)
class Alike:
    """All that a condition on rows looks at in a plain member of staff, but for who it
    is and when: whoever is alike asks with the same SQL."""

    is_staff: bool
    is_superuser: bool
    grants: frozenset[tuple[str, frozenset[int]]]
    covers: frozenset[int]

    def viewer(self, user: int, at: datetime) -> Viewer:
        """Somebody of these rights."""
        person = apps.get_model("teams", "User")(
            pk=user, is_staff=self.is_staff, is_superuser=self.is_superuser
        )
        return Viewer(person, dict(self.grants), covers=self.covers, at=at)


def alike(viewer: Viewer) -> Alike | None:
    """None for whoever is a customer as well, came by a link, or is no person."""
    user = viewer.user
    if viewer.parties or viewer.own or viewer.speaks_for or viewer.only is not None:
        return None
    if user.is_system:
        return None
    grants = frozenset(viewer.grants.items())
    return Alike(user.is_staff, user.is_superuser, grants, viewer.covers)


def customer_of(user: "User") -> Viewer:
    """The customer that a signed-in ``user`` is, without what they may at work; one
    query."""
    return replace(_tied(user), covers=frozenset())


def _tied(user: "User") -> Viewer:
    """Whose customer, whose representative and whose stand-in somebody is."""
    viewer = Viewer(user=user)
    if user.is_system or not user.is_active:
        return viewer
    found: tuple[set[int], ...] = (set(), set(), set())
    for key, which in _question_of_ties().ask(user.pk, viewer.at):
        found[which].add(key)
    own, speaks_for, covers = map(frozenset, found)
    return replace(viewer, parties=own, own=own, speaks_for=speaks_for, covers=covers)


@cache
def _question_of_ties() -> Any:
    """Keys of customers (0), of complaints (1) and of colleagues (2)."""
    from teams.cover import covered  # noqa: PLC0415 - reads models
    from teams.questions import Question  # noqa: PLC0415

    party = apps.get_model("complaints", "Party")._default_manager
    speaker = apps.get_model("complaints", "Representative")._default_manager

    def rows(user: int, at: datetime) -> Any:
        others = speaker.filter(user_id=user).order_by()
        gone = covered(at).filter(covered_by=user).order_by()
        mine = party.filter(user_id=user).order_by().values_list("pk", Value(0))
        return mine.union(
            others.values_list("complaint_id", Value(1)),
            gone.values_list("user_id", Value(2)),
            all=True,
        )

    return Question(rows)


def viewer_of(user: "User") -> Viewer:
    """The viewer that a signed-in ``user`` is; two queries, nothing cached.

    Rights are read anew for every request, so taking them away works at once.
    """
    from teams.permissions import grants_of  # noqa: PLC0415 - reads models

    viewer = _tied(user)
    if user.is_system or not user.is_active:
        return viewer
    return replace(viewer, grants=grants_of(user))


def viewer_of_request(request: Any) -> Viewer:
    """The viewer signed in to this request: read once for all parts of a page."""
    viewer: Viewer | None = getattr(request, "signed_in_viewer", None)
    if viewer is None:
        viewer = request.signed_in_viewer = viewer_of(request.user)
    return viewer


def as_staff(viewer: Viewer) -> Viewer:
    """The same person at work: no customer, and blind to complaints of their own."""
    return replace(viewer, parties=frozenset())


def as_viewer(actor: "User | Viewer") -> Viewer:
    return actor if isinstance(actor, Viewer) else viewer_of(actor)


# Rows ---------------------------------------------------------------------------

NOBODY = Q(pk__in=())
EVERYBODY = ~NOBODY


def visible_to(viewer: Viewer, at: datetime) -> Q:
    """Condition on complaints that ``viewer`` may read in full at ``at``."""
    if viewer.is_system:
        return EVERYBODY
    if viewer.only is not None:
        return Q(pk__in=viewer.only)
    return _as_customer(viewer) | _as_staff(viewer, at)


def status_visible_to(viewer: Viewer, at: datetime) -> Q:
    """Condition on complaints of which ``viewer`` may read the public status."""
    full = visible_to(viewer, at)
    if viewer.holds(Perm.VIEW_STATUS):
        return full | (Q(barrier=Barrier.NONE) & of_others(viewer))
    return full


def _as_customer(viewer: Viewer) -> Q:
    if not viewer.parties:
        return NOBODY
    mine = Q(customer_id__in=viewer.parties)
    representative = apps.get_model("complaints", "Representative")
    today = viewer.at.date()
    mandate = representative._default_manager.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=today),
        complaint=OuterRef("pk"),
        user_id=viewer.user.pk,
    )
    return mine | Q(Exists(mandate))


def _as_staff(viewer: Viewer, at: datetime) -> Q:
    if not (viewer.grants or viewer.user.is_staff):
        return NOBODY
    free, shares = Q(barrier=Barrier.NONE), _shares(viewer, at)
    # Through a barrier leads a pass in one's own name, and no other share.
    let_in = Q(Exists(shares.filter(kind=AccessKind.BARRIER, user_id=viewer.user.pk)))
    rows = (_openly(viewer) & free) | (Q(Exists(shares)) & (free | let_in))
    return rows & of_others(viewer) if viewer.own or viewer.speaks_for else rows


def of_others(viewer: Viewer) -> Q:
    """Nobody reads the notes on their own complaint, nor on one that they brought for
    somebody, whatever their team and however long ago their mandate ended."""
    rows = ~Q(customer_id__in=viewer.own) if viewer.own else EVERYBODY
    return rows & ~Q(pk__in=viewer.speaks_for) if viewer.speaks_for else rows


def _openly(viewer: Viewer) -> Q:
    if viewer.holds(Perm.VIEW_REGISTER):
        return EVERYBODY
    rows = Q(team_id__in=viewer.grants.get(Perm.VIEW, frozenset()))
    if viewer.holds(Perm.VIEW_AT_RISK):
        rows |= Q(funds_at_risk=True, state__in=sorted(OPEN_STATES))
    return rows


def _shares(viewer: Viewer, at: datetime) -> Any:
    """Live shares of a single case with this viewer or with a team of theirs."""
    access = apps.get_model("complaints", "CaseAccess")
    to_me = Q(user_id=viewer.user.pk)
    for team_ids, codenames in _by_teams(viewer).items():
        to_me |= Q(codename__in=codenames, team_id__in=team_ids)
    return access._default_manager.filter(
        to_me,
        Q(until__isnull=True) | Q(until__gt=at),
        complaint=OuterRef("pk"),
        revoked_at__isnull=True,
    )


def _by_teams(viewer: Viewer) -> dict[frozenset[int], list[str]]:
    """Permissions that stand on the same teams, together: most do, and each condition
    more is made anew for every page and list."""
    found: dict[frozenset[int], list[str]] = {}
    for codename, team_ids in sorted(viewer.grants.items()):
        found.setdefault(team_ids, []).append(codename)
    return found


# Predicates: (object, viewer) -> bool ---------------------------------------------


def by_system(_obj: Any, viewer: Viewer) -> bool:
    return viewer.is_system


def by_customer(obj: Any, viewer: Viewer) -> bool:
    """The customer, their representative, or staff with the customer's word."""
    return customer_self(obj, viewer) or may_speak_for_customer(obj, viewer)


def customer_self(obj: Any, viewer: Viewer) -> bool:
    """One of the people the case belongs to, signed in or by their own link."""
    if viewer.only is not None and obj.pk not in viewer.only:
        return False
    return obj.customer_id in viewer.parties or (
        bool(viewer.parties) and _represents(obj, viewer)
    )


def _represents(obj: Any, viewer: Viewer) -> bool:
    today = viewer.at.date()
    rows = obj.representatives.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=today),
        user_id=viewer.user.pk,
    )
    return bool(rows.exists())


def may_speak_for_customer(obj: Any, viewer: Viewer) -> bool:
    """Staff who may write down what the customer said (phone, chat, letter)."""
    return viewer.holds(Perm.VIEW_STATUS) or viewer.holds_on(Perm.HANDLE, obj.team_id)


def triages(obj: Any, viewer: Viewer) -> bool:
    return viewer.is_system or viewer.holds_on(Perm.TRIAGE, obj.team_id)


def refuses(_obj: Any, viewer: Viewer) -> bool:
    return viewer.holds(Perm.REFUSE)


def leads_support(obj: Any, viewer: Viewer) -> bool:
    return triages(obj, viewer) and viewer.holds_on(Perm.LEAD, obj.team_id)


def leads(obj: Any, viewer: Viewer) -> bool:
    return viewer.holds_on(Perm.LEAD, obj.team_id)


def leads_or_system(obj: Any, viewer: Viewer) -> bool:
    return viewer.is_system or leads(obj, viewer)


def handles_team(obj: Any, viewer: Viewer) -> bool:
    return viewer.holds_on(Perm.HANDLE, obj.team_id)


def is_handler(obj: Any, viewer: Viewer) -> bool:
    """The one who owns the case, or who stands in for them while they are away; while
    a member of its team."""
    return obj.handler_id in viewer.stands_as and handles_team(obj, viewer)


def handler_or_lead(obj: Any, viewer: Viewer) -> bool:
    return is_handler(obj, viewer) or leads(obj, viewer)


def handler_or_system(obj: Any, viewer: Viewer) -> bool:
    return viewer.is_system or is_handler(obj, viewer)


def customer_or_system(obj: Any, viewer: Viewer) -> bool:
    return viewer.is_system or by_customer(obj, viewer)


def signs_off(obj: Any, viewer: Viewer) -> bool:
    return leads(obj, viewer) or any(viewer.holds(perm) for perm in _SIGNING)


_SIGNING = (Perm.SIGN_APPROVER, Perm.SIGN_LEGAL, Perm.SIGN_COMPLIANCE)


def reads_care(obj: Any, viewer: Viewer) -> bool:
    """Who sets and reads the care marker: leads of the case's team, and the head."""
    here = viewer.holds_on(Perm.CARE, obj.team_id)
    return here or (viewer.holds(Perm.HEAD) and viewer.holds(Perm.CARE))


def hears_of_care(obj: Any, viewer: Viewer) -> bool:
    """Who is told that there is a marker: whoever works on the case as its team."""
    return handles_team(obj, viewer) or reads_care(obj, viewer)


def hears_appeals(_obj: Any, viewer: Viewer) -> bool:
    return viewer.is_system or viewer.holds(Perm.REVIEW_APPEALS)


def executes(_obj: Any, viewer: Viewer) -> bool:
    return viewer.is_system or viewer.holds(Perm.EXECUTE)


def imposes_interim(_obj: Any, viewer: Viewer) -> bool:
    return viewer.holds(Perm.IMPOSE_INTERIM)


def is_open(obj: Any) -> bool:
    return obj.state in OPEN_STATES and obj.state != State.MERGED
