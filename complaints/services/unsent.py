"""Replies and notes that staff have begun: kept a person and case, seen by nobody else.

Nothing of it is on the ledger: what was not sent was not said.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from complaints.errors import NotVisible, Stale
from complaints.masking import mask
from complaints.models import STAFF_DRAFT_LIVES, Complaint, StaffDraft
from complaints.permissions import Viewer, as_viewer
from complaints.services.correspond import MESSAGE_LIMIT
from complaints.states import Direction
from complaints.worded import Worded

if TYPE_CHECKING:
    from teams.models import User

KINDS = (Direction.OUTBOUND, Direction.INTERNAL)


def keep(
    *,
    complaint: Complaint,
    kind: Direction,
    text: str,
    actor: "User | Viewer",
    over: str | None = None,
    now: datetime | None = None,
) -> StaffDraft | None:
    """Keep what was typed so far; an empty text forgets it.

    ``kind`` is one of ``KINDS``. ``over`` is the ``stamp`` of the text that the writer
    had before them: another text that was kept since then, in another window, is not
    overwritten. None asks nothing. Raises ``Stale`` then, and ``NotVisible`` for
    whoever does not see the case at the desk.
    """
    viewer = as_viewer(actor)
    seen = Complaint.objects.visible_to(viewer).filter(pk=complaint.pk)
    if kind not in KINDS or not viewer.is_staff or not seen.exists():
        raise NotVisible
    words = mask(text.replace("\0", "")[:MESSAGE_LIMIT])
    before = kept(complaint=complaint, kind=kind, actor=viewer)
    if _overwrites(before, words, over):
        raise Stale
    if not words.strip():
        forget(complaint=complaint, kind=kind, actor=viewer)
        return None
    return StaffDraft.objects.update_or_create(
        complaint=complaint,
        user=viewer.user,
        kind=kind,
        defaults={"text": words, "saved_at": now or timezone.now()},
    )[0]


def _overwrites(before: StaffDraft | None, words: str, over: str | None) -> bool:
    """A text that holds the other loses nothing of it."""
    if before is None or over is None:
        return False
    return stamp(before) != over and before.text.strip() not in words


def kept(
    *, complaint: Complaint, kind: Direction, actor: "User | Viewer"
) -> StaffDraft | None:
    """The text that this person has kept."""
    user = as_viewer(actor).user
    rows = _KEPT.rows(case=complaint.pk, user=user.pk, kind=kind)
    return next(iter(rows), None)


_KEPT = Worded(
    lambda case, user, kind: StaffDraft.objects.filter(
        complaint=case, user=user, kind=kind
    ).order_by("pk")
)


def stamp(draft: StaffDraft | None) -> str:
    """Tells one keeping from the next; empty where nothing is kept."""
    return draft.saved_at.isoformat() if draft else ""


def forget(
    *,
    complaint: Complaint,
    kind: Direction,
    actor: "User | Viewer",
    over: str | None = None,
    said: str = "",
) -> None:
    """Drop the text, because it was sent or emptied; ``over`` as in ``keep``.

    What another window has kept since then stays, unless ``said`` holds it.
    """
    before = kept(complaint=complaint, kind=kind, actor=actor)
    if before is None:
        return
    if over in (None, stamp(before)) or before.text.strip() in mask(said):
        before.delete()


def forget_old(*, now: datetime | None = None) -> int:
    """Delete texts that nobody touched for their time; how many there were."""
    oldest = (now or timezone.now()) - STAFF_DRAFT_LIVES
    return StaffDraft.objects.filter(saved_at__lte=oldest).delete()[0]
