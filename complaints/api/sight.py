"""The one way a view comes by a complaint: what is seen of it, and in which capacity.

Somebody can be customer and staff at once. At each case they are one of the two:
whose own it is reads it as its customer does, with no right of staff in hand.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from rest_framework.request import Request

from complaints.errors import NotPermitted, NotVisible
from complaints.models import Complaint
from complaints.permissions import Viewer, as_staff, customer_self, viewer_of
from complaints.reference_number import normalise
from teams.roles import Perm

if TYPE_CHECKING:
    from complaints.models.complaint import ComplaintQuerySet

NEEDED = ("customer", "team", "category", "handler", "merged_into")


class Seen(StrEnum):
    """How much of a case somebody reads."""

    OWN = "own"  # the customer, or who speaks for them
    INSIDE = "inside"  # staff who read it in full
    STATUS = "status"  # support: public status, next date, letters sent


@dataclass(frozen=True)
class Sight:
    """A case as somebody sees it; ``viewer`` is them in that capacity alone."""

    case: Complaint
    viewer: Viewer
    seen: Seen

    def ask_content(self) -> None:
        """Raises ``NotPermitted`` for whoever reads no more than the status."""
        if self.seen == Seen.STATUS:
            raise NotPermitted

    @property
    def is_own(self) -> bool:
        return self.seen == Seen.OWN


def viewer_for(request: Request) -> Viewer:
    """Who calls, with their rights as they are now; made once a request."""
    known: Viewer | None = getattr(request, "recourse_viewer", None)
    if known is None:
        known = viewer_of(request.user)  # type: ignore[arg-type]
        request.recourse_viewer = known  # type: ignore[attr-defined]
    return known


def as_customer(viewer: Viewer) -> Viewer:
    return replace(viewer, grants={})


def own_rows(viewer: Viewer) -> "ComplaintQuerySet":
    """The complaints of which the caller is customer or representative."""
    rows = Complaint.objects.visible_to(as_customer(viewer))
    if viewer.is_staff or viewer.user.is_staff:
        own = Q(customer_id__in=viewer.parties) | Q(pk__in=viewer.speaks_for)
        return rows.filter(own)
    return rows


def staff_rows(viewer: Viewer) -> "ComplaintQuerySet":
    """The complaints the caller reads in full as staff, without their own."""
    return Complaint.objects.visible_to(as_staff(viewer))


def find(request: Request, reference: str) -> Sight:
    """The case of that reference. Raises ``NotVisible``, the same for none and
    for not theirs."""
    viewer, spelled = viewer_for(request), normalise(reference)
    found = _look(viewer, spelled) if spelled else None
    if found is None:
        raise NotVisible
    return found


def _look(viewer: Viewer, reference: str) -> Sight | None:
    own = as_customer(viewer)
    case = _one(Complaint.objects.visible_to(own), reference) if own.parties else None
    if case is not None and customer_self(case, own):
        return Sight(case, own, Seen.OWN)
    staff = as_staff(viewer)
    if staff.is_staff or staff.user.is_staff:
        case = _one(Complaint.objects.visible_to(staff), reference)
        if case is not None:
            return Sight(case, staff, Seen.INSIDE)
    if staff.holds(Perm.VIEW_STATUS):
        case = _one(Complaint.objects.status_visible_to(staff), reference)
        if case is not None:
            return Sight(case, staff, Seen.STATUS)
    return None


def _one(rows: Any, reference: str) -> Complaint | None:
    found: Complaint | None = (
        rows.select_related(*NEEDED).filter(reference=reference).first()
    )
    return found
