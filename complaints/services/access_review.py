"""The head looks at who can see what: each role is confirmed or revoked."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints import ledger
from complaints.errors import NotPermitted
from complaints.permissions import Viewer, as_viewer
from teams import access
from teams.models import Membership
from teams.roles import Perm
from teams.services import remove_member

if TYPE_CHECKING:
    from teams.models import User


def may_review(viewer: Viewer) -> bool:
    """The head of complaints, and whoever configures the desk."""
    configures = viewer.user.is_superuser and viewer.user.is_active
    return viewer.holds(Perm.HEAD) or configures


def confirm(
    *, membership: Membership, actor: "User | Viewer", now: datetime | None = None
) -> None:
    """The person still needs this role; on the ledger. Raises ``NotPermitted``."""
    viewer = _reviewer(membership, actor)
    access.confirm(membership=membership, actor=viewer.user, now=now)


def revoke(
    *, membership: Membership, actor: "User | Viewer", now: datetime | None = None
) -> None:
    """The person loses this role, and what they have open, at once."""
    viewer = _reviewer(membership, actor)
    remove_member(
        user=membership.user,
        team=membership.team,
        role=membership.role,
        actor=viewer.user,
        what="membership_revoked",
        now=now,
    )


def _reviewer(membership: Membership, actor: "User | Viewer") -> Viewer:
    """Nobody passes judgement on their own access."""
    viewer = as_viewer(actor)
    if not may_review(viewer):
        raise NotPermitted
    if membership.user_id == viewer.user.pk:
        raise NotPermitted(_("Somebody else looks at what you may see."))
    return viewer


def record_export(*, actor: "User | Viewer", rows: int) -> None:
    """Who took the list away, and how long it was; in the transaction of reading."""
    viewer, now = as_viewer(actor), timezone.now()
    entry = ledger.Entry("access_exported", viewer, now, {"rows": rows})
    ledger.append_of_day(entry)
