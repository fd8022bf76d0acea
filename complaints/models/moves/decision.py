"""Proposed, signed, sent, accepted."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from complaints import guards, permissions
from complaints.models.moves.case import Case
from complaints.states import ClosingReason, State
from complaints.transitions import Field, Kind, spec, transition


class Deciding(Case):
    class Meta:
        abstract = True

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
