"""What somebody keeps in view: cases that they watch, and filters under a name.

Neither changes a case, so the ledger hears of none of it.
"""

from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.errors import InvalidInput, NotPermitted, NotVisible
from complaints.models import Complaint, SavedView, Watch
from complaints.models.desk import VIEW_NAME_LIMIT
from complaints.one_line import one_line
from complaints.permissions import Viewer, as_viewer
from complaints.services.tags import names_a_case
from teams.models import Team
from teams.roles import Perm

if TYPE_CHECKING:
    from teams.models import User

MOST_WATCHED = 500
MOST_VIEWS = 12
"""Of a person, and of a team: each is counted on every page of the queue."""


def watch(
    *,
    complaint: Complaint,
    actor: "User | Viewer",
    on: bool = True,
    now: datetime | None = None,
) -> None:
    """Keep an eye on a case, or no longer; either may be said twice.

    Raises ``NotVisible`` for whoever does not see it at the desk, and
    ``InvalidInput`` for the 501st case.
    """
    viewer = as_viewer(actor)
    seen = Complaint.objects.visible_to(viewer).filter(pk=complaint.pk)
    if not viewer.is_staff or not seen.exists():
        raise NotVisible
    mine = Watch.objects.filter(user=viewer.user)
    if not on:
        mine.filter(complaint=complaint).delete()
        return
    if mine.exclude(complaint=complaint).count() >= MOST_WATCHED:
        words = _("You watch 500 cases already. Let one go first.")
        raise InvalidInput(words, code="too_many")
    Watch.objects.get_or_create(
        user=viewer.user,
        complaint=complaint,
        defaults={"since": now or timezone.now()},
    )


def save_view(
    *,
    name: str,
    query: str,
    actor: "User | Viewer",
    team: Team | None = None,
    now: datetime | None = None,
) -> SavedView:
    """Keep filters under a name, for oneself or for a team one works in.

    ``query`` is what the door reads filters from. Raises ``NotPermitted`` or
    ``InvalidInput`` ("name": "empty", "too_long", "taken", "too_many", "reference").
    """
    viewer, words = as_viewer(actor), one_line(name)
    if not viewer.is_staff or (team and not viewer.holds_on(Perm.HANDLE, team.pk)):
        raise NotPermitted
    _check(words, query, team, viewer)
    try:
        with transaction.atomic():
            return SavedView.objects.create(
                user=viewer.user,
                team=team,
                name=words,
                query=query,
                made_at=now or timezone.now(),
            )
    except IntegrityError:
        taken = _("There is a view of this name already.")
        raise InvalidInput(taken, field="name", code="taken") from None


def _check(name: str, query: str, team: Team | None, viewer: Viewer) -> None:
    if not name:
        raise InvalidInput(_("Name the view."), field="name", code="empty")
    if len(name) > VIEW_NAME_LIMIT or len(query) > _longest():
        long = _("Keep the name under 60 characters and choose fewer filters.")
        raise InvalidInput(long, field="name", code="too_long")
    if team and (names_a_case(name) or names_a_case(_spoken(query))):
        told = _("Others of the team may not see that case. Keep the view to yourself.")
        raise InvalidInput(told, field="name", code="reference")
    whose = Q(team=team) if team else Q(team=None, user=viewer.user)
    if SavedView.objects.filter(whose).count() >= MOST_VIEWS:
        many = _("There are 12 views already. Delete one first.")
        raise InvalidInput(many, field="name", code="too_many")


def _longest() -> int:
    return SavedView._meta.get_field("query").max_length or 0


def _spoken(query: str) -> str:
    """What the query asks for, as the queue reads it: escaped, a dash hides nothing."""
    return " ".join(value for _name, value in parse_qsl(query))


def may_drop(view: SavedView, viewer: Viewer) -> bool:
    """Whoever made it; of a team's views also its leads."""
    leads = view.team_id is not None and viewer.holds_on(Perm.LEAD, view.team_id)
    return view.user_id == viewer.user.pk or leads


def drop_view(*, view: SavedView, actor: "User | Viewer") -> None:
    """Delete a saved view. Raises ``NotPermitted``."""
    if not may_drop(view, as_viewer(actor)):
        raise NotPermitted
    view.delete()
