"""Replies and notes that staff have begun: kept a person and case, seen by nobody else.

Nothing of it is on the ledger: what was not sent was not said.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from complaints.errors import NotVisible
from complaints.masking import mask
from complaints.models import STAFF_DRAFT_LIVES, Complaint, StaffDraft
from complaints.permissions import Viewer, as_viewer
from complaints.services.correspond import MESSAGE_LIMIT
from complaints.states import Direction

if TYPE_CHECKING:
    from teams.models import User

KINDS = (Direction.OUTBOUND, Direction.INTERNAL)


def keep(
    *,
    complaint: Complaint,
    kind: Direction,
    text: str,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> None:
    """Keep what was typed so far; an empty text forgets it.

    ``kind`` is one of ``KINDS``. Raises ``NotVisible`` for whoever does not see the
    case at the desk.
    """
    viewer = as_viewer(actor)
    seen = Complaint.objects.visible_to(viewer).filter(pk=complaint.pk)
    if kind not in KINDS or not viewer.is_staff or not seen.exists():
        raise NotVisible
    words = mask(text.replace("\0", "")[:MESSAGE_LIMIT])
    if not words.strip():
        forget(complaint=complaint, kind=kind, actor=viewer)
        return
    StaffDraft.objects.update_or_create(
        complaint=complaint,
        user=viewer.user,
        kind=kind,
        defaults={"text": words, "saved_at": now or timezone.now()},
    )


def forget(*, complaint: Complaint, kind: Direction, actor: "User | Viewer") -> None:
    """Drop the text, because it was sent or emptied."""
    user = as_viewer(actor).user
    StaffDraft.objects.filter(complaint=complaint, user=user, kind=kind).delete()


def forget_old(*, now: datetime | None = None) -> int:
    """Delete texts that nobody touched for their time; how many there were."""
    oldest = (now or timezone.now()) - STAFF_DRAFT_LIVES
    return StaffDraft.objects.filter(saved_at__lte=oldest).delete()[0]
