"""Guards of sign-off, approval and issue."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from complaints import profiles
from complaints.clocks import business_days_before
from complaints.format import listed
from complaints.states import SETTLED_REMEDY_STATES, DecisionStatus, Step
from complaints.transitions import Ask, Refusal

EARLY_ISSUE = 2
"""Working days before the limit of the law on which the system sends a decision."""


def capacity_open(complaint: Any, ask: Ask) -> Iterator[Refusal]:
    """There is a sign-off still needed that this person may give."""
    decision = complaint.current_decision(DecisionStatus.PROPOSED)
    if decision is None:
        yield Refusal("no_proposal", _("No decision is proposed."))
        return
    if decision.proposed_by_id == ask.viewer.user.pk:
        yield Refusal("own_proposal", _("You proposed this decision."))
    elif decision.capacity_for(ask.viewer) is None:
        yield Refusal(
            "capacity_not_needed",
            _("No sign-off that you may give is still open on this decision."),
        )


def not_signed_yet(complaint: Any, ask: Ask) -> Iterator[Refusal]:
    decision = complaint.current_decision(DecisionStatus.PROPOSED)
    if decision and decision.is_signed_by(ask.viewer.user.pk):
        yield Refusal("signed_already", _("You signed off this decision already."))


def all_signed(complaint: Any, _ask: Ask) -> Iterator[Refusal]:
    """Every sign-off that band and category ask for stands, by different people."""
    decision = complaint.current_decision(DecisionStatus.PROPOSED)
    if decision is None:
        yield Refusal("no_proposal", _("No decision is proposed."))
        return
    missing = decision.missing_capacities()
    if missing:
        yield Refusal(
            "sign_offs_missing",
            _("Still needed: sign-off by %(who)s.")
            % {"who": listed([str(role.label) for role in missing])},
        )


def signed_last(complaint: Any, ask: Ask) -> Iterator[Refusal]:
    """Only whose sign-off was the last one needed approves."""
    decision = complaint.current_decision(DecisionStatus.PROPOSED)
    if decision is None or decision.missing_capacities():
        return
    signed = decision.standing()
    if not signed or signed[-1].signer_id != ask.viewer.user.pk:
        yield Refusal(
            "not_last_signer", _("The person who signed off last approves this.")
        )


def unconditional_remedies_done(complaint: Any, ask: Ask) -> Iterator[Refusal]:
    """The system may issue earlier: two working days before the legal limit."""
    decision = complaint.current_decision(DecisionStatus.APPROVED)
    if decision is None:
        yield Refusal("no_approval", _("No decision is approved."))
        return
    waits = any(
        not remedy.on_acceptance and remedy.state not in SETTLED_REMEDY_STATES
        for remedy in decision.remedies.all()
    )
    if waits and not _limit_is_near(complaint, ask):
        yield Refusal(
            "remedies_open", _("Remedies that need no acceptance are not done yet.")
        )


def _limit_is_near(complaint: Any, ask: Ask) -> bool:
    """Reckoned in the calendar of the profile: the two days are working days."""
    calendar = profiles.by_key(complaint.profile_key).calendar
    return any(
        ask.now >= business_days_before(clock.due_at, EARLY_ISSUE, calendar)
        for clock in complaint.running_clocks(Step.STATUTORY_DECISION)
    )


def letter_complete(complaint: Any, _ask: Ask) -> Iterator[Refusal]:
    """The letter can name the outside routes of the profile (Art 6(4))."""
    if not profiles.by_key(complaint.profile_key).shown_routes:
        yield Refusal(
            "no_outside_routes", _("The rules of this case name no outside route.")
        )
