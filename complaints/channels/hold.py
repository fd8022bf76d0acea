"""What people make of held messages: a complaint, an answer to a case, nothing.

Only those who triage may; each decision is an event, of the case or of the day.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints import ledger
from complaints.channels import cases
from complaints.channels.known import way_of
from complaints.channels.outcome import claim, keep
from complaints.channels.phone import recordings
from complaints.channels.reasons import Reason
from complaints.channels.work import Verdict, Work
from complaints.errors import IllegalMove, InvalidInput, NotPermitted, NotVisible
from complaints.masking import holds_mask, mask_all
from complaints.models import Complaint, Message, RawMessage
from complaints.permissions import Viewer, as_viewer
from complaints.states import Channel, Intake
from teams.roles import Perm

if TYPE_CHECKING:
    from teams.models import User

HEARD_WITHIN = 15.0
"""Seconds that a page waits for a recording."""


def accept(
    raw: RawMessage, *, actor: User | Viewer, now: datetime | None = None
) -> Complaint:
    """Open a complaint from a held message, for a customer of its own.

    Raises ``NotPermitted``, or ``IllegalMove`` where somebody decided it already.
    """
    viewer = _triage(actor)
    work = _work(raw, now)
    with _undone(work), transaction.atomic():
        _claim(raw)
        party = cases.party_of(work)
        verdict = cases.open_case(work, party, verified=False)
        _settle(work, verdict, Reason.ACCEPTED, viewer)
        return Complaint.objects.get(raw_messages=raw)


def attach(
    raw: RawMessage,
    complaint: Complaint,
    *,
    actor: User | Viewer,
    now: datetime | None = None,
) -> Message:
    """Add a held message to a case whose status the actor may see.

    Its sender gets nothing by that: no address is added to the case. Raises
    ``NotPermitted``, ``NotVisible`` or ``IllegalMove``.
    """
    viewer = _triage(actor)
    seen = Complaint.objects.status_visible_to(viewer).filter(pk=complaint.pk)
    if not seen.exists():
        raise NotVisible
    work = _work(raw, now)
    with _undone(work), transaction.atomic():
        _claim(raw)
        verdict = cases.append(work, complaint, verified=False)
        _settle(work, verdict, Reason.ATTACHED, viewer)
        return Message.objects.get(raw=raw)


@transaction.atomic
def drop(
    raw: RawMessage,
    reason: str,
    *,
    actor: User | Viewer,
    now: datetime | None = None,
) -> None:
    """Let a held message be; ``reason`` are the actor's words.

    Raises ``NotPermitted`` or ``IllegalMove``.
    """
    viewer = _triage(actor)
    moment = now or timezone.now()
    _claim(raw)
    RawMessage.objects.filter(pk=raw.pk).update(
        outcome=Intake.DROPPED,
        reason=Reason.BY_HAND,
        decided_by=viewer.user,
        decided_at=moment,
    )
    texts = {"reason": reason.strip()} if reason.strip() else {}
    entry = ledger.Entry("held_dropped", viewer, moment, _named(raw), texts)
    ledger.append_of_day(entry)
    raw.refresh_from_db()


def read_bytes(
    raw: RawMessage, *, actor: User | Viewer, now: datetime | None = None
) -> bytes:
    """The message byte for byte; the ledger keeps who took it away.

    Raises ``NotPermitted``, and ``InvalidInput`` ("holds_secret") for one in which
    somebody sent the key to their wallet: nobody gets to read that here.
    """
    viewer, moment = _triage(actor), now or timezone.now()
    inbound = way_of(raw.provider).parse(bytes(raw.raw), raw.account)
    said = (inbound.subject, inbound.text, inbound.full_text)
    if holds_mask(mask_all(said)):
        words = _("It holds what looks like the key to a wallet, so nobody reads it.")
        raise InvalidInput(words, field="raw", code="holds_secret")
    _taken_away(raw, viewer, moment)
    return bytes(raw.raw)


def recordings_of(raw: RawMessage) -> list[str]:
    """What can be heard of a held call, by the provider's own numbers."""
    if raw.provider != Channel.PHONE or raw.reason != Reason.CALL:
        return []
    return recordings.known_of(raw, bytes(raw.raw))


def read_recording(
    raw: RawMessage,
    recording: str,
    *,
    actor: User | Viewer,
    now: datetime | None = None,
) -> bytes:
    """A recording of a held call, so that it can be heard before it is decided.

    Fetched while somebody waits, so only for ``HEARD_WITHIN`` seconds; it is kept once
    the call is on a case. Raises ``NotPermitted``, ``NotVisible`` for a recording of
    another call, and what a sender raises where the provider does not give it.
    """
    viewer, moment = _triage(actor), now or timezone.now()
    if recording not in recordings_of(raw):
        raise NotVisible
    content = recordings.fetched(recording, seconds=HEARD_WITHIN)
    _taken_away(raw, viewer, moment, recording=recording)
    return content


def _taken_away(raw: RawMessage, viewer: Viewer, moment: datetime, **what: str) -> None:
    entry = ledger.Entry("held_taken_away", viewer, moment, _named(raw) | what)
    with transaction.atomic():
        ledger.append(f"reads:message:{raw.pk}", entry)


def _triage(actor: User | Viewer) -> Viewer:
    viewer = as_viewer(actor)
    if not viewer.holds(Perm.TRIAGE):
        raise NotPermitted
    return viewer


def _claim(raw: RawMessage) -> None:
    if not claim(raw, source=Intake.HELD):
        raise IllegalMove


def _work(raw: RawMessage, now: datetime | None) -> Work:
    """The message read again from its bytes, as it was when it came."""
    inbound = way_of(raw.provider).parse(bytes(raw.raw), raw.account)
    return Work(raw, inbound, now or timezone.now())


@contextmanager
def _undone(work: Work) -> Iterator[None]:
    try:
        yield
    except BaseException:
        work.forget_files()
        raise


def _settle(work: Work, verdict: Verdict, reason: str, viewer: Viewer) -> None:
    """Write who decided it, on the row and on the case."""
    keep(work, verdict, reason=reason, decided_by=viewer.user)
    case = verdict.complaint
    if case is not None:
        entry = ledger.Entry(f"held_{reason}", viewer, work.now, _named(work.raw))
        ledger.append(case.stream, entry)
    work.raw.refresh_from_db()


def _named(raw: RawMessage) -> dict[str, Any]:
    return {"raw": raw.pk, "raw_sha256": raw.raw_sha256}
