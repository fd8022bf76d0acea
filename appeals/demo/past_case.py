"""One case of the past: what was drawn for it, before a row of it is written."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.utils import timezone

from appeals.demo.past_words import Topic
from complaints.models import Clock, Complaint, Decision, Remedy
from complaints.states import SignOffRole
from teams.models import User

WINDOW: Final = timedelta(days=61)
"""After a decision; the limit itself ends with a day of the calendar."""


@dataclass
class Past:
    """One case of the past, what was decided and when."""

    topic: Topic
    case: Complaint
    decided: datetime
    outcome: str
    cause: str
    refund: Decimal | None
    departs: bool = False
    decision: Decision = field(init=False)
    signers: list[tuple[SignOffRole, User]] = field(default_factory=list)
    remedies: list[Remedy] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)

    def at(self, part: float) -> datetime:
        """The moment at which ``part`` of the way to the decision lay behind it."""
        return self.case.received_at + part * (self.decided - self.case.received_at)

    @property
    def admitted(self) -> datetime:
        return min(self.at(0.1), self.case.received_at + timedelta(days=2.5))

    @property
    def closed(self) -> datetime | None:
        """Closed when nobody had appealed in time."""
        end = self.decided + WINDOW
        return end if end < timezone.now() else None
