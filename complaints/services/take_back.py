"""Taking back what was carried out: asked for with a reason, agreed to by another.

What the ledger paid the ledger takes back, unless it is to be done by hand; what a
person did, a person takes back and records the proof (``reverse``).
"""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints import ledger, payouts, profiles
from complaints.errors import IllegalMove, InvalidInput, NotPermitted, NotVisible
from complaints.models import LIVE_TAKE_BACK, Complaint, Instruction, Remedy
from complaints.permissions import Viewer, as_viewer, executes, leads
from complaints.services.effects import grant, revoke
from complaints.services.orders import note, ring
from complaints.states import (
    AccessKind,
    DecisionStatus,
    OrderKind,
    OrderState,
    RemedyState,
    SignOffRole,
)
from complaints.together import rows_of
from teams.models import Team
from teams.roles import Perm

if TYPE_CHECKING:
    from teams.models import User

REASON_LIMIT = 5_000


def live_of(remedy: Remedy) -> Instruction | None:
    """The taking back that is under way or done."""
    rows = rows_of(remedy.instructions)
    live = (r for r in rows if r.what == OrderKind.TAKE_BACK)
    return next((row for row in live if row.state in LIVE_TAKE_BACK), None)


def was_paid_by_ledger(remedy: Remedy) -> bool:
    return any(
        row.what == OrderKind.PAY and row.state == OrderState.DONE
        for row in rows_of(remedy.instructions)
    )


def may_ask(remedy: Remedy, viewer: Viewer) -> bool:
    """Whoever carries remedies out, or leads the team of the case; once at a time."""
    case = remedy.complaint
    able = executes(case, viewer) or leads(case, viewer)
    done = remedy.state == RemedyState.EXECUTED
    return done and able and not _tied(case, viewer) and live_of(remedy) is None


def may_answer(remedy: Remedy, viewer: Viewer) -> bool:
    """A second person, of the rank that such an amount asks for."""
    row = live_of(remedy)
    if row is None or row.state != OrderState.ASKED:
        return False
    if row.ordered_by_id == viewer.user.pk or _tied(remedy.complaint, viewer):
        return False
    return remedy.decision.may_sign_as(rank_for(remedy), viewer)


def rank_for(remedy: Remedy) -> SignOffRole:
    """The approver where an approver signed for such an amount, else the lead."""
    profile = profiles.by_key(remedy.complaint.profile_key)
    asked = profile.capacities_for(remedy.decision.value)
    above = SignOffRole.APPROVER in asked
    return SignOffRole.APPROVER if above else SignOffRole.LEAD


def _tied(case: Complaint, viewer: Viewer) -> bool:
    return viewer.is_party_to(case) or case.is_conflicted(viewer.user.pk)


@transaction.atomic
def ask_take_back(
    *,
    remedy: Remedy,
    reason: str,
    actor: "User | Viewer",
    by_hand: bool = False,
    now: datetime | None = None,
) -> Instruction:
    """Ask a second person to agree. ``by_hand``: not by the ledger that paid it.

    Raises ``NotVisible``, ``NotPermitted``, ``IllegalMove`` or ``InvalidInput``.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    if not reason.strip() or len(reason) > REASON_LIMIT:
        words = _("Write the reason, in at most 5,000 characters.")
        raise InvalidInput(words, field="reason", code="empty")
    row = _held(remedy, viewer)
    if row.state != RemedyState.EXECUTED or live_of(row) is not None:
        raise IllegalMove
    if not may_ask(row, viewer):
        raise NotPermitted
    asked = Instruction.objects.create(
        remedy=row,
        what=OrderKind.TAKE_BACK,
        key=_key(row),
        state=OrderState.ASKED,
        by_hand=by_hand or not was_paid_by_ledger(row),
        to=_paid_to(row),
        reason=reason.strip(),
        ordered_by=viewer.user,
        ordered_at=moment,
        due_at=moment,
    )
    _let_approvers_in(row, viewer, moment)
    note(row, "take_back_asked", viewer, moment, reason=asked.reason)
    return asked


@transaction.atomic
def answer_take_back(
    *,
    remedy: Remedy,
    agreed: bool,
    actor: "User | Viewer",
    words: str = "",
    now: datetime | None = None,
) -> None:
    """Agree, so that it is taken back, or decline with a reason.

    Raises ``NotVisible``, ``NotPermitted``, ``IllegalMove`` or ``InvalidInput``.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    row = _held(remedy, viewer)
    asked = live_of(row)
    if asked is None or asked.state != OrderState.ASKED:
        raise IllegalMove
    if not may_answer(row, viewer):
        raise NotPermitted
    if not agreed and not words.strip():
        raise InvalidInput(_("Say why not."), field="words", code="empty")
    state = _state_after(asked, agreed)
    Instruction.objects.filter(pk=asked.pk, state=OrderState.ASKED).update(
        state=state, answered_by=viewer.user, answered_at=moment, due_at=moment
    )
    _follow(row, state, viewer, moment)
    what = "take_back_agreed" if agreed else "take_back_declined"
    note(row, what, viewer, moment, reason=words.strip())


def _state_after(asked: Instruction, agreed: bool) -> OrderState:
    if not agreed:
        return OrderState.DECLINED
    by_hand = asked.by_hand or not payouts.is_set_up()
    return OrderState.AGREED if by_hand else OrderState.WAITING


def _follow(remedy: Remedy, state: OrderState, viewer: Viewer, now: datetime) -> None:
    """Wake the worker, or let those in who take it back by hand."""
    case = remedy.complaint
    if case.current_decision(DecisionStatus.PROPOSED) is None:
        revoke(case, AccessKind.SIGN_OFF, now=now)
    if state == OrderState.WAITING:
        ring()
    elif state == OrderState.AGREED:
        _let_in(remedy, AccessKind.EXECUTION, Perm.EXECUTE, viewer, now)


def _let_approvers_in(remedy: Remedy, viewer: Viewer, now: datetime) -> None:
    if rank_for(remedy) == SignOffRole.APPROVER:
        _let_in(remedy, AccessKind.SIGN_OFF, Perm.SIGN_APPROVER, viewer, now)


def _let_in(
    remedy: Remedy, kind: AccessKind, codename: str, viewer: Viewer, now: datetime
) -> None:
    desk = Team.objects.get(code="desk")
    case = remedy.complaint
    grant(case, kind, by=viewer, now=now, team=desk, codename=codename)


def _held(remedy: Remedy, viewer: Viewer) -> Remedy:
    """The remedy as it is now, held until the transaction ends."""
    ledger.lock(remedy.stream)
    rows = Remedy.objects.visible_to(viewer).select_related("complaint", "decision")
    row = rows.filter(pk=remedy.pk).first()
    if row is None:
        raise NotVisible
    return row


def _key(remedy: Remedy) -> str:
    """A new one each time: what was declined or refused is another order."""
    earlier = remedy.instructions.filter(what=OrderKind.TAKE_BACK).count()
    return f"{remedy.payout.idempotency_key}-back-{earlier + 1}"


def _paid_to(remedy: Remedy) -> str:
    paid = remedy.instructions.filter(what=OrderKind.PAY).first()
    return paid.to if paid else remedy.destination
