"""The decision that a varying or overturning ruling brings, with its own sign-offs."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appeals.independence import decider_ties, ties_to
from appeals.models import Appeal
from appeals.seen import as_seen
from appeals.services.ruling import record, reviewed_row
from complaints import guards, ledger
from complaints.errors import GuardRefused, IllegalMove, NotPermitted, NotVisible
from complaints.models import Decision, Remedy, SignOff
from complaints.permissions import Viewer, as_viewer, signs_off
from complaints.services import decide, effects
from complaints.services.sign_offs import escalate
from complaints.states import AccessKind, AppealState, DecisionStatus, RemedyState
from complaints.transitions import Ask, Guard, Refusal
from complaints.workflow import perform
from teams.system import system_actor

if TYPE_CHECKING:
    from teams.models import User

COMPLETE: tuple[Guard, ...] = (
    guards.decision_drafted,
    guards.every_point_found,
    guards.evidence_named,
    guards.shares_complete,
    guards.precedents_considered,
    guards.reasons_given,
    guards.money_valued,
)
"""What the first stage asks of a proposal is asked of an appeal's as well."""

UNUSED = (DecisionStatus.DRAFT, DecisionStatus.PROPOSED, DecisionStatus.RETURNED)


@transaction.atomic
def draft_new_decision(*, appeal: Appeal, actor: "User | Viewer") -> Decision:
    """The draft in hand; findings, shares and remedies go in by ``decide.put_*``.

    Raises ``IllegalMove`` while one is proposed: it is returned first.
    """
    viewer = as_viewer(actor)
    row = reviewed_row(appeal, viewer)
    if row.is_against_refusal or row.new_decision_id is not None:
        raise IllegalMove
    return decide.draft_of(complaint=row.complaint, actor=viewer, on_appeal=True)


@transaction.atomic
def write_new_decision(
    *,
    appeal: Appeal,
    actor: "User | Viewer",
    fields: Mapping[str, Any],
    findings: Iterable[decide.NewFinding],
    shares: dict[str, int],
) -> Decision:
    """Keep what the reviewer wrote into the draft, all of it or nothing."""
    draft = draft_new_decision(appeal=appeal, actor=actor)
    decide.put_fields(draft, **fields)
    for finding in findings:
        decide.put_finding(draft, finding)
    decide.put_shares(draft, shares)
    return draft


@transaction.atomic
def add_new_remedy(
    *, appeal: Appeal, remedy: decide.NewRemedy, actor: "User | Viewer"
) -> Remedy:
    """Put a remedy into the draft. Raises ``InvalidInput``."""
    draft = draft_new_decision(appeal=appeal, actor=actor)
    return decide.put_remedy(draft, remedy)


@transaction.atomic
def drop_new_remedy(*, appeal: Appeal, remedy: Remedy, actor: "User | Viewer") -> None:
    """Take a remedy out of the draft: it is cancelled, its row stays."""
    draft = draft_new_decision(appeal=appeal, actor=actor)
    if remedy.decision_id != draft.pk or remedy.state != RemedyState.PROPOSED:
        raise IllegalMove
    perform(remedy, "cancel", actor=system_actor())


@transaction.atomic
def propose_new_decision(
    *, appeal: Appeal, actor: "User | Viewer", now: datetime | None = None
) -> Decision:
    """Freeze the draft and let those in who must sign it."""
    viewer, moment = as_viewer(actor), now or timezone.now()
    row = reviewed_row(appeal, viewer)
    ask = Ask(viewer, {}, moment)
    refusals = [no for guard in COMPLETE for no in guard(row.complaint, ask)]
    if refusals:
        raise GuardRefused(refusals)
    draft = row.complaint.current_decision(DecisionStatus.DRAFT)
    if draft is None or not draft.on_appeal:
        raise IllegalMove
    draft.status = DecisionStatus.PROPOSED
    draft.proposed_by, draft.proposed_at = viewer.user, moment
    draft.content_hash = draft.current_hash()
    draft.save()
    _attach(appeal, row, draft)
    effects.let_signers_in(draft, by=viewer, now=moment)
    payload = {"appeal": row.pk, "decision": draft.number, "sha256": draft.content_hash}
    record(row, "appeal_decision_proposed", viewer, moment, payload)
    escalate(draft, ties_to(row), now=moment)
    return draft


def _attach(appeal: Appeal, row: Appeal, decision: Decision | None) -> None:
    Appeal.objects.filter(pk=row.pk).update(new_decision=decision)
    appeal.new_decision = row.new_decision = decision


