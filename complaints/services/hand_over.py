"""Notes that go with a case from hand to hand: kept with the move, read once."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from complaints import ledger
from complaints.errors import IllegalMove, NotPermitted, NotVisible
from complaints.models import Complaint, HandOver
from complaints.permissions import Viewer, as_viewer, handles_team, is_handler
from complaints.registry import Done, effect

if TYPE_CHECKING:
    from teams.models import User


@effect("complaint", "reroute", "assign_to")
def keep_note(done: Done) -> None:
    """The reason of a reroute, the note of an assignment; none without words."""
    words = done.fields.get("reason") or done.fields.get("hand_over")
    if words:
        HandOver.objects.create(
            complaint=done.obj,
            event=done.event,
            made_by=done.viewer.user,
            made_at=done.now,
        )


def waits(complaint: Complaint) -> list[HandOver]:
    """Those that nobody has read, the newest first."""
    return [note for note in complaint.hand_overs.all() if note.read_at is None]


def may_read(complaint: Complaint, viewer: Viewer) -> bool:
    """Whether one waits for ``viewer``: whoever has the case, or anybody of its team
    while nobody has. Nobody ticks off what they wrote themselves."""
    if complaint.handler_id is None:
        mine = handles_team(complaint, viewer)
    else:
        mine = is_handler(complaint, viewer)
    return mine and any(n.made_by_id != viewer.user.pk for n in waits(complaint))


@transaction.atomic
def note_read(
    *, complaint: Complaint, actor: "User | Viewer", now: datetime | None = None
) -> None:
    """Say that the notes were read; they go from the top of the page and stay in the
    timeline. Raises ``NotVisible``, ``NotPermitted`` or ``IllegalMove``.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    head = ledger.lock(complaint.stream)
    row = Complaint.objects.visible_to(viewer).filter(pk=complaint.pk).first()
    if row is None:
        raise NotVisible
    if not waits(row):
        raise IllegalMove
    if not may_read(row, viewer):
        raise NotPermitted
    rows = HandOver.objects.filter(complaint=row, read_at=None)
    rows.exclude(made_by=viewer.user).update(read_at=moment, read_by=viewer.user)
    entry = ledger.Entry("hand_over_read", viewer, moment)
    ledger.append(row.stream, entry, head=head)
