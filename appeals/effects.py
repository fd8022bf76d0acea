"""What an appeal does to its complaint, signed up with the core."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appeals import subject
from appeals.independence import hearing_ties, independent_reviewer, ties_to
from appeals.models import Appeal
from appeals.services import new_decision, panel, reviewers
from appeals.services.lodge import start_clock
from complaints import timing
from complaints.models import Complaint, Conflict, ConflictKind, Decision
from complaints.permissions import viewer_of
from complaints.registry import Done, answer, effect, guard, second_look
from complaints.services import correspond, effects
from complaints.services.sign_offs import escalate
from complaints.states import (
    AccessKind,
    AppealState,
    DecisionStatus,
    RemedyState,
    RulingOutcome,
    State,
    Step,
)
from complaints.transitions import Ask, Refusal
from complaints.workflow import perform
from teams.models import User
from teams.roles import Perm
from teams.system import system_actor

CHANGING = (RulingOutcome.VARIED, RulingOutcome.OVERTURNED)
PROMISED = (RemedyState.APPROVED, RemedyState.ACCEPTED)


@answer("appeal_exhausted")
def appeal_exhausted(complaint: Any) -> bool:
    return subject.exhausted(complaint)


# Guards on the complaint --------------------------------------------------------------


@guard("complaint", "close", "lodge_appeal")
def nothing_pending(complaint: Any, _ask: Ask) -> Iterator[Refusal]:
    """No case closes, and no second appeal starts, while one is open."""
    if subject.living(complaint) is not None:
        yield Refusal("appeal_open", _("An appeal or referral is still open."))


@guard("complaint", "lodge_appeal")
def something_decided(complaint: Any, _ask: Ask) -> Iterator[Refusal]:
    if subject.last_word(complaint) is None:
        yield Refusal("never_decided", _("Nothing was decided yet."))


@guard("complaint", "conclude_appeal")
def as_ruled(complaint: Any, ask: Ask) -> Iterator[Refusal]:
    """A complaint leaves its appeal by the way that the appeal opened, and no other."""
    appeal = complaint.appeals.order_by("-pk").first()
    if appeal is None or appeal.state not in subject.CONCLUDED:
        yield Refusal("not_concluded", _("The appeal is not concluded."))
    elif ask.complete and ask.fields.get("result") != subject.result_of(appeal):
        yield Refusal("not_as_ruled", _("This is not what the ruling leads to."))


@guard("appeal", "rule")
def nothing_being_paid(appeal: Any, _ask: Ask) -> Iterator[Refusal]:
    """What is being paid under the first decision is finished before it is replaced."""
    replaced = appeal.outcome in (*CHANGING, RulingOutcome.REMITTED)
    paying = Q(state=RemedyState.EXECUTING)
    if replaced and appeal.complaint.remedies.filter(paying).exists():
        yield Refusal(
            "remedy_in_progress",
            _("A remedy of the first decision is being carried out; wait for it."),
        )


# The course of an appeal --------------------------------------------------------------


@effect("appeal", "admit")
def begin_review(done: Done) -> None:
    _stop(done, Step.APPEAL_ADMIT)
    start_clock(done.obj, Step.APPEAL_RULE, now=done.now)
    if done.obj.reviewer_id is None:
        reviewers.give_reviewer(done.obj, now=done.now)
    panel.call_for_amount(done.obj, now=done.now)


@effect("appeal", "recuse")
def replace_reviewer(done: Done) -> None:
    """Somebody else starts afresh: nothing of the first reviewer's work stands."""
    reviewers.bar(done.obj, done.viewer.user, by=done.viewer, now=done.now)
    _start_afresh(done.obj, done.viewer.user, now=done.now)


@second_look
def look_at_appeal(complaint: Any, now: datetime) -> None:
    """Another reviewer where the present one fell out, or where there was none and
    now somebody can; else who is left to sign.

    Nobody falls out of a review but by leaving, or by being too close to the case.
    """
    appeal = subject.living(complaint)
    if appeal is None or not appeal.in_hand:
        return
    _look_at_seats(appeal, now)
    reviewer, decision = appeal.reviewer, appeal.new_decision
    if reviewer is not None and _fell_out(appeal, reviewer):
        _start_afresh(appeal, reviewer, now=now)
    elif reviewer is None and independent_reviewer(appeal, now) is not None:
        reviewers.give_reviewer(appeal, now=now)
    elif decision is not None and decision.status == DecisionStatus.PROPOSED:
        escalate(decision, ties_to(appeal), now=now)


def _look_at_seats(appeal: Any, now: datetime) -> None:
    for seat in appeal.seats.filter(left_at=None).select_related("user"):
        if _fell_out(appeal, seat.user):
            panel.leave(appeal, seat, by=reviewers.router(), now=now)


def _fell_out(appeal: Any, reviewer: User) -> bool:
    hears = viewer_of(reviewer).holds(Perm.REVIEW_APPEALS)
    return not hears or any(hearing_ties(appeal, reviewer))


