"""Closed, withdrawn, merged, and each of them taken back."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django_fsm import GET_STATE

from complaints import guards, permissions
from complaints.models.moves.case import Case
from complaints.models.moves.fields import CAUSE, CAUSE_SCOPE, REASON
from complaints.states import OPEN_STATES, CauseScope, ClosingReason, State
from complaints.transitions import Field, Kind, spec, transition


def _after_reopening(complaint: Any, **_fields: Any) -> str:
    return State.INVESTIGATING if complaint.handler_id else State.RECEIVED


def _after_unmerging(complaint: Any, **_fields: Any) -> str:
    return str(complaint.state_before)


class Closing(Case):
    class Meta:
        abstract = True

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
