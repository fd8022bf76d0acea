"""Information barriers: put up, let in and out, written behind, taken down.

Whatever happens behind a barrier is an event of the barrier's own stream, so neither
the story of the case nor its version, dates and counts change. What was written there
stays there when it is taken down; only what stood in the open before comes back.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from complaints import ledger
from complaints.errors import IllegalMove, InvalidInput, NotPermitted, NotVisible
from complaints.masking import mask
from complaints.models import (
    CaseAccess,
    Complaint,
    Event,
    Evidence,
    InformationBarrier,
    Message,
)
from complaints.outbox import staff_notice
from complaints.permissions import Viewer, as_viewer, of_others
from complaints.services import search
from complaints.services.consult import end_all
from complaints.states import AccessKind, Barrier
from teams.models.user import UserKind
from teams.roles import Perm

if TYPE_CHECKING:
    from teams.models import User

RIGHTS: Mapping[str, tuple[str, ...]] = {
    Barrier.INSIDER: (Perm.SIGN_COMPLIANCE, Perm.HEAD),
    Barrier.PRIVILEGE: (Perm.SIGN_LEGAL,),
    Barrier.SUSPICION: (Perm.SIGN_COMPLIANCE,),
}
"""Which permission, on any team, puts up, runs and takes down a barrier."""

LIST = "admin:complaints_complaint_restricted"
SHORTEST_REASON = 10
LIMIT = 20_000


def kinds_for(viewer: Viewer) -> list[str]:
    """The kinds of barrier that ``viewer`` may put up."""
    return [kind for kind in RIGHTS if may_run(kind, viewer)]


def may_run(kind: str, viewer: Viewer) -> bool:
    return any(viewer.holds(codename) for codename in RIGHTS[kind])


# Up ---------------------------------------------------------------------------------


@transaction.atomic
def put_up(
    *,
    complaint: Complaint,
    kind: str,
    reason: str,
    actor: "User | Viewer",
    whole: bool = False,
    now: datetime | None = None,
) -> InformationBarrier:
    """Put a barrier up; whoever does so is inside. One that was taken down goes up
    again with what it holds.

    Whoever has the right reaches every case that is not hidden from them already.
    Raises ``NotVisible``, ``NotPermitted``, ``InvalidInput`` or ``IllegalMove``.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    if kind not in RIGHTS or not may_run(kind, viewer):
        raise NotPermitted
    _ask_reached(complaint, viewer)
    _ask_fit(complaint, viewer.user)
    text = _reason(reason)
    if kind == Barrier.SUSPICION and whole:
        raise InvalidInput(
            _("A suspicion report hides itself alone: a hidden case would tell."),
            field="whole",
        )
    barrier = _raise(complaint, kind, whole, text, viewer, moment)
    facts = {"complaint": complaint.pk, "kind": kind, "whole": whole}
    _record(barrier, "barrier_raised", viewer, moment, facts, {"reason": text})
    _give_pass(barrier, viewer.user, viewer, moment)
    if whole:
        _hide(complaint, kind, viewer, moment)
    return barrier


def _ask_reached(complaint: Complaint, viewer: Viewer) -> None:
    rows = Complaint.objects.filter(pk=complaint.pk)
    free = rows.filter(of_others(viewer), barrier=Barrier.NONE)
    if not free.exists() and not rows.visible_to(viewer).exists():
        raise NotVisible


def _ask_fit(complaint: Complaint, user: "User") -> None:
    """Nobody inside is the customer or has a conflict of interest in the case."""
    own = complaint.customer.user_id == user.pk
    spoken_for = complaint.is_spoken_for_by(user.pk)
    if own or spoken_for or complaint.is_conflicted(user.pk):
        raise InvalidInput(
            _("A conflict of interest keeps this person outside."), field="user"
        )


def _reason(reason: str) -> str:
    text = reason.strip()
    if len(text) < SHORTEST_REASON:
        raise InvalidInput(_("Write down why, in a sentence."), field="reason")
    return text


