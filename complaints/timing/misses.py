"""Limits that were not kept, put on the ledger by whoever notices them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Protocol

from django.db.models import QuerySet

from complaints import ledger
from complaints.models import Clock, Complaint, Stream
from complaints.permissions import Viewer
from complaints.states import Step
from complaints.timing.making import PLAIN_STEPS
from complaints.worded import Worded
from teams.system import SCHEDULER, system_actor


@cache
def _late(steps: tuple[Step, ...]) -> Worded:
    """Clocks of ``steps`` whose end has passed and that nobody has noticed."""

    def rows(case: int, now: datetime, **only: str) -> QuerySet[Clock]:
        going = Clock.objects.filter(stopped_at=None, paused_at=None, breached_at=None)
        return going.filter(complaint=case, step__in=steps, due_at__lt=now, **only)

    return Worded(rows)


def note_misses(
    complaint: Complaint, steps: Iterable[Step], now: datetime, **only: str
) -> None:
    """Put limits on the ledger that passed before any scan saw them (Art 8(b))."""
    ours = tuple(step for step in steps if step not in PLAIN_STEPS)
    late = _late(ours).rows(case=complaint.pk, now=now, **only)
    if not late:
        return
    viewer = Viewer(user=system_actor(SCHEDULER))
    heads = {complaint.stream: ledger.lock(complaint.stream)}
    record_misses(late, heads=heads, viewer=viewer, now=now)
    Clock.objects.filter(pk__in=[clock.pk for clock in late]).update(breached_at=now)


class Missed(Protocol):
    """A clock, or the columns of one, whose end has passed."""

    @property
    def pk(self) -> int: ...
    @property
    def complaint_id(self) -> int: ...
    @property
    def step(self) -> str: ...
    @property
    def limit(self) -> str: ...
    @property
    def due_at(self) -> datetime: ...


def record_misses(
    late: Iterable[Missed],
    *,
    heads: "Mapping[str, Stream | ledger.Head]",
    viewer: Viewer,
    now: datetime,
) -> None:
    """Put each limit that was not kept on the ledger of its case, whoever notices it.

    ``heads`` are the streams of these cases, locked.
    """
    entries: dict[str, list[ledger.Entry]] = defaultdict(list)
    for clock in late:
        entry = _miss(clock, viewer=viewer, now=now)
        entries[f"complaint:{clock.complaint_id}"].append(entry)
    if entries:
        ledger.append_each(entries, heads=heads)


def _miss(clock: Missed, *, viewer: Viewer, now: datetime) -> ledger.Entry:
    facts = {
        "clock": clock.pk,
        "step": clock.step,
        "limit": clock.limit,
        "due": clock.due_at,
        "actual": now,
    }
    return ledger.Entry("breach", viewer, now, facts)
