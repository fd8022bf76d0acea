"""A panel of three: called for an amount or a principle, filled by load among those who
are independent, and asked for its votes."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appeals import panel
from appeals.independence import dependence, free_reviewers
from appeals.models import Appeal, PanelReason, PanelSeat, Vote
from appeals.seen import as_seen
from appeals.services.reviewers import bar, let_out, may_choose, router
from appeals.services.ruling import TEXT_LIMIT
from complaints import ledger, notifications
from complaints.errors import (
    GuardRefused,
    IllegalMove,
    InvalidInput,
    NotPermitted,
    NotVisible,
)
from complaints.permissions import Viewer, as_viewer
from complaints.registry import Done
from complaints.services.effects import grant
from complaints.states import AccessKind, AppealState
from complaints.transitions import Refusal

if TYPE_CHECKING:
    from teams.models import User

OPEN = (AppealState.ADMITTED, AppealState.REVIEWING)


def at_stake(appeal: Any) -> Decimal:
    """What the case is about, in the reporting currency."""
    decided = appeal.decision.value if appeal.decision else Decimal(0)
    return max(appeal.complaint.reporting_value or Decimal(0), decided)


def call_for_amount(appeal: Any, *, now: datetime) -> None:
    """Where as much is at stake as ``APPEAL_PANEL_FROM``; inside the admission."""
    if not panel.is_panel(appeal) and at_stake(appeal) >= settings.APPEAL_PANEL_FROM:
        _call(appeal, PanelReason.AMOUNT, router(), now)


@transaction.atomic
def call_panel(
    *,
    appeal: Appeal,
    reason: str,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> Appeal:
    """For a principle: by the reviewer, the appeals lead or the head.

    Raises ``NotVisible``, ``NotPermitted``, ``IllegalMove`` or ``InvalidInput``.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    row = _row(appeal, viewer)
    if row.reviewer_id != viewer.user.pk and not may_choose(viewer):
        raise NotPermitted
    if row.state not in OPEN or panel.is_panel(row):
        raise IllegalMove
    said = _text(reason)
    _call(row, PanelReason.PRINCIPLE, viewer, moment, reason=said)
    return row


def _call(
    appeal: Any, why: PanelReason, viewer: Viewer, now: datetime, reason: str = ""
) -> None:
    appeal.panel_why = why
    Appeal.objects.filter(pk=appeal.pk).update(panel_why=why)
    texts = {"reason": reason} if reason else {}
    facts = {"appeal": appeal.pk, "why": why}
    entry = ledger.Entry("panel_called", viewer, now, facts, texts)
    ledger.append(appeal.stream, entry)
    fill(appeal, now=now)


def fill(appeal: Any, *, now: datetime) -> int:
    """Put independent people on the empty seats; how many stay empty. That is told to
    the head instead of choosing somebody who is not."""
    taken = {row.seat for row in panel.members(appeal)}
    empty = [seat for seat in panel.SEATS if seat not in taken]
    known = set(appeal.seats.values_list("user_id", flat=True)) | {appeal.reviewer_id}
    chosen = free_reviewers(appeal, now, but=known)
    for seat, user in zip(empty, chosen, strict=False):
        _seat(appeal, seat, user, now)
    missing = len(empty) - min(len(empty), len(chosen))
    if missing:
        facts = {"appeal": appeal.pk, "missing": missing}
        _announce(appeal, "no_panel_member", facts, now)
    return missing


def _seat(appeal: Any, seat: int, user: "User", now: datetime) -> None:
    made = PanelSeat.objects.create(appeal=appeal, user=user, seat=seat, seated_at=now)
    grant(appeal.complaint, AccessKind.APPEAL, by=router(), now=now, user=user)
    facts = {"appeal": appeal.pk, "member": user.pk, "seat": seat}
    _announce(appeal, "panel_member_chosen", facts, now, member=made.user)


def _announce(
    appeal: Any, what: str, facts: dict[str, Any], now: datetime, **fields: Any
) -> None:
    viewer = router()
    event = ledger.append(appeal.stream, ledger.Entry(what, viewer, now, facts))
    notifications.announce(Done.of_event(appeal, event, viewer, **fields))


