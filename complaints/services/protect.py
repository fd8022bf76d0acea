"""Protection: asked for, interim measures, conflicts of interest, break-glass."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints import ledger, notifications, outbox, timing
from complaints.errors import (
    IllegalMove,
    InvalidInput,
    NotPermitted,
    NotVisible,
)
from complaints.models import (
    CaseAccess,
    Complaint,
    Conflict,
    InterimMeasure,
    ProtectionRequest,
)
from complaints.models.access import ConflictKind
from complaints.permissions import (
    Viewer,
    as_viewer,
    customer_self,
    imposes_interim,
    is_open,
    leads,
)
from complaints.registry import Done, look_again
from complaints.states import AccessKind, Barrier, InterimKind, Step

if TYPE_CHECKING:
    from teams.models import User

BREAK_GLASS = timedelta(hours=1)


# Asked by the customer ----------------------------------------------------------------


@transaction.atomic
def ask_protection(
    *,
    complaint: Complaint,
    kind: str,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> ProtectionRequest:
    """Have security protect the account; asked twice, the first one stands.

    The shortest of all limits runs from here, so the case tops the queue of the
    security team. Raises ``NotPermitted``, ``IllegalMove`` or ``InvalidInput``.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    if not customer_self(complaint, viewer):
        raise NotPermitted
    if not is_open(complaint):
        raise IllegalMove
    if kind not in InterimKind.values:
        raise InvalidInput(_("This is not one of the choices."), field="kind")
    ledger.lock(complaint.stream)
    asked, made = ProtectionRequest.objects.get_or_create(
        complaint=complaint,
        answered_at=None,
        defaults={"kind": kind, "asked_by": viewer.user, "asked_at": moment},
    )
    if made:
        _ring(asked, viewer, moment)
    return asked


def _ring(asked: ProtectionRequest, viewer: Viewer, now: datetime) -> None:
    complaint, subject = asked.complaint, str(asked.pk)
    payload = {"request": asked.pk, "kind": asked.kind}
    ledger.append(
        complaint.stream, ledger.Entry("protection_asked", viewer, now, payload)
    )
    timing.new_clock(complaint, Step.PROTECT, now=now, subject=subject).save()
    timing.refresh_next_due(complaint)
    outbox.sound_alarm(complaint, cause=f"protection:{subject}", now=now)


