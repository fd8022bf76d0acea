"""Guards of the end: closing with a root cause, accepting, appealing."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from complaints.states import SETTLED_REMEDY_STATES, ClosingReason, State, Step
from complaints.transitions import Ask, Refusal


def remedies_settled(complaint: Any, _ask: Ask) -> Iterator[Refusal]:
    """No case closes while something promised is not done."""
    states = {remedy.state for remedy in complaint.remedies.all()}
    if states - SETTLED_REMEDY_STATES:
        yield Refusal("remedies_open", _("Not every remedy is settled yet."))


def window_over_or_accepted(complaint: Any, _ask: Ask) -> Iterator[Refusal]:
    """The customer accepted, or the time to appeal has passed."""
    if complaint.running_clocks(Step.APPEAL_WINDOW):
        yield Refusal("window_open", _("The customer can still appeal."))


def cause_recorded(complaint: Any, ask: Ask) -> Iterator[Refusal]:
    """Root cause and its nature stand, now or from the decision and the list."""
    cause = ask.fields.get("cause") or complaint.cause
    unknown = list(cause_known(complaint, ask))
    said = ask.fields.get("cause_scope") or complaint.cause_scope
    yield from unknown
    if not cause:
        yield Refusal("no_cause", _("Choose the root cause."))
    elif not (unknown or said or ask.viewer.is_system or nature_of(cause)):
        yield Refusal(
            "no_nature",
            _("Say whether the cause is a single incident, recurring or systemic."),
        )


def cause_known(_complaint: Any, ask: Ask) -> Iterator[Refusal]:
    """A cause that is given stands on the list of the house."""
    cause = ask.fields.get("cause")
    if cause and not _causes().filter(code=cause, active=True).exists():
        yield Refusal("unknown_cause", _("Choose the root cause from the list."))


def nature_of(cause: str) -> str:
    """What such a cause usually is, by the list; empty where it does not say."""
    found = _causes().filter(code=cause).values_list("nature", flat=True).first()
    return str(found or "")


def _causes() -> Any:
    return apps.get_model("complaints", "RootCause")._default_manager


def not_appealed_before(complaint: Any, _ask: Ask) -> Iterator[Refusal]:
    """One internal appeal a decision; after its ruling only the outside stage."""
    if complaint.appeal_exhausted():
        yield Refusal(
            "appeal_used",
            _("This decision was appealed already; the outside routes remain."),
        )


def appealable(complaint: Any, _ask: Ask) -> Iterator[Refusal]:
    """Enquiries and withdrawn matters were never decided."""
    if complaint.state == State.CLOSED and complaint.closing_reason in (
        ClosingReason.ENQUIRY,
        ClosingReason.OTHER_FIRM,
    ):
        yield Refusal(
            "never_decided", _("Nothing was decided yet; say that it is a complaint.")
        )


def window_open_still(complaint: Any, _ask: Ask) -> Iterator[Refusal]:
    """A decision is accepted once, while it can still be appealed."""
    if complaint.closing_reason == ClosingReason.ACCEPTED:
        yield Refusal("accepted_already", _("You accepted this decision already."))
