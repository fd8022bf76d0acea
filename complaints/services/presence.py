"""Who is in a case right now: a row a person that dies by itself within a minute.

It helps colleagues not to write at once and proves nothing, so the ledger hears
nothing of it; who read a case stands on the ledger of reads.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from complaints.errors import NotVisible
from complaints.models import Complaint, Presence
from complaints.models.desk import PRESENCE_LIVES
from complaints.permissions import Viewer, as_viewer, handles_team

if TYPE_CHECKING:
    from teams.models import User

KEPT = timedelta(hours=1)
"""Rows that nobody renewed are swept after this."""


def be_here(
    *,
    complaint: Complaint,
    actor: "User | Viewer",
    writing: bool = False,
    now: datetime | None = None,
) -> None:
    """Say that somebody looks at a case or writes in it, for the next seconds.

    Of those who only look, the team that has the case is shown. That somebody of
    compliance, of the register or of a consulted team reads it is nobody's business
    until they write. Raises ``NotVisible``.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    seen = Complaint.objects.visible_to(viewer).filter(pk=complaint.pk)
    if not viewer.is_staff or not seen.exists():
        raise NotVisible
    renew(complaint, viewer, writing=writing, now=moment)


def renew(
    complaint: Complaint, viewer: Viewer, *, writing: bool, now: datetime
) -> None:
    """The same for a case that the caller has just read from ``visible_to``."""
    if not writing and not handles_team(complaint, viewer):
        return
    row = Presence(
        complaint=complaint,
        user=viewer.user,
        seen_at=now,
        writing_at=now if writing else None,
    )
    Presence.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["complaint", "user"],
        update_fields=["seen_at", "writing_at"],
    )


def leave(*, complaint: Complaint, actor: "User | Viewer") -> None:
    """Say that one is gone; who says nothing is gone in ``PRESENCE_LIVES``."""
    user = as_viewer(actor).user
    Presence.objects.filter(complaint=complaint, user=user).delete()


def forget_old(*, now: datetime | None = None) -> int:
    """Delete what died; how many rows there were."""
    oldest = (now or timezone.now()) - max(KEPT, PRESENCE_LIVES)
    return Presence.objects.filter(seen_at__lte=oldest).delete()[0]
