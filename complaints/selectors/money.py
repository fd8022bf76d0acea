"""Which acts move money, so that whoever does them proves once more who they are."""

from typing import Any

from complaints.models import Complaint, Remedy
from complaints.states import DecisionStatus

OF_DECISION = frozenset({"sign_off", "approve_decision"})
OF_APPEAL = frozenset({"rule"})
"""With a new decision, whose remedies are approved by it."""
OF_REMEDY = frozenset({"start", "start_by_hand", "complete", "reverse"})


def moves_money(obj: Any, name: str) -> bool:
    """Whether the transition ``name`` of ``obj`` approves, pays or takes back money."""
    if isinstance(obj, Remedy):
        return obj.is_money and name in OF_REMEDY
    if isinstance(obj, Complaint) and name in OF_DECISION:
        return proposes_money(obj)
    if obj.OBJECT_TYPE == "appeal" and name in OF_APPEAL:
        return proposes_money(obj.case)
    return False


def proposes_money(complaint: Complaint) -> bool:
    """Whether the decision that waits for its sign-offs would pay anything."""
    decision = complaint.current_decision(DecisionStatus.PROPOSED)
    return decision is not None and any(
        remedy.is_money for remedy in decision.live_remedies()
    )
