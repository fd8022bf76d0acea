"""From the award to the remedy ledger: prepared, signed by others, carried out.

Nothing of the award is decided again. What the sign-offs say is that exactly what was
awarded is what will be paid, at this rate: so they are those of the amount's band, by
people who did not prepare it.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appeals.award_words import award_hash, outcome_of
from appeals.independence import decider_ties, ties_to
from appeals.models import Award, AwardedRemedy, Referral, ReferralState
from appeals.seen import as_seen
from appeals.services import new_decision
from appeals.services.outside.rows import heard, held, record
from appeals.services.reviewers import may_choose
from complaints import timing
from complaints.errors import GuardRefused, IllegalMove, InvalidInput, NotPermitted
from complaints.models import Decision, SignOff
from complaints.permissions import Viewer, as_viewer, signs_off
from complaints.profiles.base import REPORTING_CURRENCY
from complaints.registry import Done
from complaints.services import decide, effects
from complaints.services.sign_offs import escalate
from complaints.states import Cause, DecisionStatus, Responsibility, Step
from complaints.transitions import Refusal
from complaints.workflow import perform
from teams.system import system_actor

if TYPE_CHECKING:
    from teams.models import User


@transaction.atomic
def prepare(
    *,
    referral: Referral,
    rates: Mapping[int, Decimal],
    actor: "User | Viewer",
    now: datetime | None = None,
) -> Decision:
    """Write the award into a decision of ours, to be signed off as it stands.

    ``rates`` are the reporting currency per unit of the asset, by number of the
    awarded remedy. Raises ``IllegalMove`` where there is nothing to carry out.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    row = heard(referral, viewer)
    award = _award(row)
    if row.state != ReferralState.AWARDED or award.decision_id is not None:
        raise IllegalMove
    if not award.points.exists() and not award.remedies.exists():
        raise IllegalMove(_("Enter the findings of the award first."))
    if refusals := _ties(row, viewer):
        raise GuardRefused(refusals)
    decision = _draft(row, award, viewer)
    for owed in award.remedies.all():
        _put(decision, owed, rates, moment)
    decision.status, decision.proposed_at = DecisionStatus.PROPOSED, moment
    decision.proposed_by = viewer.user
    decision.content_hash = decision.current_hash()
    decision.save()
    Award.objects.filter(pk=award.pk).update(decision=decision)
    award.decision = decision
    effects.let_signers_in(decision, by=viewer, now=moment)
    facts = {"decision": decision.number, "sha256": decision.content_hash}
    facts["award_sha256"] = award_hash(award)
    record(row, "award_prepared", viewer, moment, facts)
    escalate(decision, ties_to(row.appeal), now=moment)
    return decision


def _ties(referral: Referral, viewer: Viewer) -> list[Refusal]:
    """Whoever decided first, or reports to one, has no hand in what is paid now."""
    reasons = decider_ties(referral.appeal, viewer.user)
    return [Refusal("not_independent", reason) for reason in reasons]


def _award(referral: Referral) -> Award:
    award: Award | None = getattr(referral, "award", None)
    if award is None:
        raise IllegalMove
    return award


def _draft(referral: Referral, award: Award, viewer: Viewer) -> Decision:
    case = referral.complaint
    newest = case.decisions.order_by("-number").first()
    draft = Decision.objects.create(
        complaint=case,
        number=(newest.number if newest else 0) + 1,
        on_appeal=True,
        language=case.language,
        drafted_by=viewer.user,
        outcome=outcome_of(award),
        summary=award.summary,
        reasons=award.reasons,
        precedents_seen=True,
        cause=case.cause or Cause.NONE_FOUND,
    )
    for found in award.points.select_related("point"):
        finding = decide.NewFinding(
            point=found.point,
            outcome=found.finding,
            reasons=found.reasons,
            rule=str(_("Award of an outside body")),
            no_evidence=True,
        )
        decide.put_finding(draft, finding)
    decide.put_shares(draft, {Responsibility.UNDETERMINED: 100})
    return draft


def _put(
    decision: Decision,
    owed: AwardedRemedy,
    rates: Mapping[int, Decimal],
    now: datetime,
) -> None:
    rate = rates.get(owed.number)
    if owed.is_money and owed.asset == REPORTING_CURRENCY:
        rate = Decimal(1)
    if owed.is_money and rate is None:
        words = _("Enter the rate to the reporting currency.")
        raise InvalidInput(words, field=f"rate_{owed.number}")
    remedy = decide.NewRemedy(
        kind=owed.kind,
        description=owed.description,
        amount=owed.amount,
        asset=owed.asset,
        rate=rate,
        rate_at=now if owed.is_money else None,
    )
    decide.put_remedy(decision, remedy)


