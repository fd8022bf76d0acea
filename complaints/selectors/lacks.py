"""What keeps a case from going on, and who can see to it, in words for staff."""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from complaints.models import Complaint
from complaints.registry import Lack, look
from complaints.selectors.signers import SIGNING_TEAMS, conflicted, unsignable
from complaints.states import WORKING_STATES, DecisionStatus, SignOffRole
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