def _raise(
    complaint: Complaint,
    kind: str,
    whole: bool,
    reason: str,
    viewer: Viewer,
    now: datetime,
) -> InformationBarrier:
    """A new row, or the one that was taken down. Held by the stream of the case."""
    ledger.lock(complaint.stream)
    rows = InformationBarrier.objects.filter(complaint=complaint)
    if whole and rows.filter(whole=True, lifted_at=None).exists():
        raise IllegalMove(_("This case stands behind a barrier already."))
    known = rows.filter(kind=kind, whole=whole).first()
    if known is None:
        return InformationBarrier.objects.create(
            complaint=complaint,
            kind=kind,
            whole=whole,
            reason=reason,
            raised_by=viewer.user,
            raised_at=now,
        )
    if known.lifted_at is None:
        raise IllegalMove(_("There is such a barrier already; ask to be let in."))
    known.lifted_at, known.reason = None, reason
    known.raised_by, known.raised_at = viewer.user, now
    known.save()
    return known


def _hide(complaint: Complaint, kind: str, viewer: Viewer, now: datetime) -> None:
    """Out with everybody who saw the case by a share, and off with their dates."""
    complaint.barrier = kind
    Complaint.objects.filter(pk=complaint.pk).update(barrier=kind)
    end_all(complaint, now=now)
    broken = CaseAccess.objects.filter(
        complaint=complaint, kind=AccessKind.BREAK_GLASS, revoked_at=None
    )
    broken.update(revoked_at=now)


# In and out -------------------------------------------------------------------------


@transaction.atomic
def let_in(
    *,
    barrier: InformationBarrier,
    user: "User",
    actor: "User | Viewer",
    now: datetime | None = None,
) -> CaseAccess:
    """Let one of our people through; they are told that something waits for them."""
    viewer, moment = as_viewer(actor), now or timezone.now()
    _ask_runs(barrier, viewer)
    if user.kind != UserKind.STAFF or not user.is_active:
        raise InvalidInput(_("Choose somebody who works here."), field="user")
    _ask_fit(barrier.complaint, user)
    if passes(barrier).filter(user=user).exists():
        raise InvalidInput(_("This person is inside already."), field="user")
    access = _give_pass(barrier, user, viewer, moment)
    event = _record(barrier, "barrier_let_in", viewer, moment, {"user": user.pk})
    _tell(user, f"{event.stream}#{event.seq}", moment)
    return access


def passes(barrier: InformationBarrier) -> Any:
    """The live passes through a barrier."""
    return CaseAccess.every.filter(behind=barrier, revoked_at=None)


def _give_pass(
    barrier: InformationBarrier, user: "User", by: Viewer, now: datetime
) -> CaseAccess:
    return CaseAccess.every.create(
        complaint=barrier.complaint,
        kind=barrier.pass_kind,
        user=user,
        behind=barrier,
        granted_by=by.user,
        granted_at=now,
    )


def _tell(user: "User", cause: str, now: datetime) -> None:
    """Names no case and hangs on none: a list of notices tells nothing either."""
    with override(user.language):
        staff_notice(
            key=cause,
            user=user,
            subject=str(_("A restricted file waits for you")),
            body=f"{_('You were let in.')}\n\n{settings.SITE_URL}{reverse(LIST)}\n",
            complaint=None,
            now=now,
        )


@transaction.atomic
def let_out(
    *,
    barrier: InformationBarrier,
    user: "User",
    actor: "User | Viewer",
    now: datetime | None = None,
) -> None:
    """Take a pass back; it works at once. Whoever runs it does not leave last."""
    viewer, moment = as_viewer(actor), now or timezone.now()
    _ask_runs(barrier, viewer)
    if user.pk == viewer.user.pk:
        raise InvalidInput(_("Let somebody else do that."), field="user")
    if not passes(barrier).filter(user=user).update(revoked_at=moment):
        raise IllegalMove(_("This person is not inside."))
    _record(barrier, "barrier_let_out", viewer, moment, {"user": user.pk})


def ask_inside(barrier: InformationBarrier, viewer: Viewer) -> None:
    """Raise ``NotVisible`` for everybody outside."""
    rows = InformationBarrier.objects.visible_to(viewer).filter(pk=barrier.pk)
    if not rows.exists():
        raise NotVisible