@transaction.atomic
def sign(
    *,
    referral: Referral,
    actor: "User | Viewer",
    seen: str | None = None,
    now: datetime | None = None,
) -> SignOff:
    """One person's name under what will be paid.

    Never whoever prepared it, decided the case before or reports to one who did.
    ``seen`` is the hash of what was read. Raises ``Stale`` where it was put back and
    prepared anew since.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    row, decision = _proposed(referral, viewer)
    as_seen(seen, decision.current_hash())
    if refusals := why_not_sign(row, decision, viewer):
        raise GuardRefused(refusals)
    signature = effects.add_signature(decision, viewer, moment)
    facts = {"capacity": signature.capacity, "sha256": signature.content_hash}
    record(row, "award_signed", viewer, moment, facts)
    escalate(decision, ties_to(row.appeal), now=moment)
    return signature


def _proposed(referral: Referral, viewer: Viewer) -> tuple[Referral, Decision]:
    row = held(referral, viewer)
    if not signs_off(row.complaint, viewer) and not may_choose(viewer):
        raise NotPermitted
    decision = _award(row).decision
    if row.state != ReferralState.AWARDED or decision is None:
        raise IllegalMove
    return row, decision


def why_not_sign(
    referral: Referral, decision: Decision, viewer: Viewer
) -> list[Refusal]:
    """Why ``viewer`` may not sign; empty means they may."""
    if decision.proposed_by_id == viewer.user.pk:
        return [Refusal("own_proposal", _("You prepared this."))]
    if decision.is_signed_by(viewer.user.pk):
        words = _("You signed off this decision already.")
        return [Refusal("signed_already", words)]
    if decision.capacity_for(viewer) is None:
        words = _("No sign-off that you may give is still open on this decision.")
        return [Refusal("capacity_not_needed", words)]
    return _ties(referral, viewer)


@transaction.atomic
def withdraw(
    *, referral: Referral, actor: "User | Viewer", now: datetime | None = None
) -> None:
    """What was prepared is wrong: it is put away, and prepared anew."""
    viewer, moment = as_viewer(actor), now or timezone.now()
    row = heard(referral, viewer)
    award = _award(row)
    if row.state != ReferralState.AWARDED or award.decision is None:
        raise IllegalMove
    new_decision.supersede(award.decision, now=moment)
    Award.objects.filter(pk=award.pk).update(decision=None)
    effects.revoke(row.complaint, "sign_off", now=moment)
    record(row, "award_put_back", viewer, moment, {"decision": award.decision.number})


def into_ledger(done: Done) -> None:
    """What ``carry_out`` does: remedies approved, the complaint in ``remedying``."""
    row, decision = done.obj, _award(done.obj).decision
    if decision is None:
        raise IllegalMove
    case = row.complaint
    for older in case.decisions.filter(status=DecisionStatus.ISSUED):
        new_decision.supersede(older, now=done.now)
    effects.approve_remedies(decision, by=done.viewer, now=done.now)
    effects.revoke(case, "sign_off", now=done.now)
    perform(case, "execute_award", actor=system_actor(), now=done.now)
    comply_by = _award(row).comply_by
    if comply_by is not None:
        last = datetime.combine(comply_by, time(23, 59), UTC)
        timing.dated_clock(
            case,
            Step.OUTSIDE,
            started_at=done.now,
            due_at=max(last, done.now),
            subject=f"a{row.pk}",
        ).save()
        timing.refresh_next_due(case)
    finish_if_done(row, now=done.now)


def finish_if_done(referral: Referral, *, now: datetime) -> None:
    """With the last remedy settled the award is carried out."""
    award: Award | None = getattr(referral, "award", None)
    if award is None or referral.state != ReferralState.CARRYING_OUT:
        return
    decision = award.decision
    owed = decision.remedies.filter(state__in=UNSETTLED) if decision else None
    if owed is None or owed.exists():
        return
    perform(referral, "finish", actor=system_actor(), now=now)
    timing.stop_subject(
        referral.complaint,
        Step.OUTSIDE,
        f"a{referral.pk}",
        now=now,
        record_miss=True,
    )
    timing.refresh_next_due(referral.complaint)


UNSETTLED = ("proposed", "approved", "offered", "accepted", "executing", "failed")
