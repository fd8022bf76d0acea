"""What stands beside a queue: the viewer's teams, saved views and tags, and what each
row bears."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from complaints import together
from complaints.models import (
    CaseTag,
    Complaint,
    Presence,
    SavedView,
    Tag,
    Watch,
)
from complaints.models.desk import PRESENCE_LIVES
from complaints.permissions import Viewer
from complaints.selectors.any_of import AnyOf, in_text
from complaints.selectors.queue import seen
from teams.models import Team, User
from teams.roles import Perm

MOST_TAGS = 60
"""Tags that a menu offers."""


@dataclass(frozen=True)
class Frame:
    """Teams whose queue the viewer may name, views they may open, tags they meet."""

    teams: list[Team]
    views: list[SavedView]
    tags: list[Tag]


def frame_of(viewer: Viewer) -> Frame:
    """All three in one query."""
    return Frame(*_FRAME.rows(viewer))


def _frame(viewer: Viewer) -> list[QuerySet[Any]]:
    return [own_teams(viewer), views_of(viewer), tags_met(viewer)[:MOST_TAGS]]


_FRAME = together.Shape(_frame)


def own_teams(viewer: Viewer) -> QuerySet[Team]:
    """Teams whose queue the viewer may name: their own, or all with the register."""
    rows = Team.objects.all()
    if not viewer.holds(Perm.VIEW_REGISTER):
        rows = rows.filter(pk__in=viewer.grants.get(Perm.VIEW, frozenset()))
    return rows


def views_of(viewer: Viewer) -> QuerySet[SavedView]:
    """The viewer's own saved views, then those of the teams they are in."""
    mine = Q(team=None, user=viewer.user)
    ours = Q(team__in=sorted(viewer.grants.get(Perm.VIEW, ())))
    return SavedView.objects.filter(mine | ours)


def tags_met(viewer: Viewer) -> QuerySet[Tag]:
    """Tags that stand on some case the viewer sees; of the others not even the name."""
    used = CaseTag.objects.filter(
        tag=OuterRef("pk"), complaint__in=seen(viewer).order_by().values("pk")
    )
    return Tag.objects.filter(Exists(used))


@dataclass(frozen=True)
class Here:
    """Somebody else in a case, who looks or writes."""

    name: str
    writing: bool


@dataclass
class Beside:
    """What one row bears besides itself."""

    tags: list[Tag] = field(default_factory=list)
    watched: bool = False
    here: list[Here] = field(default_factory=list)


def beside(rows: Iterable[Complaint], viewer: Viewer) -> dict[int, Beside]:
    """By the key of each of ``rows``, which come from ``visible_to``; one query."""
    keys = [row.pk for row in rows]
    found: dict[int, Beside] = defaultdict(Beside)
    if not keys:
        return found
    pairs, tags, watches, *present = _BESIDE.rows(
        viewer, keys=in_text(keys), lately=viewer.at - PRESENCE_LIVES
    )
    known = {tag.pk: tag for tag in tags}
    for pair in pairs:
        found[pair.complaint_id].tags.append(known[pair.tag_id])
    for watched in watches:
        found[watched.complaint_id].watched = True
    for pk, people in of_case(*present).items():
        found[pk].here = people
    return found


def _beside(viewer: Viewer, keys: str, lately: datetime) -> list[QuerySet[Any]]:
    on_these = AnyOf("complaint_id", keys)
    pairs = CaseTag.objects.filter(on_these)
    return [
        pairs,
        Tag.objects.filter(pk__in=pairs.order_by().values("tag")),
        Watch.objects.filter(on_these, user=viewer.user.pk),
        *_present(on_these, viewer, lately),
    ]


_BESIDE = together.Shape(_beside)


def wanted_here(
    keys: Collection[int], viewer: Viewer, lately: datetime | None = None
) -> list[QuerySet[Any]]:
    """For ``together.read``: who else is in these cases now, and their names.

    ``lately`` is since when they have to have been seen.
    """
    since = lately or viewer.at - PRESENCE_LIVES
    return _present(Q(complaint__in=keys), viewer, since)


def _present(cases: Any, viewer: Viewer, since: datetime) -> list[QuerySet[Any]]:
    rows = Presence.objects.filter(cases, seen_at__gt=since)
    rows = rows.exclude(user=viewer.user.pk)
    names = User.objects.filter(pk__in=rows.values("user"))
    return [rows.order_by("pk"), names.only("username", "first_name", "last_name")]


def of_case(rows: list[Presence], people: list[User]) -> dict[int, list[Here]]:
    """Who is in which case, of what ``wanted_here`` found."""
    names = {user.pk: str(user) for user in people}
    found: dict[int, list[Here]] = defaultdict(list)
    for row in rows:
        one = Here(names[row.user_id], row.writing_at is not None)
        found[row.complaint_id].append(one)
    return found


def here(keys: Collection[int], viewer: Viewer) -> dict[int, list[Here]]:
    """Who else is in cases that the caller has read from ``visible_to``; one query."""
    if not keys:
        return {}
    rows, people = together.read(*wanted_here(keys, viewer))
    return of_case(rows, people)
