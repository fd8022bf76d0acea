"""Nobody is left to sign a proposed decision: written down, and the head is told."""

import hashlib
import logging
from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.core.cache import cache
from django.db import transaction
from django.db.models import Q

from complaints import ledger, notifications
from complaints.models import Clock, Complaint, Decision, Event
from complaints.permissions import viewer_of
from complaints.registry import Done, look_again, second_look
from complaints.selectors.signers import IsTied, conflicted, unsignable
from complaints.states import DecisionStatus, SignOffRole, State, Step
from teams.models import Membership
from teams.permissions import grants_of_all, holders_of
from teams.roles import Perm
from teams.system import ROUTING, system_actor

logger = logging.getLogger(__name__)

SIGNERS: Final = "who_signs"
"""Where the mark of those who may sign is kept between scans."""

WATCHED: Final = (
    *(role.codename for role in SignOffRole),
    Perm.REVIEW_APPEALS,
    Perm.HEAD,
)


@second_look
def look_for_signers(complaint: Complaint, now: datetime) -> None:
    """Escalate where nobody is left to sign what the first stage proposes."""
    decision = complaint.current_decision(DecisionStatus.PROPOSED)
    if decision is not None and not decision.on_appeal:
        escalate(decision, conflicted(complaint), now=now)


def look_at_all(*, now: datetime) -> int:
    """Look again where somebody has yet to sign, to review or to answer outside, when
    people changed.

    Somebody leaves, is given a role or loses one: nothing on the case says so. The mark
    of who may sign is kept after the work, so a scan that was cut short begins anew;
    where it was lost, one scan looks in vain. Returns how many cases were looked at.
    """
    present = _who_signs()
    if cache.get(SIGNERS) == present:
        return 0
    here = Q(state__in=(State.IN_REVIEW, State.APPEALED))
    outside = Clock.objects.filter(step=Step.OUTSIDE, stopped_at=None)
    cases = Complaint.objects.filter(here | Q(pk__in=outside.values("complaint")))
    looked = [_look(case, now) for case in cases.order_by("pk").iterator(500)]
    if all(looked):
        cache.set(SIGNERS, present, timeout=None)
    return len(looked)


def _look(complaint: Complaint, now: datetime) -> bool:
    """Whether it went well; one case that cannot be looked at holds up no other."""
    try:
        with transaction.atomic():
            ledger.lock(complaint.stream)
            look_again(complaint, now)
    except Exception:
        logger.exception("Nobody looked who signs on complaint %s.", complaint.pk)
        return False
    return True


def _who_signs() -> str:
    """A mark of everybody who may sign or review, in what, up to what amount."""
    people = list(holders_of(WATCHED))
    held = grants_of_all(people)
    limits = Membership.objects.live().filter(user__in=people).order_by("pk")
    said = [
        (user.pk, codename, sorted(teams))
        for user in people
        for codename, teams in sorted(held[user.pk].items())
    ]
    rows = list(limits.values_list("user_id", "approval_limit"))
    return hashlib.sha256(repr((said, rows)).encode()).hexdigest()


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