@transaction.atomic
def sign_new_decision(
    *,
    appeal: Appeal,
    actor: "User | Viewer",
    seen: str | None = None,
    now: datetime | None = None,
) -> SignOff:
    """One person's name under exactly what is proposed.

    Never the proposer, never anybody who decided the case before or reports to one.
    ``seen`` is the hash of the decision that was read. Raises ``GuardRefused`` with the
    reasons, or ``Stale`` where another is proposed since.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    row, decision = _proposed(appeal, viewer)
    as_seen(seen, decision.current_hash())
    if refusals := why_not_sign(row, decision, viewer):
        raise GuardRefused(refusals)
    signature = effects.add_signature(decision, viewer, moment)
    payload = {
        "appeal": row.pk,
        "decision": decision.number,
        "capacity": signature.capacity,
        "sha256": signature.content_hash,
    }
    record(row, "appeal_decision_signed", viewer, moment, payload)
    escalate(decision, ties_to(row), now=moment)
    return signature


def _proposed(appeal: Appeal, viewer: Viewer) -> tuple[Appeal, Decision]:
    ledger.lock(appeal.stream)
    row = Appeal.objects.visible_to(viewer).filter(pk=appeal.pk).first()
    if row is None:
        raise NotVisible
    if not signs_off(row.complaint, viewer) and not _leads_appeals(viewer):
        raise NotPermitted
    decision = row.new_decision
    if row.state != AppealState.REVIEWING or decision is None:
        raise IllegalMove
    if decision.status != DecisionStatus.PROPOSED:
        raise IllegalMove
    return row, decision


def _leads_appeals(viewer: Viewer) -> bool:
    from appeals.services.reviewers import may_choose  # noqa: PLC0415

    return may_choose(viewer)


def why_not_sign(appeal: Appeal, decision: Decision, viewer: Viewer) -> list[Refusal]:
    """Why ``viewer`` may not sign the proposal; empty means they may."""
    if decision.proposed_by_id == viewer.user.pk:
        return [Refusal("own_proposal", _("You proposed this decision."))]
    if decision.is_signed_by(viewer.user.pk):
        words = _("You signed off this decision already.")
        return [Refusal("signed_already", words)]
    if decision.capacity_for(viewer) is None:
        words = _("No sign-off that you may give is still open on this decision.")
        return [Refusal("capacity_not_needed", words)]
    return [
        Refusal("not_independent", reason)
        for reason in decider_ties(appeal, viewer.user)
    ]


@transaction.atomic
def return_new_decision(
    *,
    appeal: Appeal,
    comment: str,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> Decision:
    """Give the proposal back: by a signer with a comment, or the reviewer's own."""
    viewer, moment = as_viewer(actor), now or timezone.now()
    if appeal.reviewer_id == viewer.user.pk:
        row, decision = _own_proposal(appeal, viewer)
    else:
        row, decision = _proposed(appeal, viewer)
    _attach(appeal, row, None)
    send_back(row, decision, now=moment)
    ledger.append(
        row.stream,
        ledger.Entry(
            "appeal_decision_returned",
            viewer,
            moment,
            {"appeal": row.pk, "decision": decision.number},
            {"comment": comment} if comment.strip() else {},
        ),
    )
    return decision


def _own_proposal(appeal: Appeal, viewer: Viewer) -> tuple[Appeal, Decision]:
    row = reviewed_row(appeal, viewer)
    decision = row.new_decision
    if decision is None or decision.status != DecisionStatus.PROPOSED:
        raise IllegalMove
    return row, decision


def send_back(row: Appeal, decision: Decision, *, now: datetime) -> None:
    """What was proposed no longer stands; a draft that says the same replaces it."""
    decision.status = DecisionStatus.RETURNED
    decision.save(update_fields=["status", "updated_at"])
    if row.reviewer is not None:
        decide.draft_of(complaint=row.complaint, actor=row.reviewer, on_appeal=True)
    # The copy is made first: it leaves cancelled remedies out.
    effects.move_remedies(decision, "cancel", now=now)
    effects.revoke(decision.complaint, AccessKind.SIGN_OFF, now=now)


def set_aside(appeal: Appeal, *, now: datetime) -> None:
    """Put away what the reviewer drafted and the appeal did not use."""
    rows = appeal.complaint.decisions.filter(on_appeal=True, status__in=UNUSED)
    for decision in rows:
        supersede(decision, now=now)
    effects.revoke(appeal.complaint, AccessKind.SIGN_OFF, now=now)


def supersede(decision: Decision, *, now: datetime) -> None:
    """The decision no longer stands; what it promised and nobody did is cancelled."""
    decision.status = DecisionStatus.SUPERSEDED
    decision.save(update_fields=["status", "updated_at"])
    effects.move_remedies(decision, "cancel", now=now)
