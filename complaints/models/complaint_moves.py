"""Every move of a complaint (design: "Transitions"), as django-fsm transitions.

A body sets fields of its own row and nothing else. It is called by
``workflow.perform`` alone: calling it directly ignores permission and guards, and
the database refuses to save what came of it.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django_fsm import GET_STATE

from complaints import guards, permissions
from complaints.models.base import Stateful
from complaints.states import (
    OPEN_STATES,
    Cause,
    CauseScope,
    ClosingReason,
    DecisionStatus,
    Scale,
    Severity,
    State,
)
from complaints.transitions import Field, Kind, spec, transition

if TYPE_CHECKING:
    from complaints.models.category import Category
    from complaints.models.clock import Clock
    from complaints.models.decision import Decision
    from teams.models import Team, User

REASON = Field("reason", _("Reason"), Kind.TEXT)
CAUSE = Field("cause", _("Root cause"), Kind.CAUSE, required=False)
CAUSE_SCOPE = Field(
    "cause_scope", _("Kind of cause"), Kind.CHOICE, choices=CauseScope, required=False
)


def _after_reopening(complaint: Any, **_fields: Any) -> str:
    return State.INVESTIGATING if complaint.handler_id else State.RECEIVED


def _after_unmerging(complaint: Any, **_fields: Any) -> str:
    return str(complaint.state_before)


def _after_ruling(_complaint: Any, result: str, **_fields: Any) -> str:
    return result


class ComplaintMoves(Stateful):
    """The transition table of a complaint."""

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

    # Questions that guards ask -------------------------------------------------

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

    def shares_identifier_with(self, other: "ComplaintMoves") -> bool:
        values = other.identifiers.values("value")
        return bool(self.identifiers.filter(value__in=values).exists())

    def appeal_exhausted(self) -> bool:
        """Whether the decision in force was appealed already (appeals app says)."""
        from complaints.registry import asks  # noqa: PLC0415 - filled at start-up

        return any(ask(self) for ask in asks("appeal_exhausted"))

    # Admission -----------------------------------------------------------------

    @transition(
        source=State.RECEIVED,
        target=State.ASSIGNED,
        permission=permissions.triages,
        custom=spec(
            label=_("Admit"),
            fields=(
                Field("category", _("Category"), Kind.CATEGORY),
                Field("team", _("Team"), Kind.TEAM),
                Field("severity", _("Severity"), Kind.CHOICE, choices=Severity),
                Field("complexity", _("Complexity"), Kind.CHOICE, choices=Scale),
                Field("impact", _("Impact"), Kind.CHOICE, choices=Scale),
                Field("funds_at_risk", _("Money at risk"), Kind.FLAG, required=False),
                Field(
                    "immediate_action",
                    _("Something must be done at once"),
                    Kind.FLAG,
                    required=False,
                ),
            ),
            guards=(guards.not_conflicted,),
            checks=(guards.assessed,),
        ),
    )
    def admit(
        self,
        *,
        category: "Category",
        team: "Team",
        severity: str,
        complexity: str,
        impact: str,
        funds_at_risk: bool = False,
        immediate_action: bool = False,
    ) -> None:
        self.category, self.team, self.severity = category, team, severity
        self.complexity, self.impact = complexity, impact
        self.funds_at_risk, self.immediate_action = funds_at_risk, immediate_action

    @transition(
        source=State.RECEIVED,
        target=State.INADMISSIBLE,
        permission=permissions.refuses,
        custom=spec(
            label=_("Refuse admission"),
            fields=(
                Field("ground", _("Published ground"), Kind.LINE),
                Field("explanation", _("Explanation to the customer"), Kind.TEXT),
                CAUSE,
            ),
            guards=(guards.not_conflicted,),
            checks=(guards.published_ground, guards.cause_known),
            kept=("cause",),
            grave=True,
        ),
    )
    def refuse_admission(self, *, ground: str, cause: str = "", **_: Any) -> None:
        self.refusal_ground = ground
        self.cause = cause or Cause.NONE_FOUND

    @transition(
        source=State.RECEIVED,
        target=State.CLOSED,
        permission=permissions.leads_support,
        custom=spec(
            label=_("Not a complaint"),
            fields=(
                Field(
                    "closing_reason",
                    _("What it is"),
                    Kind.CHOICE,
                    choices=ClosingReason,
                ),
                Field("explanation", _("Answer to the customer"), Kind.TEXT),
                Field("forwarded_to", _("Forwarded to"), Kind.LINE, required=False),
            ),
            checks=(guards.enquiry_or_other_firm,),
            grave=True,
        ),
    )
    def not_a_complaint(self, *, closing_reason: str, **_: Any) -> None:
        self.closing_reason = closing_reason

    @transition(
        source=[State.INADMISSIBLE, State.CLOSED],
        target=State.RECEIVED,
        permission=permissions.by_customer,
        custom=spec(
            label=_("Say that it is a complaint"),
            fields=(Field("addition", _("What you want to add"), Kind.TEXT),),
            guards=(guards.something_new,),
            by_customer=True,
        ),
    )
    def complete(self, **_: Any) -> None:
        self.refusal_ground = self.closing_reason = ""

    # Investigation -------------------------------------------------------------

    @transition(
        source=[State.ASSIGNED, State.INVESTIGATING],
        target=State.INVESTIGATING,
        permission=permissions.leads_or_system,
        custom=spec(
            label=_("Assign"),
            fields=(
                Field("handler", _("Handler"), Kind.PERSON),
                Field(
                    "hand_over",
                    _("Hand-over note"),
                    Kind.TEXT,
                    required=False,
                    hint=_("Stands on top of the case until they have read it."),
                ),
            ),
            checks=(
                guards.not_conflicted,
                guards.member_of_team,
                guards.present,
                guards.competent,
            ),
        ),
    )
    def assign_to(self, *, handler: "User", **_: Any) -> None:
        self.handler = handler

    @transition(
        source=State.ASSIGNED,
        target=State.INVESTIGATING,
        permission=permissions.handles_team,
        custom=spec(label=_("Take"), guards=(guards.not_conflicted, guards.competent)),
    )
    def take(self, *, actor: "User") -> None:
        self.handler = actor

    @transition(
        source=[State.ASSIGNED, State.INVESTIGATING, State.AWAITING_CUSTOMER],
        target=State.ASSIGNED,
        permission=permissions.handler_or_lead,
        custom=spec(
            label=_("Reroute"),
            fields=(
                Field("team", _("Team"), Kind.TEAM),
                Field(
                    "reason",
                    _("Reason"),
                    Kind.TEXT,
                    hint=_(
                        "With what the other team must know: it stands on top of the "
                        "case until they have read it."
                    ),
                ),
            ),
            checks=(guards.other_team,),
        ),
    )
    def reroute(self, *, team: "Team", **_: Any) -> None:
        self.team, self.handler = team, None

    @transition(
        source=State.INVESTIGATING,
        target=State.AWAITING_CUSTOMER,
        permission=permissions.is_handler,
        custom=spec(
            label=_("Ask customer"),
            fields=(
                Field("question", _("Question"), Kind.TEXT),
                Field("answer_by", _("Answer by"), Kind.MOMENT),
            ),
            checks=(guards.answer_by_in_future,),
        ),
    )
    def ask_customer(self, **_: Any) -> None:
        """The question stands in its message, the date on the clock."""

    @transition(
        source=State.AWAITING_CUSTOMER,
        target=State.INVESTIGATING,
        permission=permissions.customer_or_system,
        custom=spec(
            label=_("Answer"),
            fields=(Field("answer", _("Answer"), Kind.TEXT, required=False),),
            by_customer=True,
        ),
    )
    def customer_answered(self, **_: Any) -> None:
        """The answer stands in its message."""

    # Decision --------------------------------------------------------------------

    @transition(
        source=State.INVESTIGATING,
        target=State.IN_REVIEW,
        permission=permissions.is_handler,
        custom=spec(
            label=_("Propose decision"),
            guards=(
                guards.decision_drafted,
                guards.every_point_found,
                guards.evidence_named,
                guards.shares_complete,
                guards.precedents_considered,
                guards.reasons_given,
                guards.money_valued,
                guards.not_conflicted,
            ),
        ),
    )
    def propose_decision(self) -> None:
        """What is proposed stands in the draft; see the effects."""

    @transition(
        source=State.IN_REVIEW,
        target=State.IN_REVIEW,
        permission=permissions.signs_off,
        custom=spec(
            label=_("Sign off"),
            fields=(Field("comment", _("Comment"), Kind.TEXT, required=False),),
            guards=(guards.capacity_open, guards.not_signed_yet, guards.not_conflicted),
        ),
    )
    def sign_off(self, **_: Any) -> None:
        """The sign-off is a row of its own; see the effects."""

    @transition(
        source=State.IN_REVIEW,
        target=State.INVESTIGATING,
        permission=permissions.signs_off,
        custom=spec(
            label=_("Return decision"),
            fields=(Field("comment", _("What is to change"), Kind.TEXT),),
        ),
    )
    def return_decision(self, **_: Any) -> None:
        """The comment goes to the handler."""

    @transition(
        source=State.IN_REVIEW,
        target=State.REMEDYING,
        permission=permissions.signs_off,
        custom=spec(
            label=_("Approve decision"),
            guards=(guards.all_signed, guards.signed_last),
        ),
    )
    def approve_decision(self) -> None:
        """Decision and remedies are approved by the effects."""

    @transition(
        source=State.REMEDYING,
        target=State.ANSWERED,
        permission=permissions.handler_or_system,
        custom=spec(
            label=_("Send decision"),
            guards=(guards.unconditional_remedies_done, guards.letter_complete),
        ),
    )
    def issue_decision(self) -> None:
        """The letter is written by the notices."""

    @transition(
        source=State.ANSWERED,
        target=State.ANSWERED,
        permission=permissions.by_customer,
        custom=spec(
            label=_("Accept decision"),
            by_customer=True,
            grave=True,
            guards=(guards.window_open_still,),
        ),
    )
    def accept(self, **_: Any) -> None:
        self.closing_reason = ClosingReason.ACCEPTED

    # Closing ---------------------------------------------------------------------

    @transition(
        source=[State.ANSWERED, State.INADMISSIBLE],
        target=State.CLOSED,
        permission=permissions.leads_or_system,
        custom=spec(
            label=_("Close"),
            fields=(
                CAUSE,
                CAUSE_SCOPE,
                Field("lesson", _("Lesson"), Kind.TEXT, required=False),
            ),
            guards=(guards.remedies_settled, guards.window_over_or_accepted),
            checks=(guards.cause_recorded,),
            kept=("cause", "cause_scope"),
        ),
    )
    def close(self, *, cause: str = "", cause_scope: str = "", **_: Any) -> None:
        self.cause = cause or self.cause
        usual = guards.nature_of(self.cause)
        self.cause_scope = cause_scope or self.cause_scope or usual or CauseScope.SINGLE
        self.closing_reason = self.closing_reason or ClosingReason.WINDOW_ENDED

    @transition(
        source=sorted(OPEN_STATES),
        target=State.WITHDRAWN,
        permission=permissions.by_customer,
        custom=spec(
            label=_("Withdraw the complaint"),
            fields=(Field("reason", _("Reason"), Kind.TEXT, required=False),),
            by_customer=True,
            grave=True,
        ),
    )
    def withdraw(self, **_: Any) -> None:
        """What was not carried out yet is cancelled by the effects."""

    @transition(
        source=[State.CLOSED, State.WITHDRAWN],
        target=GET_STATE(_after_reopening, [State.INVESTIGATING, State.RECEIVED]),
        permission=permissions.leads,
        custom=spec(label=_("Reopen"), fields=(REASON,)),
    )
    def reopen(self, **_: Any) -> None:
        self.closing_reason = ""

    @transition(
        source=[State.RECEIVED, State.ASSIGNED, State.INVESTIGATING],
        target=State.MERGED,
        permission=permissions.handles_team,
        custom=spec(
            label=_("Merge"),
            fields=(
                Field("survivor", _("Into which complaint"), Kind.COMPLAINT),
                REASON,
            ),
            checks=(guards.mergeable,),
        ),
    )
    def merge_into(self, *, survivor: Any, now: datetime, **_: Any) -> None:
        self.state_before, self.merged_into, self.merged_at = self.state, survivor, now

    @transition(
        source=State.MERGED,
        target=GET_STATE(
            _after_unmerging, [State.RECEIVED, State.ASSIGNED, State.INVESTIGATING]
        ),
        permission=permissions.handles_team,
        custom=spec(
            label=_("Undo the merger"), fields=(REASON,), guards=(guards.merged_lately,)
        ),
    )
    def unmerge(self, **_: Any) -> None:
        self.merged_into = self.merged_at = None

    # Appeal (effects and further guards are signed up by the appeals app) -----------

    @transition(
        source=[State.ANSWERED, State.INADMISSIBLE, State.CLOSED],
        target=State.APPEALED,
        permission=permissions.by_customer,
        custom=spec(
            label=_("Appeal"),
            guards=(guards.appealable, guards.not_appealed_before),
            by_customer=True,
            internal=True,
        ),
    )
    def lodge_appeal(self, **_: Any) -> None:
        self.state_before = self.state

    @transition(
        source=State.APPEALED,
        target=GET_STATE(
            _after_ruling,
            [
                State.ANSWERED,
                State.INADMISSIBLE,
                State.CLOSED,
                State.REMEDYING,
                State.INVESTIGATING,
                State.RECEIVED,
            ],
        ),
        permission=permissions.hears_appeals,
        custom=spec(label=_("Conclude appeal"), internal=True),
    )
    def conclude_appeal(self, *, result: str, **_: Any) -> None:
        if result in (State.INVESTIGATING, State.RECEIVED):
            self.handler = None if result == State.RECEIVED else self.handler

    @transition(
        source=[State.ANSWERED, State.CLOSED],
        target=State.REMEDYING,
        permission=permissions.hears_appeals,
        custom=spec(label=_("Carry out the award"), internal=True),
    )
    def execute_award(self, **_: Any) -> None:
        """The remedies of the award are rows of the decision it brings."""
