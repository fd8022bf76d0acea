"""What must be true before a remedy moves."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from complaints import payouts
from complaints.guards import not_conflicted
from complaints.states import DecisionStatus, OrderKind, OrderState, State
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


def receiver_of(remedy: Any) -> str:
    """Where a payment goes: as written, else the account the exchange confirmed."""
    user = remedy.complaint.customer.user
    account = user.account_id if user is not None else ""
    return str(remedy.destination or account)


def ledger_ready(remedy: Any, _ask: Ask) -> Iterator[Refusal]:
    """What goes by the ledger needs one, and an account that it knows."""
    if not remedy.by_ledger:
        return
    if not payouts.is_set_up():
        yield Refusal("no_ledger", _("No ledger of the exchange is connected."))
    elif not receiver_of(remedy):
        yield Refusal("no_receiver", _("No account is known to which it could go."))


def not_with_ledger(remedy: Any, _ask: Ask) -> Iterator[Refusal]:
    """Nobody says by hand what became of a payment that the ledger is about."""
    if any(
        row.what == OrderKind.PAY and row.state == OrderState.WAITING
        for row in remedy.instructions.all()
    ):
        yield Refusal(
            "with_ledger",
            _("The exchange's ledger is carrying it out; its answer is entered here."),
        )


def take_back_agreed(remedy: Any, ask: Ask) -> Iterator[Refusal]:
    """Taken back once a second person agreed; by hand unless the ledger does it."""
    wanted = OrderState.DONE if ask.viewer.is_system else OrderState.AGREED
    if not any(
        row.what == OrderKind.TAKE_BACK and row.state == wanted
        for row in remedy.instructions.all()
    ):
        yield Refusal(
            "take_back_not_agreed",
            _("Taking back needs a reason and the word of a second person first."),
        )
