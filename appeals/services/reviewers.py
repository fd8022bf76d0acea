"""Choosing a reviewer, letting them into the case and out again."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from appeals.independence import TEAM, independent_reviewer
from appeals.models import Appeal
from complaints import ledger, notifications
from complaints.errors import IllegalMove, NotPermitted, NotVisible
from complaints.models import CaseAccess, Conflict, ConflictKind
from complaints.permissions import Viewer, as_viewer, viewer_of
from complaints.registry import Done
from complaints.services.effects import grant, revoke
from complaints.states import AccessKind
from teams.models import Team, User
from teams.roles import Perm
from teams.system import ROUTING, system_actor

if TYPE_CHECKING:
    from collections.abc import Mapping


def router() -> Viewer:
    """The system in its capacity of giving work out."""
    return viewer_of(system_actor(ROUTING))


def let_leads_in(appeal: Appeal, *, now: datetime) -> None:
    """The leads of the appeals team see every case under appeal."""
    grant(
        appeal.complaint,
        AccessKind.APPEAL,
        by=router(),
        now=now,
        team=Team.objects.get(code=TEAM),
        codename=Perm.LEAD,
    )


def give_reviewer(appeal: Any, *, now: datetime) -> User | None:
    """Choose the reviewer and let them in; nobody independent left is escalated.

    ``appeal`` may be the row inside a transition: it is brought up to date.
    """
    reviewer = independent_reviewer(appeal, now)
    appeal.reviewer = reviewer
    Appeal.objects.filter(pk=appeal.pk).update(reviewer=reviewer)
    if reviewer is None:
        _record(appeal, "no_reviewer", {"appeal": appeal.pk}, now=now)
        return None
    grant(appeal.complaint, AccessKind.APPEAL, by=router(), now=now, user=reviewer)
    payload = {"appeal": appeal.pk, "reviewer": reviewer.pk}
    _record(appeal, "reviewer_chosen", payload, now=now)
    return reviewer


def _record(
    appeal: Any, what: str, payload: "Mapping[str, Any]", *, now: datetime
) -> None:
    """Keep it on the case's stream and tell whom it concerns."""
    viewer = router()
    event = ledger.append(appeal.stream, ledger.Entry(what, viewer, now, payload))
    notifications.announce(Done.of_event(appeal, event, viewer))


def let_in(appeal: Any, user: User, *, now: datetime) -> None:
    """``user`` sees the case through this appeal; once is enough."""
    rows = CaseAccess.objects.filter(
        complaint=appeal.complaint, kind=AccessKind.APPEAL, user=user, revoked_at=None
    )
    if not rows.exists():
        grant(appeal.complaint, AccessKind.APPEAL, by=router(), now=now, user=user)


def let_out(appeal: Any, user: User, *, now: datetime) -> None:
    """``user`` no longer sees the case through this appeal."""
    rows = CaseAccess.objects.filter(
        complaint=appeal.complaint, kind=AccessKind.APPEAL, user=user, revoked_at=None
    )
    rows.update(revoked_at=now)


def let_all_out(appeal: Any, *, now: datetime) -> None:
    revoke(appeal.complaint, AccessKind.APPEAL, now=now)


def bar(appeal: Any, user: User, *, by: Viewer, now: datetime) -> None:
    """Whoever stepped back once is not chosen for this case again."""
    Conflict.objects.get_or_create(
        complaint=appeal.complaint,
        user=user,
        kind=ConflictKind.DECLARED,
        lifted_at=None,
        defaults={"recorded_by": by.user, "recorded_at": now},
    )


@transaction.atomic
def choose_again(
    *, appeal: Appeal, actor: "User | Viewer", now: datetime | None = None
) -> User | None:
    """Look once more for a reviewer where nobody independent was left.

    By the appeals lead or the head. Raises ``NotVisible``, ``NotPermitted`` or
    ``IllegalMove`` (there is a reviewer, or nothing is left to review).
    """
    viewer = as_viewer(actor)
    ledger.lock(appeal.stream)
    row = Appeal.objects.visible_to(viewer).filter(pk=appeal.pk).first()
    if row is None:
        raise NotVisible
    if not may_choose(viewer):
        raise NotPermitted
    if row.reviewer_id is not None or not row.in_hand:
        raise IllegalMove
    return give_reviewer(row, now=now or timezone.now())


def may_choose(viewer: Viewer) -> bool:
    """The appeals lead, the head of complaints, or the system."""
    none: frozenset[int] = frozenset()
    leads = viewer.grants.get(Perm.LEAD, none) & viewer.grants.get(
        Perm.REVIEW_APPEALS, none
    )
    return viewer.is_system or bool(leads) or viewer.holds(Perm.HEAD)
