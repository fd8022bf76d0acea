"""The care marker of a customer: who sets and reads it, and that both is on record.

What it says stands in its row alone; no event holds a word or the kind of it.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints import ledger
from complaints.errors import IllegalMove, InvalidInput, NotPermitted, NotVisible
from complaints.masking import mask
from complaints.models import CareMarker, Complaint
from complaints.permissions import Viewer, as_viewer, reads_care
from complaints.services.reading import record_reading
from complaints.states import CareKind

if TYPE_CHECKING:
    from teams.models import User

CARE_READ = "care_read"
NOTE_LIMIT = 2_000


def marker_of(complaint: Complaint) -> CareMarker | None:
    """The newest marker of the customer; no permission is asked."""
    rows = CareMarker.objects.filter(party=complaint.customer_id)
    return rows.select_related("set_by").first()


def read_care(*, complaint: Complaint, actor: "User | Viewer") -> CareMarker | None:
    """The marker for somebody who may read it; that they did is on the ledger.

    Raises ``NotVisible`` or ``NotPermitted``.
    """
    viewer = _permitted(complaint, actor)
    marker = marker_of(complaint)
    if marker is not None:
        record_reading(complaint=complaint, actor=viewer, what=CARE_READ)
    return marker


def set_care(
    *,
    complaint: Complaint,
    kind: str,
    note: str,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> CareMarker:
    """Set the marker of the customer of this case, or say it anew.

    Raises ``NotVisible``, ``NotPermitted`` or ``InvalidInput`` ("kind", "note").
    """
    viewer, moment = _permitted(complaint, actor), now or timezone.now()
    if kind not in CareKind.values:
        raise InvalidInput(_("Choose why."), field="kind", code="unknown")
    if len(note) > NOTE_LIMIT:
        words = _("This is longer than we can keep (2,000 characters).")
        raise InvalidInput(words, field="note", code="too_long")
    with transaction.atomic():
        head = ledger.lock(complaint.stream)
        marker = marker_of(complaint)
        what = "care_set" if marker is None else "care_changed"
        marker = marker or CareMarker(party_id=complaint.customer_id)
        marker.kind, marker.note = kind, mask(note.strip())
        marker.set_by, marker.set_at = viewer.user, moment
        marker.save()
        entry = ledger.Entry(what, viewer, moment, {"marker": marker.pk})
        ledger.append(complaint.stream, entry, head=head)
    return marker


@transaction.atomic
def lift_care(
    *, complaint: Complaint, actor: "User | Viewer", now: datetime | None = None
) -> None:
    """Take every marker of the customer away, with what it said.

    Raises ``NotVisible``, ``NotPermitted``, or ``IllegalMove`` where there is none.
    """
    viewer = _permitted(complaint, actor)
    head = ledger.lock(complaint.stream)
    rows = CareMarker.objects.filter(party=complaint.customer_id)
    keys = list(rows.values_list("pk", flat=True))
    if not keys:
        raise IllegalMove(_("There is no care marker any more."))
    rows.delete()
    payload = {"markers": keys}
    entry = ledger.Entry("care_lifted", viewer, now or timezone.now(), payload)
    ledger.append(complaint.stream, entry, head=head)


def _permitted(complaint: Complaint, actor: "User | Viewer") -> Viewer:
    viewer = as_viewer(actor)
    if not Complaint.objects.visible_to(viewer).filter(pk=complaint.pk).exists():
        raise NotVisible
    if not reads_care(complaint, viewer):
        raise NotPermitted
    return viewer
