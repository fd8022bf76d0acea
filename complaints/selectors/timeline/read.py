"""The story as customer and staff may read it, whole or page by page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import QuerySet

from complaints.errors import NotVisible
from complaints.models import Complaint, Event, Evidence, Message
from complaints.permissions import Viewer
from complaints.selectors.sentences import SHOWN_OTHERWISE
from complaints.selectors.timeline.coming import still_to_come
from complaints.selectors.timeline.entry import TimelineEntry
from complaints.selectors.timeline.story import Story
from complaints.worded import Worded
from teams.models import Team


def customer_timeline(
    complaint: Complaint, viewer: Viewer, now: datetime | None = None
) -> list[TimelineEntry]:
    """What the customer may read, with what is still to come before it.

    Raises ``NotVisible`` for a viewer who may not even read the public status.
    """
    seen = Complaint.objects.status_visible_to(viewer).filter(pk=complaint.pk)
    if not seen.exists():
        raise NotVisible
    files = Evidence.objects.visible_to(viewer).filter(complaint=complaint)
    return story_for_customer(complaint, viewer, files, now)


def story_for_customer(
    complaint: Complaint,
    viewer: Viewer,
    files: Iterable[Evidence],
    now: datetime | None = None,
) -> list[TimelineEntry]:
    """The same, for a page that has read case and ``files`` from ``visible_to``."""
    story = Story(complaint, files, inside=False)
    return [*still_to_come(complaint, now or viewer.at), *story.entries()]


def staff_timeline(
    complaint: Complaint, viewer: Viewer, now: datetime | None = None
) -> list[TimelineEntry]:
    """Everything that happened, with names; for those who may read the case in full.

    Raises ``NotVisible`` for everybody else.
    """
    seen = Complaint.objects.visible_to(viewer).filter(pk=complaint.pk)
    if not seen.exists() or not (viewer.is_staff or viewer.is_system):
        raise NotVisible
    files = Evidence.objects.visible_to(viewer).filter(complaint=complaint)
    return story_for_staff(complaint, viewer, files, now)


def story_for_staff(
    complaint: Complaint,
    viewer: Viewer,
    files: Iterable[Evidence],
    now: datetime | None = None,
) -> list[TimelineEntry]:
    """The same, for a page that has read case and ``files`` from ``visible_to``."""
    story = Story(complaint, files, inside=True)
    return [*still_to_come(complaint, now or viewer.at), *story.entries()]


EARLIEST = 30
"""How many entries a page of the staff's story holds, and those of one moment more."""


@dataclass(frozen=True)
class StoryPage:
    """A stretch of the story, newest first. ``earlier`` is the moment before which the
    next one begins, None where the story begins on this page."""

    entries: list[TimelineEntry]
    earlier: datetime | None


def story_page(
    complaint: Complaint,
    viewer: Viewer,
    files: Iterable[Evidence],
    *,
    before: datetime | None = None,
    teams: Mapping[int, Team] | None = None,
    most: int = EARLIEST,
) -> StoryPage:
    """What staff read of a case that the page has read from ``visible_to``.

    Statements and rows do not grow with the story. A moment is never torn apart: its
    events, messages and letters stand on one page. ``teams`` by key where they are
    known already.
    """
    floor, earlier = _stretch(complaint, before, most)
    story = Story(
        complaint, files, inside=True, since=floor, before=before, teams=teams
    )
    coming = [] if before else still_to_come(complaint, viewer.at)
    return StoryPage([*coming, *story.entries()], earlier)


@cache
def _moments(most: int) -> Worded:
    """The newest moments of a story, as many as a page holds and one more."""

    def rows(stream: str, case: int, before: datetime | None = None) -> QuerySet[Any]:
        events = Event.objects.filter(stream=stream)
        events = events.exclude(what__in=SHOWN_OTHERWISE).order_by()
        messages = Message.objects.filter(complaint=case, is_question=False).order_by()
        if before is not None:
            events = events.filter(at__lt=before)
            messages = messages.filter(at__lt=before)
        moments = events.values_list("at").union(messages.values_list("at"), all=True)
        return moments.order_by("-at")[: most + 1]

    return Worded(rows)


def _stretch(
    complaint: Complaint, before: datetime | None, most: int
) -> tuple[datetime | None, datetime | None]:
    """The first moment of a page, and before which the next one begins."""
    ends = {} if before is None else {"before": before}
    stream, pk = complaint.stream, complaint.pk
    times = [at for (at,) in _moments(most).rows(stream=stream, case=pk, **ends)]
    if len(times) <= most:
        return None, None
    floor = min((at for at in times if at > times[-1]), default=times[-1])
    return floor, floor
