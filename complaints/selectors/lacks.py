"""What keeps a case from going on, and who can see to it, in words for staff."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from complaints.models import Complaint
from complaints.outbox import recipients_of
from complaints.registry import Lack, look
from complaints.selectors.signers import SIGNING_TEAMS, conflicted, unsignable
from complaints.states import (
    FINAL_STATES,
    WORKING_STATES,
    DecisionStatus,
    SignOffRole,
    Step,
)
from teams.roles import TEAM_NAMES


@look
def nobody_signs(complaint: Complaint) -> Iterator[Lack]:
    """The first stage's proposal; what an appeal proposes is looked at there."""
    decision = complaint.current_decision(DecisionStatus.PROPOSED)
    if decision is not None and not decision.on_appeal:
        roles = unsignable(decision, conflicted(complaint))
        yield from signatures_lacking(roles, complaint.team.code)


@look
def conflicted_handler(complaint: Complaint) -> Iterator[Lack]:
    handler = complaint.handler
    if handler is None or complaint.state not in WORKING_STATES:
        return
    if conflicted(complaint)(handler):
        yield Lack(
            _("The handler has a conflict of interest."),
            _("A lead of the team assigns the case to somebody else."),
        )


@look
def nobody_has_the_receipt(complaint: Complaint) -> Iterator[Lack]:
    """Its clock goes on until an address is known or somebody hands it over."""
    customer = complaint.customer
    if customer.email or customer.erased_at or complaint.state in FINAL_STATES:
        return
    running = complaint.clocks.filter(step=Step.ACKNOWLEDGE, stopped_at=None)
    owed = complaint.letters.filter(dispatches__posted_on=None).exclude(dispatches=None)
    if running.exists() and not owed.exists() and not recipients_of(complaint):
        yield Lack(
            _("Nobody has the receipt: no e-mail or postal address is known."),
            _(
                "Ask for an address, or print the letter, hand it over and put that "
                "on record."
            ),
        )


def signatures_lacking(roles: Iterable[SignOffRole], lead_team: str) -> Iterator[Lack]:
    """Sign-offs that nobody is left to give; ``lead_team`` is whose lead signs."""
    for role in roles:
        team = SIGNING_TEAMS[role][0] if role in SIGNING_TEAMS else lead_team
        yield Lack(
            _("Nobody independent is left for the sign-off: %(role)s.")
            % {"role": role.label},
            _(
                "The head of complaints sees to it: an administrator gives that role "
                "to somebody who had no part in this case, in: %(team)s."
            )
            % {"team": TEAM_NAMES.get(team, team)},
        )
