"""How many messages came in, and what became of them: the sum has to come out even.

Stored = opened + appended + held + dropped + undecided, at every moment and for each
provider. One statement, so that a page, a metric and an alarm never count differently.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from complaints.channels.reasons import Reason
from complaints.models import RawMessage
from complaints.states import Intake

DECIDED_WITHIN = timedelta(minutes=15)
"""A message that is undecided for longer was not only in somebody's hands."""

HELD_AT_MOST = timedelta(hours=24)
"""So long a held message may wait for a person; it may be a complaint, and its
deadlines run from the day on which it came."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Messages of one provider; ``astray`` are said to be on a case and are on none,
    ``flood`` are held because too many unproven senders wrote within an hour."""

    provider: str
    stored: int
    opened: int
    appended: int
    held: int
    dropped: int
    undecided: int
    astray: int
    flood: int = 0
    oldest_held: datetime | None = None
    oldest_undecided: datetime | None = None

    @property
    def adds_up(self) -> bool:
        parts = (self.opened, self.appended, self.held, self.dropped, self.undecided)
        return self.stored == sum(parts) and not self.astray

    def is_kept_waiting(self, now: datetime) -> bool:
        """Whether a held message waits for longer than it should."""
        return self.oldest_held is not None and now - self.oldest_held > HELD_AT_MOST

    def is_stuck(self, now: datetime) -> bool:
        """Whether a message is undecided that nobody is at work on."""
        oldest = self.oldest_undecided
        return oldest is not None and now - oldest > DECIDED_WITHIN


def intake_counts(rows: QuerySet[RawMessage] | None = None) -> list[Counts]:
    """One a provider that ever sent something, by name."""
    found = (RawMessage.objects.all() if rows is None else rows).order_by()
    on_case = Q(outcome__in=[Intake.OPENED, Intake.APPENDED])
    counted = found.values("provider").annotate(
        stored=Count("pk"),
        opened=Count("pk", filter=Q(outcome=Intake.OPENED)),
        appended=Count("pk", filter=Q(outcome=Intake.APPENDED)),
        held=Count("pk", filter=Q(outcome=Intake.HELD)),
        dropped=Count("pk", filter=Q(outcome=Intake.DROPPED)),
        undecided=Count("pk", filter=Q(outcome="")),
        astray=Count("pk", filter=on_case & Q(complaint=None)),
        flood=Count("pk", filter=Q(outcome=Intake.HELD, reason=Reason.FLOOD)),
        oldest_held=Min("received_at", filter=Q(outcome=Intake.HELD)),
        oldest_undecided=Min("decided_at", filter=Q(outcome="")),
    )
    return [Counts(**row) for row in counted.order_by("provider")]


def total(counts: list[Counts]) -> Counts:
    """All providers together, under an empty name."""
    names = ("stored", "opened", "appended", "held", "dropped", "undecided", "astray")
    sums = {name: sum(getattr(one, name) for one in counts) for name in names}
    oldest = [one.oldest_held for one in counts if one.oldest_held]
    return Counts("", **sums, oldest_held=min(oldest, default=None))


def waiting(counts: list[Counts], now: datetime | None = None) -> bool:
    """Whether anybody has to be told of these counts."""
    moment = now or timezone.now()
    return any(
        one.is_kept_waiting(moment) or one.is_stuck(moment) or not one.adds_up
        for one in counts
    )
