"""Nobody is left to sign a proposed decision: written down, and the head is told."""

from collections.abc import Collection
from datetime import datetime

from complaints import ledger, notifications
from complaints.models import Complaint, Decision, Event
from complaints.permissions import viewer_of
from complaints.registry import Done
from complaints.selectors.signers import IsTied, conflicted, unsignable
from complaints.states import DecisionStatus, SignOffRole
from teams.system import ROUTING, system_actor


def look_for_signers(complaint: Complaint, *, now: datetime) -> None:
    """Escalate where nobody is left to sign what the first stage proposes."""
    decision = complaint.current_decision(DecisionStatus.PROPOSED)
    if decision is not None and not decision.on_appeal:
        escalate(decision, conflicted(complaint), now=now)


def escalate(decision: Decision, is_tied: IsTied, *, now: datetime) -> None:
    """Write down which open sign-offs nobody is left to give, once while it is so."""
    roles = unsignable(decision, is_tied)
    if not roles or _known(decision, roles):
        return
    viewer = viewer_of(system_actor(ROUTING))
    complaint = decision.complaint
    payload = {"decision": decision.number, "capacities": [str(r) for r in roles]}
    entry = ledger.Entry("no_signer", viewer, now, payload)
    event = ledger.append(complaint.stream, entry)
    notifications.announce(Done.of_event(complaint, event, viewer))


def _known(decision: Decision, roles: Collection[SignOffRole]) -> bool:
    """Whether the newest such event says the same of this decision."""
    rows = Event.objects.filter(stream=decision.complaint.stream, what="no_signer")
    newest = rows.order_by("-seq").values_list("payload", flat=True).first() or {}
    told = (newest.get("decision"), newest.get("capacities"))
    return told == (decision.number, [str(role) for role in roles])
