"""From receipt to a team: admitted, refused, not a complaint after all."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from complaints import guards, permissions
from complaints.models.moves.case import Case
from complaints.models.moves.fields import CAUSE
from complaints.states import Cause, ClosingReason, Scale, Severity, State
from complaints.transitions import Field, Kind, spec, transition

if TYPE_CHECKING:
    from complaints.models.category import Category
    from teams.models import Team


class Admission(Case):
    class Meta:
        abstract = True

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
