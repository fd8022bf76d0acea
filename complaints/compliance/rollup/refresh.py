"""How the roll-ups follow the ledger: by what is new on it, or all over again.

A case is reckoned anew when an event of it stands behind the position. Nothing here
depends on how often it runs, where, or whether it is killed: a step is one transaction
that holds the one row of state, and the position moves with the marks.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from complaints.compliance.models import KEY, Mark, RollupState, Tally
from complaints.compliance.rollup import marks, tallies
from complaints.compliance.rollup.bulk import in_bulk
from complaints.models import Complaint, Event, InformationBarrier

EVENTS = 20_000
"""Looked at in one step."""

CASES = 5_000
"""Reckoned anew at once."""

FORGOTTEN = timedelta(hours=1)
"""So long a transaction may take to put an event where a gap was passed."""

MOST_GAPS = 200
_OF_CASE = re.compile(r"(complaint|barrier):(\d+)$")


@dataclass(frozen=True)
class Step:
    """What one step did; ``more`` says that the ledger goes on."""

    events: int
    cases: int
    more: bool


def refresh(*, now: datetime | None = None, steps: int = 50) -> int:
    """Reckon what is new; how many cases were reckoned anew."""
    cases = 0
    for _step in range(steps):
        done = step(now=now)
        cases += done.cases
        if not done.more:
            break
    return cases


@transaction.atomic
def step(*, now: datetime | None = None, limit: int = EVENTS) -> Step:
    """One step along the ledger, in one transaction."""
    moment = now or timezone.now()
    state = RollupState.held()
    found = list(
        Event.objects.filter(_behind(state))
        .order_by("pk")
        .values_list("pk", "stream")[:limit]
    )
    keys = _with_relatives(_cases_of(stream for _pk, stream in found))
    for part in _parts(sorted(keys)):
        reckon(part)
    state.gaps = _gaps(state, [pk for pk, _stream in found], moment)
    state.position = max([state.position, *(pk for pk, _stream in found)])
    state.reckoned_at = moment
    state.save()
    return Step(len(found), len(keys), len(found) == limit)


def reckon(keys: list[int]) -> None:
    """Make the marks of these cases anew, and move the tallies by the difference."""
    with tallies.following(keys):
        Mark.objects.filter(complaint_id__in=keys).delete()
        marks.insert(keys)


@transaction.atomic
def rebuild(*, now: datetime | None = None) -> int:
    """Everything from the beginning; how many marks there are.

    Pages go on with the old tallies until this is done. What is written meanwhile
    stands behind the position, so the next refresh takes it up.
    """
    moment = now or timezone.now()
    state = RollupState.held()
    newest = Event.objects.aggregate(last=Max("pk"))["last"] or 0
    state.gaps = _gaps_below(newest, moment)
    with in_bulk():
        made = marks.insert()
    tallies.build()
    state.position, state.reckoned_at, state.rebuilt_at = newest, moment, moment
    state.save()
    return sum(made.values())


def differences() -> list[str]:
    """Tallies that a rebuild would make otherwise; it is taken back at the end."""
    with transaction.atomic():
        kept = _all_tallies()
        rebuild()
        anew = _all_tallies()
        transaction.set_rollback(True)
    return sorted(map(str, kept ^ anew))


def _all_tallies() -> set[tuple[object, ...]]:
    rows = Tally.objects.values_list(*KEY, "n", "amount", "value")
    return set(rows.iterator(chunk_size=10_000))


# Along the ledger ---------------------------------------------------------------------


def _behind(state: RollupState) -> Q:
    wanted = Q(pk__gt=state.position)
    for low, high, _since in state.gaps:
        wanted |= Q(pk__gte=low, pk__lte=high)
    return wanted


def _cases_of(streams: Iterable[str]) -> set[int]:
    """The cases that the streams are about; what is behind a barrier is of its case."""
    found: dict[str, set[int]] = {"complaint": set(), "barrier": set()}
    for stream in set(streams):
        if named := _OF_CASE.match(stream):
            found[named[1]].add(int(named[2]))
    behind = InformationBarrier.objects.filter(pk__in=found["barrier"])
    return found["complaint"] | set(behind.values_list("complaint_id", flat=True))


def _with_relatives(keys: set[int]) -> set[int]:
    """With the other cases of their customers: one may have become a second one."""
    found: set[int] = set(keys)
    for part in _parts(sorted(keys)):
        people = Complaint.objects.filter(pk__in=part).values("customer")
        same = Complaint.objects.filter(customer__in=people)
        found |= set(same.values_list("pk", flat=True))
    return found


def _parts(keys: list[int]) -> Iterable[list[int]]:
    return (keys[first : first + CASES] for first in range(0, len(keys), CASES))


Gap = list[object]
"""[lowest, highest, ISO moment at which it was passed]"""


def _gaps(state: RollupState, found: list[int], now: datetime) -> list[Gap]:
    """Old gaps that are still open, without what was found in them, and new ones."""
    oldest = (now - FORGOTTEN).isoformat()
    seen = set(found)
    kept: list[Gap] = []
    for low, high, since in state.gaps:
        if since >= oldest:
            kept += _open(low, high, seen, since)
    last = state.position
    for pk in sorted(key for key in found if key > state.position):
        if pk > last + 1:
            kept.append([last + 1, pk - 1, now.isoformat()])
        last = pk
    return kept[-MOST_GAPS:]


def _open(low: int, high: int, seen: set[int], since: str) -> Iterable[Gap]:
    """What is left of a gap when the keys in it are taken out."""
    start = low
    for pk in sorted(key for key in seen if low <= key <= high):
        if pk > start:
            yield [start, pk - 1, since]
        start = pk + 1
    if start <= high:
        yield [start, high, since]


def _gaps_below(newest: int, now: datetime) -> list[Gap]:
    """Keys without an event just below the newest one."""
    lowest = max(newest - 2 * EVENTS, 0)
    rows = Event.objects.filter(pk__gt=lowest, pk__lte=newest).order_by("pk")
    empty = RollupState(position=lowest, gaps=[])
    return _gaps(empty, list(rows.values_list("pk", flat=True)), now)
