"""One scan over everything that a date sets going. Late or double runs do no harm.

Beat only says "scan": correctness never depends on when, how often or where it runs.
"""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.utils import timezone

from complaints.permissions import Viewer
from complaints.services import lapses, paper_reminders, reminders, sign_offs, unseen
from teams.system import SCHEDULER, system_actor

BATCH = 500


@dataclass(frozen=True)
class SweepResult:
    """How many cases or clocks a scan moved, by what happened to them."""

    unanswered: int
    """The customer's date passed; the investigation goes on."""
    issued: int
    lapsed: int
    """The appeal window ended."""
    closed: int
    reminded: int
    """Clocks that reached a new level; the relay tells whom it concerns."""
    breached: int
    failed: int
    """Logged, and met again by the next scan."""

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


def sweep(*, now: datetime | None = None, batch: int = BATCH) -> SweepResult:
    """Move on what waits for a date, then remind, escalate and record breaches.

    Runs twice, late, or on two machines with one effect. ``batch`` is how many clocks
    are claimed in one transaction.
    """
    moment = now or timezone.now()
    viewer = Viewer(user=system_actor(SCHEDULER), at=moment)
    moved = lapses.move_on(viewer=viewer, now=moment, batch=batch)
    tally = reminders.remind_all(viewer=viewer, now=moment, batch=batch)
    paper_reminders.remind(now=moment)
    sign_offs.look_at_all(now=moment)
    unseen.tell_of_unseen(viewer=viewer, now=moment)
    failed = moved.pop("failed") + tally.failed
    return SweepResult(
        **moved,
        reminded=tally.reminded,
        breached=tally.breached,
        failed=failed,
    )
