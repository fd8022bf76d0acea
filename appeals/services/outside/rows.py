"""What the services of the outside stage share: row held, text checked, event."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from appeals.models import ArbitratorSeat, Referral
from appeals.seated import SeatViewer
from appeals.services.reviewers import may_choose, router
from complaints import ledger, notifications
from complaints.errors import InvalidInput, NotPermitted, NotVisible
from complaints.models import Event
from complaints.permissions import Viewer, hears_appeals
from complaints.registry import Done

TEXT_LIMIT = 20_000


def held(referral: Referral, viewer: Viewer) -> Referral:
    """The row as it is now, while its case stands still. Raises ``NotVisible``."""
    ledger.lock(referral.stream)
    rows = Referral.objects.visible_to(viewer).filter(pk=referral.pk)
    row = rows.select_related("complaint__customer", "appeal").first()
    if row is None:
        raise NotVisible
    return row


def managed(referral: Referral, viewer: Viewer) -> Referral:
    """The same for the appeals lead, the head of complaints, or the system."""
    row = held(referral, viewer)
    if not may_choose(viewer):
        raise NotPermitted
    return row


def heard(referral: Referral, viewer: Viewer) -> Referral:
    """The same for whoever hears appeals; they answer for the exchange."""
    row = held(referral, viewer)
    if not may_answer(row, viewer):
        raise NotPermitted
    return row


def may_answer(referral: Referral, viewer: Viewer) -> bool:
    """Whether ``viewer`` speaks for the exchange there."""
    return hears_appeals(referral, viewer) or may_choose(viewer)


def own_seat(referral: Referral, viewer: Viewer) -> tuple[Referral, ArbitratorSeat]:
    """The row and the seat of the arbitrator who acts, accepted and not left."""
    if not isinstance(viewer, SeatViewer):
        raise NotPermitted
    row = held(referral, viewer)
    seats = row.seats.filter(pk=viewer.seat_pk, left_at=None)
    seat = seats.select_related("arbitrator").first()
    if seat is None:
        raise NotPermitted
    return row, seat


def written(
    text: str, field: str, *, needed: bool = True, most: int = TEXT_LIMIT
) -> str:
    """The text as it is kept. Raises ``InvalidInput``."""
    kept = text.strip()
    if needed and not kept:
        raise InvalidInput(_("Write something first."), field=field, code="empty")
    if len(kept) > most or "\x00" in kept:
        words = _("This is longer than we can keep (%(most)s characters).")
        limit = {"most": f"{most:,}"}
        raise InvalidInput(words % limit, field=field, code="too_long")
    return kept


def record(
    referral: Referral,
    what: str,
    viewer: Viewer,
    now: datetime,
    payload: Mapping[str, Any] | None = None,
    texts: Mapping[str, str] | None = None,
    **fields: Any,
) -> Event:
    """One event on the case's stream, told to whom it concerns."""
    facts = {"referral": referral.pk, **(payload or {})}
    entry = ledger.Entry(what, viewer, now, facts, texts or {})
    event = ledger.append(referral.stream, entry)
    notifications.announce(Done.of_event(referral, event, viewer, **fields))
    return event


__all__ = ["heard", "held", "managed", "own_seat", "record", "router", "written"]
