"""What guards and moves ask of a complaint."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from complaints.models.base import Stateful
from complaints.states import DecisionStatus

if TYPE_CHECKING:
    from complaints.models.category import Category
    from complaints.models.clock import Clock
    from complaints.models.decision import Decision
    from teams.models import Team, User


class Case(Stateful):
    """The columns and relations of a complaint that its moves know."""

    if TYPE_CHECKING:
        pk: int
        state: str
        state_before: str
        category: Category | None
        severity: str
        funds_at_risk: bool
        complexity: str
        impact: str
        immediate_action: bool
        refusal_ground: str
        team: Team
        handler: User | None
        handler_id: int | None
        closing_reason: str
        cause: str
        cause_scope: str
        merged_into: Any
        merged_at: datetime | None
        clocks: Any
        conflicts: Any
        representatives: Any
        decisions: Any
        identifiers: Any

    class Meta:
        abstract = True

    def current_decision(self, status: DecisionStatus) -> "Decision | None":
        """The newest decision that was not replaced, if it has ``status``.

        A case has a handful of decisions, and a page asks this a dozen times: where
        they were prefetched, none of it is a query.
        """
        standing = [
            decision
            for decision in self.decisions.all()
            if decision.status != DecisionStatus.SUPERSEDED
        ]
        newest = max(standing, key=lambda decision: decision.number, default=None)
        return newest if newest and newest.status == status else None

    def is_conflicted(self, user_id: int) -> bool:
        """Whether a conflict of interest of theirs stands on record."""
        rows = self.conflicts.all()
        return any(row.user_id == user_id and row.lifted_at is None for row in rows)

    def is_spoken_for_by(self, user_id: int) -> bool:
        """Whether they are or were a representative of the customer on this case."""
        return any(row.user_id == user_id for row in self.representatives.all())

    def running_clocks(self, *steps: str) -> "list[Clock]":
        """Clocks of ``steps`` (any, if none are named) not stopped, first due first."""
        rows = (clock for clock in self.clocks.all() if clock.stopped_at is None)
        asked = (clock for clock in rows if not steps or clock.step in steps)
        return sorted(asked, key=lambda clock: (clock.due_at, clock.pk))

    def shares_identifier_with(self, other: "Case") -> bool:
        values = other.identifiers.values("value")
        return bool(self.identifiers.filter(value__in=values).exists())

    def appeal_exhausted(self) -> bool:
        """Whether the decision in force was appealed already (appeals app says)."""
        from complaints.registry import asks  # noqa: PLC0415 - filled at start-up

        return any(ask(self) for ask in asks("appeal_exhausted"))