def _ask_runs(barrier: InformationBarrier, viewer: Viewer) -> None:
    ask_inside(barrier, viewer)
    if not may_run(barrier.kind, viewer):
        raise NotPermitted
    if barrier.lifted_at is not None:
        raise IllegalMove(_("This barrier was taken down."))


# Behind it ----------------------------------------------------------------------------


@transaction.atomic
def write(
    *,
    barrier: InformationBarrier,
    text: str,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> Message:
    """Keep a note that nobody outside ever meets."""
    viewer, moment = as_viewer(actor), now or timezone.now()
    ask_inside(barrier, viewer)
    if not text.strip() or len(text) > LIMIT:
        raise InvalidInput(_("Write up to 20,000 characters."), field="text")
    message = Message.every.create(
        complaint=barrier.complaint,
        behind=barrier,
        direction="internal",
        channel="portal",
        author=viewer.user,
        author_role=viewer.role,
        text=mask(text.strip()),
        language=viewer.user.language,
        at=moment,
    )
    _record(barrier, "barrier_note", viewer, moment, {"message": message.pk})
    return message


@transaction.atomic
def move_behind(
    *,
    barrier: InformationBarrier,
    row: Message | Evidence,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> None:
    """Take a note or file of the case out of everybody's sight but theirs inside.

    Not behind a suspicion report: what vanishes is missed. A letter or message that
    the customer has is theirs, so of messages only notes can be moved.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    _ask_runs(barrier, viewer)
    note = isinstance(row, Evidence) or row.direction == "internal"
    if barrier.kind == Barrier.SUSPICION or not note:
        raise InvalidInput(_("This cannot be moved behind the barrier."), field="row")
    table: Any = type(row)
    rows = table.objects.filter(pk=row.pk, complaint=barrier.complaint)
    if rows.update(behind=barrier) != 1:
        raise NotVisible
    search.refresh(barrier.complaint)
    facts = {table._meta.model_name: row.pk}
    _record(barrier, "barrier_moved", viewer, moment, facts)


def notes(barrier: InformationBarrier) -> Any:
    """The notes behind a barrier, newest first; the caller asked who is inside."""
    rows = Message.every.filter(behind=barrier).select_related("author")
    return rows.order_by("-at", "-pk")


def files(barrier: InformationBarrier) -> Any:
    """The files behind a barrier, in their order."""
    rows = Evidence.every.filter(behind=barrier).select_related("added_by")
    return rows.order_by("number")


# Down ---------------------------------------------------------------------------------


@transaction.atomic
def take_down(
    *,
    barrier: InformationBarrier,
    reason: str,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> None:
    """End the barrier: the case, and what was moved behind it, are seen as before.

    What was written inside stays sealed, and every pass ends.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    _ask_runs(barrier, viewer)
    text = _reason(reason)
    _bring_back(barrier)
    passes(barrier).update(revoked_at=moment)
    barrier.lifted_at = moment
    barrier.save(update_fields=["lifted_at"])
    if barrier.whole:
        rows = Complaint.objects.filter(pk=barrier.complaint_id)
        rows.update(barrier=Barrier.NONE)
    _record(barrier, "barrier_lifted", viewer, moment, {}, {"reason": text})


def _bring_back(barrier: InformationBarrier) -> None:
    moved = Event.objects.filter(stream=barrier.stream, what="barrier_moved")
    payloads = list(moved.values_list("payload", flat=True))
    for table in (Message, Evidence):
        name = str(table._meta.model_name)
        keys = [payload[name] for payload in payloads if name in payload]
        table.every.filter(pk__in=keys, behind=barrier).update(behind=None)
    if payloads:
        search.refresh(barrier.complaint)


def _record(
    barrier: InformationBarrier,
    what: str,
    viewer: Viewer,
    now: datetime,
    facts: Mapping[str, Any],
    texts: Mapping[str, str] | None = None,
) -> Event:
    entry = ledger.Entry(what, viewer, now, facts, texts or {})
    return ledger.append(barrier.stream, entry)
