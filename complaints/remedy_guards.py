"""What must be true before a remedy moves."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from complaints.guards import not_conflicted
from complaints.states import DecisionStatus, State
from complaints.transitions import Ask, Refusal


def decision_approved(remedy: Any, _ask: Ask) -> Iterator[Refusal]:
    if remedy.decision.status != DecisionStatus.APPROVED:
        yield Refusal("not_approved", _("The decision is not approved."))


def case_remedying(remedy: Any, _ask: Ask) -> Iterator[Refusal]:
    """Nothing is paid while the case is withdrawn, reopened or under appeal."""
    if remedy.complaint.state not in (State.REMEDYING, State.ANSWERED, State.CLOSED):
        yield Refusal("case_not_ready", _("The case is not at the remedy."))


def executor_independent(remedy: Any, ask: Ask) -> Iterator[Refusal]:
    """Who proposed the decision, or has a stake in it, does not pay it out as well."""
    if remedy.decision.proposed_by_id == ask.viewer.user.pk:
        yield Refusal("own_proposal", _("You proposed this decision."))
    if not ask.viewer.is_system:
        yield from not_conflicted(remedy.complaint, ask)


def proof_given(remedy: Any, ask: Ask) -> Iterator[Refusal]:
    """Money is not done until somebody names the transaction."""
    if remedy.is_money and not ask.fields.get("proof"):
        yield Refusal("no_proof", _("Enter the transaction or ledger ID."))