@transaction.atomic
def decline_protection(
    *,
    request: ProtectionRequest,
    reason: str,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> None:
    """Say why no measure is needed, in words that the customer reads."""
    viewer, moment = as_viewer(actor), now or timezone.now()
    if not imposes_interim(request.complaint, viewer):
        raise NotPermitted
    _ask_seen(request.complaint, viewer)
    if not reason.strip():
        raise InvalidInput(_("Say why, in words for the customer."), field="reason")
    if not _answer(request.complaint, viewer, moment, declined=reason.strip()):
        raise IllegalMove(_("This request was answered already."))
    ledger.append(
        request.complaint.stream,
        ledger.Entry(
            "protection_declined",
            viewer,
            moment,
            {"request": request.pk},
            {"reason": reason.strip()},
            customer_texts=frozenset({"reason"}),
        ),
    )
    timing.refresh_next_due(request.complaint)


def _answer(
    complaint: Complaint, viewer: Viewer, now: datetime, **answer: object
) -> bool:
    """Answer what the customer asked for, if anything waits; stops its clock."""
    waiting = ProtectionRequest.objects.filter(complaint=complaint, answered_at=None)
    changed = waiting.update(answered_by=viewer.user, answered_at=now, **answer)
    if changed:
        timing.stop(complaint, (Step.PROTECT,), now=now)
    return bool(changed)


@transaction.atomic
def note_seen(
    *, complaint: Complaint, actor: "User | Viewer", now: datetime | None = None
) -> None:
    """Somebody of security says that they are on it: the customer who asked may know.

    Raises ``NotPermitted``, ``NotVisible``, or ``IllegalMove`` where nothing waits that
    nobody has taken on.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    if not imposes_interim(complaint, viewer):
        raise NotPermitted
    _ask_seen(complaint, viewer)
    waiting = ProtectionRequest.objects.filter(
        complaint=complaint, answered_at=None, seen_at=None
    )
    if not waiting.update(seen_by=viewer.user, seen_at=moment):
        raise IllegalMove(_("Somebody is on it already."))
    entry = ledger.Entry("protection_seen", viewer, moment)
    ledger.append(complaint.stream, entry)


# Taken by security --------------------------------------------------------------------


def impose(
    *,
    complaint: Complaint,
    kind: str,
    reason: str,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> InterimMeasure:
    """Protect the account at once; the customer is told, a second reviews it."""
    viewer, moment = as_viewer(actor), now or timezone.now()
    if not imposes_interim(complaint, viewer):
        raise NotPermitted
    _ask_seen(complaint, viewer)
    if not is_open(complaint):
        raise IllegalMove
    if kind not in InterimKind.values:
        raise InvalidInput(_("This is not one of the choices."), field="kind")
    try:
        return _impose(complaint, kind, reason, viewer, moment)
    except IntegrityError:
        raise IllegalMove(_("This measure is in force already.")) from None


@transaction.atomic
def _impose(
    complaint: Complaint, kind: str, reason: str, viewer: Viewer, now: datetime
) -> InterimMeasure:
    measure = InterimMeasure.objects.create(
        complaint=complaint, kind=kind, imposed_by=viewer.user, imposed_at=now
    )
    event = ledger.append(
        complaint.stream,
        ledger.Entry(
            "interim_imposed",
            viewer,
            now,
            {"measure": measure.pk, "kind": kind},
            {"reason": reason} if reason else {},
        ),
    )
    clock = timing.new_clock(
        complaint, Step.INTERIM_REVIEW, now=now, subject=str(measure.pk)
    )
    clock.save()
    _answer(complaint, viewer, now, measure=measure)
    timing.refresh_next_due(complaint)
    fields = {"measure": measure}
    state = complaint.state
    notifications.announce(
        Done(complaint, "interim_imposed", viewer, fields, now, event, state, state)
    )
    return measure


@transaction.atomic
def review_interim(
    *,
    measure: InterimMeasure,
    upheld: bool,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> InterimMeasure:
    """The second look, never by whoever imposed it; not upheld means lifted."""
    viewer, moment = as_viewer(actor), now or timezone.now()
    if not imposes_interim(measure.complaint, viewer):
        raise NotPermitted
    if measure.imposed_by_id == viewer.user.pk:
        raise NotPermitted(_("You imposed this measure; a second person reviews it."))
    _review(measure, viewer, moment, upheld=upheld)
    measure.refresh_from_db()
    return measure


def _review(
    measure: InterimMeasure, viewer: Viewer, now: datetime, *, upheld: bool
) -> None:
    complaint, subject = measure.complaint, str(measure.pk)
    changed = InterimMeasure.objects.filter(pk=measure.pk, reviewed_at=None).update(
        reviewed_by=viewer.user,
        reviewed_at=now,
        upheld=upheld,
        lifted_at=None if upheld else now,
    )
    if not changed:
        raise IllegalMove(_("This measure was reviewed already."))
    payload = {"measure": measure.pk, "upheld": upheld}
    entry = ledger.Entry("interim_reviewed", viewer, now, payload)
    ledger.append(complaint.stream, entry)
    timing.stop_subject(complaint, Step.INTERIM_REVIEW, subject, now=now)
    timing.refresh_next_due(complaint)


@transaction.atomic
def record_conflict(
    *,
    complaint: Complaint,
    user: "User",
    kind: str,
    reason: str,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> Conflict:
    """Name somebody who may not touch the case; anybody may name themselves."""
    viewer, moment = as_viewer(actor), now or timezone.now()
    itself = viewer.user.pk == user.pk
    if not itself and not leads(complaint, viewer) and not viewer.is_system:
        raise NotPermitted
    if kind not in ConflictKind.values:
        raise InvalidInput(_("This is not one of the choices."), field="kind")
    by = {"reason": reason, "recorded_by": viewer.user, "recorded_at": moment}
    conflict, made = Conflict.objects.get_or_create(
        complaint=complaint, user=user, kind=kind, lifted_at=None, defaults=by
    )
    if made:
        payload = {"user": user.pk, "kind": kind}
        entry = ledger.Entry("conflict", viewer, moment, payload)
        ledger.append(complaint.stream, entry)
        look_again(complaint, moment)
    return conflict


@transaction.atomic
def break_glass(
    *, reference: str, reason: str, actor: "User", now: datetime | None = None
) -> CaseAccess:
    """Let a superuser into one case for an hour, with a reason, on the ledger."""
    viewer, moment = as_viewer(actor), now or timezone.now()
    if not actor.is_superuser or not actor.is_active:
        raise NotPermitted
    if len(reason.strip()) < 10:
        raise InvalidInput(_("Write down why you must see this case."), field="reason")
    complaint = Complaint.objects.filter(reference=reference).first()
    if complaint is None or complaint.barrier != Barrier.NONE:
        raise NotVisible
    access = CaseAccess.objects.create(
        complaint=complaint,
        kind=AccessKind.BREAK_GLASS,
        user=actor,
        granted_by=actor,
        granted_at=moment,
        until=moment + BREAK_GLASS,
    )
    ledger.append(
        complaint.stream,
        ledger.Entry(
            "break_glass", viewer, moment, {"access": access.pk}, {"reason": reason}
        ),
    )
    return access


def _ask_seen(complaint: Complaint, viewer: Viewer) -> None:
    if not Complaint.objects.visible_to(viewer).filter(pk=complaint.pk).exists():
        raise NotVisible
