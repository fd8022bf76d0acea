"""What else changes with a transition, in the same transaction.

Signed up with the registry; ``workflow.perform`` runs them after the row is saved.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q

from complaints import timing
from complaints.errors import NotPermitted
from complaints.masking import holds_mask
from complaints.models import (
    CaseAccess,
    Clock,
    Complaint,
    Conflict,
    Decision,
    Message,
    Payout,
    Remedy,
    SignOff,
)
from complaints.models.access import ConflictKind
from complaints.permissions import Viewer
from complaints.registry import Done, effect
from complaints.selectors.signers import SIGNING_TEAMS
from complaints.services import orders, search
from complaints.services.correspond import warn_of_secret
from complaints.services.sign_offs import look_for_signers
from complaints.states import (
    AccessKind,
    Channel,
    DecisionStatus,
    Direction,
    OrderKind,
    OrderState,
    RemedyState,
    State,
    Step,
)
from complaints.workflow import perform
from teams.models import Team
from teams.roles import Perm
from teams.system import system_actor


def grant(
    complaint: Complaint,
    kind: str,
    *,
    by: Viewer,
    now: datetime,
    team: Team | None = None,
    codename: str = "",
    **columns: Any,
) -> CaseAccess:
    """Share one case; a live share of the same kind with the same team is kept."""
    known = CaseAccess.objects.filter(
        complaint=complaint, kind=kind, team=team, codename=codename, revoked_at=None
    )
    if team is not None and (row := known.first()) is not None:
        return row
    return CaseAccess.objects.create(
        complaint=complaint,
        kind=kind,
        team=team,
        codename=codename,
        granted_by=by.user,
        granted_at=now,
        **columns,
    )


def revoke(complaint: Complaint, kind: str, *, now: datetime) -> None:
    rows = CaseAccess.objects.filter(complaint=complaint, kind=kind, revoked_at=None)
    rows.update(revoked_at=now)


# Messages that a transition carries -----------------------------------------------


def _message(done: Done, direction: str, text: str, **columns: Any) -> Message:
    channel = Channel.PORTAL if direction == Direction.INBOUND else done.obj.channel
    role = "customer" if direction == Direction.INBOUND else "staff"
    Complaint.objects.filter(pk=done.obj.pk).update(
        last_message_at=done.now, last_message_from=role
    )
    message = Message.objects.create(
        complaint=done.obj,
        direction=direction,
        channel=channel,
        author=done.viewer.user,
        author_role=done.viewer.role,
        text=text,
        language=done.obj.language,
        at=done.now,
        **columns,
    )
    search.keep(search.of_message(message))
    return message


@effect("complaint", "ask_customer")
def keep_question(done: Done) -> None:
    question = done.fields["question"]
    _message(done, Direction.OUTBOUND, question, is_question=True)


@effect("complaint", "customer_answered")
def keep_answer(done: Done) -> None:
    if done.fields.get("answer"):
        _said(done, done.fields["answer"])


@effect("complaint", "complete")
def keep_addition(done: Done) -> None:
    _said(done, done.fields["addition"])


def _said(done: Done, text: str) -> None:
    _message(done, Direction.INBOUND, text)
    if holds_mask(text):
        warn_of_secret(done.obj, now=done.now)


# Decision -------------------------------------------------------------------------


@effect("complaint", "propose_decision")
def propose(done: Done) -> None:
    """Freeze what is proposed and let those in who must sign it."""
    draft = done.obj.current_decision(DecisionStatus.DRAFT)
    draft.status = DecisionStatus.PROPOSED
    draft.proposed_by, draft.proposed_at = done.viewer.user, done.now
    draft.content_hash = draft.current_hash()
    draft.save()
    let_signers_in(draft, by=done.viewer, now=done.now)
    look_for_signers(done.obj, done.now)


def let_signers_in(decision: Decision, *, by: Viewer, now: datetime) -> None:
    teams = {team.code: team for team in Team.objects.all()}
    for role in decision.required_capacities():
        if role in SIGNING_TEAMS:
            code, codename = SIGNING_TEAMS[role]
            grant(
                decision.complaint,
                AccessKind.SIGN_OFF,
                by=by,
                now=now,
                team=teams[code],
                codename=codename,
            )


@effect("complaint", "sign_off")
def sign(done: Done) -> None:
    decision = done.obj.current_decision(DecisionStatus.PROPOSED)
    add_signature(decision, done.viewer, done.now)
    look_for_signers(done.obj, done.now)


def add_signature(decision: Decision, viewer: Viewer, now: datetime) -> SignOff:
    """One person's name under exactly what the decision says now."""
    capacity, proposer = decision.capacity_for(viewer), decision.proposed_by
    if capacity is None or proposer is None:
        raise NotPermitted
    same = [row for row in decision.standing() if row.capacity == capacity]
    return SignOff.objects.create(
        decision=decision,
        signer=viewer.user,
        proposer=proposer,
        capacity=capacity,
        place=len(same) + 1,
        content_hash=decision.current_hash(),
        at=now,
    )


