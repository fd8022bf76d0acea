"""Appeal; effects and further guards are signed up by the appeals app."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django_fsm import GET_STATE

from complaints import guards, permissions
from complaints.models.moves.case import Case
from complaints.states import State
from complaints.transitions import spec, transition


def _after_ruling(_complaint: Any, result: str, **_fields: Any) -> str:
    return result


class Appealing(Case):
    class Meta:
        abstract = True

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