@transaction.atomic
def fill_again(
    *, appeal: Appeal, actor: "User | Viewer", now: datetime | None = None
) -> int:
    """Look once more for members; by the appeals lead or the head."""
    viewer = as_viewer(actor)
    row = _row(appeal, viewer)
    if not may_choose(viewer):
        raise NotPermitted
    if row.state not in OPEN or not panel.is_panel(row):
        raise IllegalMove
    return fill(row, now=now or timezone.now())


# A member -----------------------------------------------------------------------------


@transaction.atomic
def vote(
    *,
    appeal: Appeal,
    agrees: bool,
    reasons: str,
    actor: "User | Viewer",
    seen: str | None = None,
    now: datetime | None = None,
) -> PanelSeat:
    """Say yes or no to exactly the ruling that stands there; a no gives its reasons.

    ``seen`` is the hash of the ruling that was read. Raises ``Stale`` where it was
    changed since, ``GuardRefused`` for whoever is not independent any more.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    row, seat = _own_seat(appeal, viewer)
    if row.state != AppealState.REVIEWING or not panel.is_ready(row):
        raise IllegalMove(_("There is no whole ruling to vote on yet."))
    ties = [Refusal("not_independent", why) for why in dependence(row, viewer.user)]
    if ties:
        raise GuardRefused(ties)
    as_seen(seen, panel.ruling_hash(row))
    seat.vote = Vote.AGREES if agrees else Vote.DISSENTS
    seat.reasons = _text(reasons, needed=not agrees)
    seat.voted_at, seat.ruling_sha256 = moment, panel.ruling_hash(row)
    seat.save(update_fields=["vote", "reasons", "voted_at", "ruling_sha256"])
    facts = {"appeal": row.pk, "seat": seat.seat, "vote": seat.vote}
    facts["sha256"] = seat.ruling_sha256
    texts = {"reasons": seat.reasons} if seat.reasons else {}
    ledger.append(row.stream, ledger.Entry("panel_voted", viewer, moment, facts, texts))
    return seat


@transaction.atomic
def step_back(
    *,
    appeal: Appeal,
    reason: str,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> None:
    """A member recuses themselves: barred from the case, somebody else is seated."""
    viewer, moment = as_viewer(actor), now or timezone.now()
    row, seat = _own_seat(appeal, viewer)
    if row.state not in OPEN:
        raise IllegalMove
    said = _text(reason)
    bar(row, viewer.user, by=viewer, now=moment)
    leave(row, seat, by=viewer, now=moment, reason=said)


def leave(
    appeal: Any, seat: PanelSeat, *, by: Viewer, now: datetime, reason: str = ""
) -> None:
    """Free a seat and fill it again; the vote goes with whoever leaves."""
    PanelSeat.objects.filter(pk=seat.pk).update(left_at=now)
    facts = {"appeal": appeal.pk, "member": seat.user_id, "seat": seat.seat}
    texts = {"reason": reason} if reason else {}
    ledger.append(
        appeal.stream, ledger.Entry("panel_member_left", by, now, facts, texts)
    )
    let_out(appeal, seat.user, now=now)
    fill(appeal, now=now)


def _row(appeal: Appeal, viewer: Viewer) -> Appeal:
    ledger.lock(appeal.stream)
    row = Appeal.objects.visible_to(viewer).filter(pk=appeal.pk).first()
    if row is None:
        raise NotVisible
    return row


def _own_seat(appeal: Appeal, viewer: Viewer) -> tuple[Appeal, PanelSeat]:
    row = _row(appeal, viewer)
    seats = PanelSeat.objects.filter(appeal=row, user=viewer.user, left_at=None)
    seat = seats.select_related("user").first()
    if seat is None:
        raise NotPermitted
    return row, seat


def _text(text: str, *, needed: bool = True) -> str:
    kept = text.strip()
    if needed and not kept:
        words = _("Write something first.")
        raise InvalidInput(words, field="reasons", code="empty")
    if len(kept) > TEXT_LIMIT:
        words = _("This is longer than we can keep (20,000 characters).")
        raise InvalidInput(words, field="reasons", code="too_long")
    return kept