@effect("complaint", "return_decision")
def send_back(done: Done) -> None:
    decision = done.obj.current_decision(DecisionStatus.PROPOSED)
    decision.status = DecisionStatus.RETURNED
    # Its remedies stay until the next draft has copied them.
    decision.save(update_fields=["status", "updated_at"])
    revoke(done.obj, AccessKind.SIGN_OFF, now=done.now)


@effect("complaint", "approve_decision")
def approve(done: Done) -> None:
    decision = done.obj.current_decision(DecisionStatus.PROPOSED)
    approve_remedies(decision, by=done.viewer, now=done.now)
    Complaint.objects.filter(pk=done.obj.pk).update(cause=decision.cause)
    revoke(done.obj, AccessKind.SIGN_OFF, now=done.now)
    settle_clock(done.obj, now=done.now)


def approve_remedies(decision: Decision, *, by: Viewer, now: datetime) -> None:
    decision.status = DecisionStatus.APPROVED
    decision.save(update_fields=["status", "updated_at"])
    move_remedies(decision, "approve", now=now)
    if decision.live_remedies():
        grant(
            decision.complaint,
            AccessKind.EXECUTION,
            by=by,
            now=now,
            team=Team.objects.get(code="desk"),
            codename=Perm.EXECUTE,
        )


@effect("complaint", "issue_decision")
def issue(done: Done) -> None:
    decision = done.obj.current_decision(DecisionStatus.APPROVED)
    decision.status, decision.issued_at = DecisionStatus.ISSUED, done.now
    decision.save(update_fields=["status", "issued_at", "updated_at"])
    conditional = decision.remedies.filter(
        on_acceptance=True, state=RemedyState.APPROVED
    )
    _move(conditional, "offer", done.now)
    settle_clock(done.obj, now=done.now)


@effect("complaint", "accept")
def accept_offers(done: Done) -> None:
    offered = done.obj.remedies.filter(state=RemedyState.OFFERED)
    for remedy in offered:
        word = done.fields.get("customer_word", "")
        extra = {"customer_word": word} if word else {}
        perform(remedy, "accept", actor=done.viewer, now=done.now, **extra)
    settle_clock(done.obj, now=done.now)


@effect("complaint", "close")
def tidy_up(done: Done) -> None:
    revoke(done.obj, AccessKind.EXECUTION, now=done.now)


@effect("complaint", "withdraw")
def cancel_remedies(done: Done) -> None:
    _move(done.obj.remedies.filter(state__in=CANCELLABLE), "cancel", done.now)


CANCELLABLE = (
    RemedyState.PROPOSED,
    RemedyState.APPROVED,
    RemedyState.OFFERED,
    RemedyState.ACCEPTED,
    RemedyState.FAILED,
)


def move_remedies(decision: Decision, transition: str, *, now: datetime) -> None:
    _move(decision.remedies.filter(state__in=CANCELLABLE), transition, now)


def _move(remedies: Iterable[Remedy], transition: str, now: datetime) -> None:
    actor = system_actor()
    for remedy in list(remedies):
        perform(remedy, transition, actor=actor, now=now)


# Remedies -------------------------------------------------------------------------


