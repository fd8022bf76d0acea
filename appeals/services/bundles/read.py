"""A case read for its bundle: in one moment, while its stream stands still."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from appeals import selectors
from appeals.models import Appeal, Bundle, BundleVariant
from appeals.services.bundles.contents import Exhibit, exhibits
from complaints import ledger
from complaints.models import Complaint, Event, Evidence, Letter
from complaints.permissions import viewer_of
from complaints.selectors.timeline import (
    TimelineEntry,
    story_for_customer,
    story_for_staff,
)
from complaints.states import LetterKind
from teams.system import system_actor


@dataclass
class CaseFile:
    """All that a bundle says, with where the ledger stood when it was read."""

    bundle: Bundle
    complaint: Complaint
    appeal: Appeal | None
    at: datetime
    seq: int
    head: str
    exhibits: list[Exhibit]
    timeline: list[TimelineEntry]
    letters: list[Letter]
    events: list[bytes]

    @property
    def is_whole(self) -> bool:
        return self.bundle.variant == BundleVariant.WHOLE

    @property
    def inside(self) -> list[Exhibit]:
        return [one for one in self.exhibits if not one.withheld]

    @property
    def outside(self) -> list[Exhibit]:
        return [one for one in self.exhibits if one.withheld]

    @property
    def redacted(self) -> list[Exhibit]:
        return [one for one in self.inside if one.original is not None]

    @property
    def grounds(self) -> list[dict[str, Any]]:
        return selectors.ground_rows(self.appeal) if self.appeal else []


@transaction.atomic
def read_case(bundle: Bundle, now: datetime) -> CaseFile:
    """In the language and zone now in force."""
    complaint = Complaint.objects.select_related("customer", "team").get(
        pk=bundle.complaint_id
    )
    stream = ledger.lock(complaint.stream)
    whole = bundle.variant == BundleVariant.WHOLE
    found = exhibits(complaint, bundle.appeal, bundle.variant)
    letters = complaint.letters.exclude(kind=LetterKind.TRACKING_LINK)
    return CaseFile(
        bundle=bundle,
        complaint=complaint,
        appeal=bundle.appeal,
        at=now,
        seq=stream.seq,
        head=stream.head,
        exhibits=found,
        timeline=_timeline(complaint, whole=whole),
        letters=list(letters.order_by("written_at", "pk")),
        events=_events(complaint) if whole else [],
    )


def _timeline(complaint: Complaint, *, whole: bool) -> list[TimelineEntry]:
    """What happened, oldest first; nothing that is still to come."""
    viewer = viewer_of(system_actor())
    files = Evidence.objects.filter(complaint=complaint)
    if whole:
        story = story_for_staff(complaint, viewer, files)
    else:
        shared = files.filter(shared_with_customer=True)
        story = story_for_customer(complaint, viewer, shared)
    return [entry for entry in reversed(story) if entry.kind != "future"]


def _events(complaint: Complaint) -> list[bytes]:
    rows = Event.objects.filter(stream=complaint.stream).order_by("seq")
    return [ledger.canonical(event) for event in rows]
