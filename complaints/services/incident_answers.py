"""Members of an incident answered many at once.

Every answer goes through ``perform`` for its case, with that case's guards and
sign-offs. A decision that somebody changed by hand is not signed with the others.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from complaints.errors import IllegalMove, RecourseError
from complaints.models import Complaint, IncidentCase
from complaints.permissions import Viewer
from complaints.services import bulk
from complaints.services.bulk import Given
from complaints.services.incident_drafts import draft_for, member_of
from complaints.states import DecisionStatus, State
from complaints.workflow import perform, stands_in_way

if TYPE_CHECKING:
    pass

ANSWER, SIGN, SEND = "inc_answer", "inc_sign", "inc_send"


def _answer(case: Complaint, viewer: Viewer, version: int, given: Given) -> bool:
    """Take it where nobody has it, draft and propose."""
    member = member_of(case, given["incident"])
    with transaction.atomic():
        if case.state == State.ASSIGNED:
            perform(case, "take", actor=viewer, expected_version=version)
        draft_for(member=member, actor=viewer)
        perform(case, "propose_decision", actor=viewer, expected_version=case.version)
    return True


def proposed_otherwise(member: IncidentCase) -> IllegalMove | None:
    """Why a case is not signed with the others: somebody has written in its decision,
    or none is proposed."""
    decision = member.complaint.current_decision(DecisionStatus.PROPOSED)
    if decision is not None and decision.current_hash() == member.drafted:
        return None
    return IllegalMove(
        _("It is not proposed as the shared finding made it; sign it on its page.")
    )


def _sign(case: Complaint, viewer: Viewer, version: int, given: Given) -> bool:
    """Sign off, and approve where that was the last name needed."""
    member = member_of(case, given["incident"])
    member.complaint = case
    other = proposed_otherwise(member)
    if other is not None:
        raise other
    with transaction.atomic():
        perform(case, "sign_off", actor=viewer, expected_version=version)
        signed = case.current_decision(DecisionStatus.PROPOSED)
        if signed is not None and not signed.missing_capacities():
            perform(case, "approve_decision", actor=viewer)
    return True


def _send(case: Complaint, viewer: Viewer, version: int, given: Given) -> bool:
    member_of(case, given["incident"])
    perform(case, "issue_decision", actor=viewer, expected_version=version)
    return True


def _answerable(case: Complaint, viewer: Viewer) -> RecourseError | None:
    if case.state == State.ASSIGNED:
        return stands_in_way(case, "take", viewer)
    return stands_in_way(case, "propose_decision", viewer)


def _moves(name: str) -> "bulk.Way":
    return lambda case, viewer: stands_in_way(case, name, viewer)


ACTS: Mapping[str, bulk.Act] = {
    ANSWER: bulk.Act(_("Draft and propose"), _answerable, _answer),
    SIGN: bulk.Act(_("Sign off"), _moves("sign_off"), _sign),
    SEND: bulk.Act(_("Send the decisions"), _moves("issue_decision"), _send),
}
bulk.sign_up(ACTS)