@effect("remedy", "start", "start_by_hand")
def claim_payout(done: Done) -> None:
    """The one payout row of this remedy; a retry after a failure finds it again."""
    Payout.objects.get_or_create(
        remedy=done.obj,
        defaults={
            "idempotency_key": done.obj.payout_key,
            "started_by": done.viewer.user,
            "started_at": done.now,
        },
    )


@effect("remedy", "start")
def tell_ledger(done: Done) -> None:
    if done.obj.by_ledger:
        orders.order_payment(done.obj, by=done.viewer, now=done.now)


@effect("remedy", "start_by_hand")
def leave_ledger(done: Done) -> None:
    orders.replace_by_hand(done.obj, now=done.now)


@effect("remedy", "complete")
def keep_proof(done: Done) -> None:
    Payout.objects.filter(remedy=done.obj).update(
        finished_at=done.now, proof=done.fields.get("proof") or ""
    )
    settle_clock(done.obj.complaint, now=done.now)


@effect("remedy", "reverse")
def keep_reversal(done: Done) -> None:
    proof = done.fields["proof"]
    Payout.objects.filter(remedy=done.obj).update(reversal_proof=proof)
    by_hand = done.obj.instructions.filter(
        what=OrderKind.TAKE_BACK, state=OrderState.AGREED
    )
    if by_hand.update(state=OrderState.DONE, proof=proof, finished_at=done.now):
        end_access(done.obj, now=done.now)


def end_access(remedy: Remedy, *, now: datetime) -> None:
    """Who was let in to take back something of a closed case is out again."""
    if remedy.complaint.state == State.CLOSED:
        revoke(remedy.complaint, AccessKind.EXECUTION, now=now)


@effect("remedy", "accept")
def start_clock(done: Done) -> None:
    """Accepted on its own, it is to be carried out by a day as all others are."""
    case = done.obj.complaint
    timing.start_unless_running(case, Step.EXECUTE_REMEDY, now=done.now)
    timing.refresh_next_due(case)


OWED = Q(state=RemedyState.APPROVED, on_acceptance=False) | Q(
    state__in=(RemedyState.ACCEPTED, RemedyState.EXECUTING, RemedyState.FAILED)
)
"""Remedies that somebody has to carry out now."""


def settle_clock(complaint: Complaint, *, now: datetime) -> None:
    """The clock of carrying out stops with the last remedy."""
    if not complaint.remedies.filter(OWED).exists():
        timing.stop(complaint, (Step.EXECUTE_REMEDY,), now=now)
        timing.refresh_next_due(complaint)


# Mergers --------------------------------------------------------------------------


@effect("complaint", "merge_into")
def keep_earliest_receipt(done: Done) -> None:
    """The survivor's statutory clock runs from the earlier of both receipts."""
    survivor = done.obj.merged_into
    if done.obj.received_at >= survivor.received_at:
        return
    Complaint.objects.filter(pk=survivor.pk).update(received_at=done.obj.received_at)
    survivor.received_at = done.obj.received_at
    fresh = timing.new_clock(survivor, Step.STATUTORY_DECISION, now=done.now)
    Clock.objects.filter(
        complaint=survivor, step=Step.STATUTORY_DECISION, stopped_at=None
    ).update(
        started_at=fresh.started_at,
        due_at=fresh.due_at,
        next_reminder_at=fresh.next_reminder_at,
    )
    timing.refresh_next_due(survivor)


# Conflicts ------------------------------------------------------------------------


@effect("complaint", "conclude_appeal")
def bar_first_handler(done: Done) -> None:
    """What an appeal sent back is investigated by somebody new."""
    if done.target != State.INVESTIGATING or done.obj.handler is None:
        return
    Conflict.objects.get_or_create(
        complaint=done.obj,
        user=done.obj.handler,
        kind=ConflictKind.EARLIER_STAGE,
        lifted_at=None,
        defaults={"recorded_by": done.viewer.user, "recorded_at": done.now},
    )
    Complaint.objects.filter(pk=done.obj.pk).update(handler=None)
    done.obj.handler = None
