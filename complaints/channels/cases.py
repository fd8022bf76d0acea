"""What a message becomes on a case; the same for every channel."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext, override

from complaints import ledger
from complaints.channels.inbound import Attachment, Inbound
from complaints.channels.safetext import one_line
from complaints.channels.work import Verdict, Work
from complaints.masking import mask
from complaints.models import Complaint, Message, Party
from complaints.permissions import Viewer
from complaints.services import correspond, evidence, handles, intake
from complaints.services.correspond import MESSAGE_LIMIT
from complaints.services.evidence import Upload
from complaints.services.intake import DESCRIPTION_LIMIT, Filing
from complaints.states import Channel, Intake

OPENED_A_DAY = 10
"""Complaints that one sender may open in 24 hours before a person looks."""

QUOTE_KEPT = 500
"""From so many trimmed characters on, the whole text of a first mail is a file."""

CUT = "\n[…]"


def opened_today(work: Work) -> int:
    """How many complaints the same claimed sender opened in the last 24 hours.

    In plain SQL: asked of every message, and the index ``raw_message_sender`` answers.
    """
    sender = work.inbound.sender
    since = connection.ops.adapt_datetimefield_value(work.now - timedelta(hours=24))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM complaints_rawmessage WHERE lower(sender) = lower(%s)"
            " AND provider = %s AND outcome = %s AND decided_at > %s",
            [
                one_line(sender.address or sender.handle, 254),
                work.raw.provider,
                Intake.OPENED.value,
                since,
            ],
        )
        return int(cursor.fetchone()[0])


def party_of(work: Work) -> Party:
    """Who the sender is to the register: the customer behind an account on a
    platform, and for a mail or a call always a new one (an address or the number
    that is shown proves nothing)."""
    inbound, sender = work.inbound, work.inbound.sender
    language = inbound.language or "en"
    if inbound.provider == Channel.PHONE:
        return handles.caller(sender.handle, name=sender.called, language=language)
    if sender.handle:
        speaker = handles.guest_of(
            inbound.provider, sender.handle, name=sender.called, language=language
        )
        return speaker.party
    address = sender.address[:254]
    return intake.guest_party(email=address, name=sender.called, language=language)


def open_case(work: Work, party: Party, *, verified: bool, **given: Any) -> Verdict:
    """Register the message as a complaint of ``party``.

    ``given`` are fields of the ``Filing`` that are known better than from the message.
    """
    inbound = work.inbound
    viewer = _speaker(work, party.pk, None)
    said = said_in(inbound, DESCRIPTION_LIMIT)
    known: dict[str, Any] = {
        "customer": party,
        "channel": work.raw.provider,
        "subject": inbound.subject or said[:200],
        "description": said,
        "language": inbound.language or "en",
        "received_at": work.received_at,
        "idempotency_key": work.raw.external_id,
        "key_scope": work.raw.provider,
    }
    complaint = intake.file_complaint(
        filing=Filing(**known | given),
        actor=viewer,
        now=work.now,
        beside=lambda new: _origin(work, new, Intake.OPENED, verified),
    )
    files = (*inbound.attachments, *_whole_text(inbound, said))
    _add_files(work, complaint, files)
    return Verdict(Intake.OPENED, complaint=complaint)


def append(work: Work, complaint: Complaint, *, verified: bool) -> Verdict:
    """Add the message to what the customer said; to the survivor of a merged case."""
    said = said_in(work.inbound, MESSAGE_LIMIT, complaint.language)
    message = correspond.customer_writes(
        complaint=complaint,
        text=said,
        actor=_speaker(work, complaint.customer_id, complaint.pk),
        channel=work.raw.provider,
        raw=work.raw,
        full_text=work.inbound.full_text,
        verified=verified,
        now=work.now,
        beside=lambda case: _origin(work, case, Intake.APPENDED, verified),
    )
    survivor = message.complaint
    _add_files(work, survivor, work.inbound.attachments, message)
    return Verdict(Intake.APPENDED, complaint=survivor, message=message)


def said_in(inbound: Inbound, limit: int, language: str = "") -> str:
    """The text for the case, within ``limit`` characters and never empty."""
    text = inbound.text.strip()
    if not text:
        with override(language or inbound.language or "en"):
            return gettext("The message has no text; see the files that came with it.")
    return text if len(text) <= limit else text[: limit - len(CUT)] + CUT


def _whole_text(inbound: Inbound, said: str) -> tuple[Attachment, ...]:
    """What a first mail quotes can be the matter itself: kept as a file."""
    if len(inbound.full_text) - len(said) < QUOTE_KEPT:
        return ()
    content = mask(inbound.full_text).encode("utf-8", "replace")
    return (Attachment.of(content, name="message.txt", content_type="text/plain"),)


def _speaker(work: Work, party_id: int, complaint_id: int | None) -> Viewer:
    """The channel, as the mouth of this customer on this case and no other."""
    only = frozenset(() if complaint_id is None else (complaint_id,))
    parties = frozenset({party_id})
    return Viewer(user=work.actor, parties=parties, only=only, at=work.now)


def _add_files(
    work: Work,
    complaint: Complaint,
    files: tuple[Attachment, ...],
    message: Message | None = None,
) -> None:
    viewer = _speaker(work, complaint.customer_id, complaint.pk)
    for file in files:
        stored = evidence.add_evidence(
            complaint=complaint,
            upload=Upload(file.name, file.content),
            actor=viewer,
            source=work.raw.provider,
            message=message,
            unchecked_type=True,
            now=work.now,
        )
        work.files.append(stored)


def _origin(
    work: Work, complaint: Complaint, outcome: str, verified: bool
) -> ledger.Entry:
    """What ties the case to the bytes it came from, by their hash."""
    payload = {
        "raw": work.raw.pk,
        "raw_sha256": work.raw.raw_sha256,
        "outcome": str(outcome),
        "verified": verified,
    }
    viewer = _speaker(work, complaint.customer_id, complaint.pk)
    return ledger.Entry("taken_in", viewer, work.now, payload)
