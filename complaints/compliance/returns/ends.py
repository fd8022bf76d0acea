"""When the first stage of a case came to its end, and how.

That is the first of: the decision went out, admission was refused, the customer took
the complaint back, the case was closed without any of these. What was only an enquiry,
another firm's matter or a second copy of a complaint is no complaint of a return.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TypeVar

from django.conf import settings
from django.db.models import Q, QuerySet

from complaints.compliance import rows
from complaints.models import Complaint, Decision, Event
from complaints.states import ClosingReason, DecisionStatus

ENDING = (*rows.MOVES.values(), "close")
NAMES = {**{move: code for code, move in rows.MOVES.items()}, "close": "closed"}
NO_COMPLAINT = (ClosingReason.ENQUIRY, ClosingReason.OTHER_FIRM)
TOGETHER = 1000
T = TypeVar("T")


@dataclass(frozen=True)
class End:
    """``outcome`` is one of ``Outcome``, "refused", "withdrawn" or "closed"."""

    at: datetime
    outcome: str


@dataclass(frozen=True)
class Counted:
    """A case with its end, None while the first stage goes on."""

    case: Complaint
    end: End | None

    def ended_before(self, moment: datetime) -> bool:
        return self.end is not None and self.end.at < moment


def counted(profile: str, until: datetime) -> Iterator[Counted]:
    """All cases of a profile received before ``until``, oldest first."""
    found = (
        cases()
        .filter(profile_key__startswith=f"{profile}@", received_at__lt=until)
        .order_by("received_at", "pk")
    )
    yield from with_ends(found)


def cases() -> "QuerySet[Complaint]":
    """What counts, with its topic."""
    return (
        Complaint.objects.using(settings.READ_DATABASE)
        .filter(merged_into=None)
        .exclude(closing_reason__in=NO_COMPLAINT)
        .select_related("category__parent")
    )


def with_ends(found: "QuerySet[Complaint]") -> Iterator[Counted]:
    """In stretches, each with two more queries however long it is."""
    for stretch in stretches(found.iterator(chunk_size=TOGETHER), TOGETHER):
        yield from _ended(stretch)


def stretches(rows: Iterable[T], length: int) -> Iterator[list[T]]:
    """Lists of that many, the last one shorter; none of nothing."""
    rest = iter(rows)
    while stretch := list(islice(rest, length)):
        yield stretch


def _ended(stretch: list[Complaint]) -> Iterator[Counted]:
    ends = _ends([case.pk for case in stretch])
    for case in stretch:
        yield Counted(case, ends.get(case.pk))


def _ends(keys: list[int]) -> dict[int, End]:
    first: dict[int, End] = {}
    for key, end in (*_decided(keys), *_moved(keys)):
        if key not in first or end.at < first[key].at:
            first[key] = end
    return first


def _decided(keys: list[int]) -> Iterable[tuple[int, End]]:
    issued = Decision.objects.using(settings.READ_DATABASE).filter(
        complaint_id__in=keys,
        status__in=(DecisionStatus.ISSUED, DecisionStatus.SUPERSEDED),
        on_appeal=False,
    )
    columns = issued.order_by().values_list("complaint_id", "issued_at", "outcome")
    return [(key, End(at, outcome)) for key, at, outcome in columns if at]


def _moved(keys: list[int]) -> Iterable[tuple[int, End]]:
    moved = Event.objects.using(settings.READ_DATABASE).filter(
        Q(object_type=Complaint.OBJECT_TYPE, object_id__in=keys, what__in=ENDING)
    )
    columns = moved.order_by().values_list("object_id", "at", "what")
    return [(key or 0, End(at, NAMES[what])) for key, at, what in columns]
