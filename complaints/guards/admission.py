"""Guards of admission: what is assessed, refused, forwarded, or comes again."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from complaints import profiles
from complaints.states import ClosingReason, State
from complaints.transitions import Ask, Refusal


def assessed(_complaint: Any, ask: Ask) -> Iterator[Refusal]:
    """The initial assessment is complete (ISO 10002)."""
    wanted = ("category", "team", "severity", "complexity", "impact")
    if any(not ask.fields.get(name) for name in wanted):
        yield Refusal(
            "not_assessed",
            _("Choose category, team, severity, complexity and impact first."),
        )


def published_ground(complaint: Any, ask: Ask) -> Iterator[Refusal]:
    """Only grounds of the profile's published conditions can be chosen."""
    known = profiles.by_key(complaint.profile_key).grounds
    if ask.fields.get("ground") not in {ground.code for ground in known}:
        yield Refusal("unknown_ground", _("Choose one of the published grounds."))


def enquiry_or_other_firm(_complaint: Any, ask: Ask) -> Iterator[Refusal]:
    """This way out is for enquiries and for what another firm answers."""
    reason = ask.fields.get("closing_reason")
    if reason not in (ClosingReason.ENQUIRY, ClosingReason.OTHER_FIRM):
        yield Refusal("not_this_way", _("Choose enquiry or another firm's matter."))
    if reason == ClosingReason.OTHER_FIRM and not ask.fields.get("forwarded_to"):
        yield Refusal(
            "not_forwarded", _("Name the firm to which it was forwarded in writing.")
        )


def something_new(complaint: Any, _ask: Ask) -> Iterator[Refusal]:
    """Completing is for refusals and enquiries, not for closed complaints."""
    if complaint.state == State.CLOSED and complaint.closing_reason not in (
        "enquiry",
        "other_firm",
    ):
        yield Refusal(
            "closed_complaint", _("This complaint was decided; it can be appealed.")
        )
