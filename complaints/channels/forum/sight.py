"""Who reads the board: anybody, a member, or those of us who look after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from complaints.permissions import Viewer, as_viewer
from teams.roles import Perm

if TYPE_CHECKING:
    from teams.models import User


@dataclass(frozen=True)
class Reader:
    """Whoever reads; ``user_id`` is None where nobody is signed in."""

    user_id: int | None = None
    moderates: bool = False


NOBODY = Reader()


def may_moderate(actor: User | Viewer) -> bool:
    """Those who triage, and the head of complaints; they answer officially as well."""
    viewer = as_viewer(actor)
    if not viewer.user.is_active:
        return False
    return viewer.holds(Perm.TRIAGE) or viewer.holds(Perm.HEAD)


def as_customer(user: User) -> Reader:
    """At the public door everybody is a customer, whatever they may do at the desk."""
    return Reader(user_id=user.pk)


def as_moderator(actor: User | Viewer) -> Reader:
    """At the desk: everything for those who moderate, nothing more for others."""
    viewer = as_viewer(actor)
    return Reader(user_id=viewer.user.pk, moderates=may_moderate(viewer))