def _start_afresh(appeal: Any, reviewer: User, *, now: datetime) -> None:
    reviewers.let_out(appeal, reviewer, now=now)
    new_decision.set_aside(appeal, now=now)
    blank: dict[str, Any] = dict.fromkeys(
        ("outcome", "ruling_summary", "ruling_reasons", "lesson"), ""
    )
    blank["new_decision"] = None
    Appeal.objects.filter(pk=appeal.pk).update(**blank)
    appeal.grounds.update(accepted=None, answer="")
    for name, value in blank.items():
        setattr(appeal, name, value)
    reviewers.give_reviewer(appeal, now=now)


@effect("appeal", "reject_late")
def end_late(done: Done) -> None:
    """The customer is told why in the reviewer's own words."""
    _stop(done, Step.APPEAL_ADMIT)
    _conclude(done)
    correspond.reply(
        complaint=done.obj.complaint,
        text=done.fields["explanation"],
        actor=system_actor(),
        now=done.now,
    )
    reviewers.let_all_out(done.obj, now=done.now)


@effect("appeal", "withdraw")
def end_withdrawn(done: Done) -> None:
    """The case goes back, unless it was the case itself that was withdrawn."""
    _stop(done, Step.APPEAL_ADMIT, Step.APPEAL_RULE)
    new_decision.set_aside(done.obj, now=done.now)
    if done.obj.complaint.state == State.APPEALED:
        _conclude(done)
    reviewers.let_all_out(done.obj, now=done.now)


@effect("appeal", "rule")
def carry_out_ruling(done: Done) -> None:
    appeal = done.obj
    _stop(done, Step.APPEAL_RULE)
    Appeal.objects.filter(pk=appeal.pk).update(ruled_at=done.now)
    appeal.ruled_at = done.now
    if appeal.decision is not None and appeal.outcome in CHANGING:
        _replace(done, appeal.decision, appeal.new_decision)
    else:
        new_decision.set_aside(appeal, now=done.now)
    if appeal.outcome == RulingOutcome.REMITTED:
        new_decision.supersede(appeal.decision, now=done.now)
        _bar_proposer(done, appeal.decision)
    _conclude(done)


@effect("appeal", "close")
def end_access(done: Done) -> None:
    reviewers.let_all_out(done.obj, now=done.now)


def _replace(done: Done, first: Decision, new: Decision) -> None:
    """The new decision takes the place of the first and of what it still promised."""
    complaint = done.obj.complaint
    new_decision.supersede(first, now=done.now)
    effects.approve_remedies(new, by=done.viewer, now=done.now)
    Complaint.objects.filter(pk=complaint.pk).update(cause=new.cause)
    effects.revoke(complaint, AccessKind.SIGN_OFF, now=done.now)


def _bar_proposer(done: Done, decision: Decision) -> None:
    """Whoever proposed what was set aside does not investigate it again."""
    Conflict.objects.get_or_create(
        complaint=done.obj.complaint,
        user=decision.proposed_by,
        kind=ConflictKind.EARLIER_STAGE,
        lifted_at=None,
        defaults={"recorded_by": done.viewer.user, "recorded_at": done.now},
    )


def _conclude(done: Done) -> None:
    perform(
        done.obj.complaint,
        "conclude_appeal",
        actor=system_actor(),
        now=done.now,
        result=subject.result_of(done.obj),
    )


def _stop(done: Done, *steps: Step) -> None:
    complaint, number = done.obj.complaint, str(done.obj.pk)
    for step in steps:
        timing.stop_subject(complaint, step, number, now=done.now)
    timing.refresh_next_due(complaint)


# The complaint moves with it ----------------------------------------------------------


@effect("complaint", "withdraw")
def withdraw_appeal_too(done: Done) -> None:
    """Whoever takes the complaint back takes the appeal back as well."""
    word = done.fields.get("customer_word")
    extra = {"customer_word": word} if word else {}
    for appeal in done.obj.appeals.filter(
        state__in=(AppealState.LODGED, AppealState.ADMITTED, AppealState.REVIEWING)
    ):
        perform(appeal, "withdraw", actor=done.viewer, now=done.now, **extra)


@effect("complaint", "conclude_appeal")
def go_on(done: Done) -> None:
    """What the first stage wrote down about its end no longer holds."""
    complaint = done.obj
    fresh = {"closing_reason": ""} if done.target != complaint.state_before else {}
    if done.target == State.RECEIVED:
        fresh["refusal_ground"] = ""
        # The limit of the law has run since receipt; the appeal does not extend it.
        timing.start(complaint, (Step.STATUTORY_DECISION,), now=done.now)
    if fresh:
        Complaint.objects.filter(pk=complaint.pk).update(**fresh)
        for name, value in fresh.items():
            setattr(complaint, name, value)
    if complaint.remedies.filter(state__in=PROMISED).exists():
        timing.start(complaint, (Step.EXECUTE_REMEDY,), now=done.now)
    timing.refresh_next_due(complaint)
