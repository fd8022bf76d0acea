"""What the outside stage does to its appeal, its case and its award, signed up with the
core."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from appeals.concerned import concerned
from appeals.independence import ties_to
from appeals.models import ArbitratorLink, Referral, ReferralState
from appeals.models.referral import UNDECIDED
from appeals.services.outside import award, carry_out, hearing, objections, refer
from complaints.registry import Done, effect, guard, second_look
from complaints.services.sign_offs import escalate
from complaints.states import DecisionStatus
from complaints.transitions import Ask, Refusal
from complaints.workflow import perform
from teams.system import system_actor

S = ReferralState


def referral_of(appeal: Any) -> Referral | None:
    """The outside stage of an appeal; None before one is referred."""
    return Referral.objects.filter(appeal=appeal).first()


# Guards -------------------------------------------------------------------------------


@guard("appeal", "record_award", "discontinue")
def arbitrators_decide(appeal: Any, ask: Ask) -> Iterator[Refusal]:
    """During a hearing nobody of the house says how or whether it ends."""
    if ask.viewer.is_system:
        return
    row = referral_of(appeal)
    if row is not None and row.state == S.HEARING:
        words = _("The arbitrators make the award or end it on their own page.")
        yield Refusal("hearing_on", words)


@guard("appeal", "close")
def nothing_owed(appeal: Any, _ask: Ask) -> Iterator[Refusal]:
    row = referral_of(appeal)
    if row is None:
        return
    owed = row.state == S.AWARDED and _owes(row)
    if owed or row.state == S.CARRYING_OUT:
        yield Refusal("award_owed", _("The award is not carried out yet."))


def _owes(row: Referral) -> bool:
    made = getattr(row, "award", None)
    return made is not None and bool(made.remedies.exists())


@guard("complaint", "execute_award")
def as_awarded(complaint: Any, _ask: Ask) -> Iterator[Refusal]:
    """No case goes back to its remedies but by an award that is being carried out."""
    if not complaint.referrals.filter(state=S.CARRYING_OUT).exists():
        yield Refusal("no_award", _("No award is being carried out."))


@guard("remedy", "start", "start_by_hand")
def second_hands(remedy: Any, ask: Ask) -> Iterator[Refusal]:
    """Whoever decided first does not pay out what a ruling or an award made of it."""
    if not remedy.decision.on_appeal:
        return
    if ask.viewer.user.pk in concerned(remedy.complaint).deciders:
        words = _("You had part in the decision before this one.")
        yield Refusal("decided_before", words)


# The course of it ---------------------------------------------------------------------


@effect("appeal", "refer")
def open_outside(done: Done) -> None:
    refer.open_referral(done)


@effect("appeal", "record_award")
def follow_award(done: Done) -> None:
    """A body without a link decided; its findings are entered before it is paid."""
    row = referral_of(done.obj)
    if row is not None and row.state == S.OPEN:
        perform(row, "note_award", actor=system_actor(), now=done.now)


@effect("appeal", "discontinue")
def follow_end(done: Done) -> None:
    row = referral_of(done.obj)
    if row is not None and row.state in (S.OPEN, S.HEARING):
        perform(row, "end", actor=system_actor(), now=done.now)


@effect("appeal", "close")
def nothing_to_carry_out(done: Done) -> None:
    row = referral_of(done.obj)
    if row is not None and row.state == S.AWARDED:
        perform(row, "finish", actor=system_actor(), now=done.now)


@effect("referral", "make_award")
def keep_award(done: Done) -> None:
    """The words are sealed, the appeal follows, nobody owes an answer any more."""
    row = done.obj
    made = award.seal(row, now=done.now)
    hearing.end_all(row, now=done.now)
    perform(
        row.appeal,
        "record_award",
        actor=system_actor(),
        now=done.now,
        award=made.summary,
    )
    if not made.remedies.exists():
        perform(row, "finish", actor=system_actor(), now=done.now)


@second_look
def look_at_signers(complaint: Any, now: datetime) -> None:
    """Whether somebody independent is left to sign what an award asks for."""
    for row in complaint.referrals.filter(state=S.AWARDED):
        made = getattr(row, "award", None)
        decision = made.decision if made is not None else None
        if decision is not None and decision.status == DecisionStatus.PROPOSED:
            escalate(decision, ties_to(row.appeal), now=now)


@second_look
def look_at_objections(complaint: Any, now: datetime) -> None:
    """Whether an objection has somebody independent who decides it."""
    for row in complaint.referrals.filter(state__in=UNDECIDED):
        objections.pass_on(row, now=now)


@effect("referral", "carry_out")
def pay_award(done: Done) -> None:
    carry_out.into_ledger(done)


@effect("referral", "end", "note_award", "finish")
def shut_links(done: Done) -> None:
    """Whoever decided has nothing more to read here."""
    rows = ArbitratorLink.objects.filter(seat__referral=done.obj, revoked_at=None)
    rows.update(revoked_at=done.now)
    hearing.end_all(done.obj, now=done.now)


@effect("remedy", "complete", "cancel", "reverse")
def look_at_award(done: Done) -> None:
    rows = Referral.objects.filter(
        award__decision=done.obj.decision_id, state=S.CARRYING_OUT
    )
    for row in rows:
        carry_out.finish_if_done(row, now=done.now)
