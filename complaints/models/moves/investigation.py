"""Who works on it, and what the customer is asked."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from complaints import guards, permissions
from complaints.models.moves.case import Case
from complaints.states import State
from complaints.transitions import Field, Kind, spec, transition

if TYPE_CHECKING:
    from teams.models import Team, User


class Investigation(Case):
    class Meta:
        abstract = True

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
