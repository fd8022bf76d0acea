"""Recordings of calls, which Twilio keeps until they are fetched.

The address is made of our account and the recording's SID; one that a request names
is never called.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from complaints.channels import files, outgoing
from complaints.channels.phone import told
from complaints.channels.phone.outbound import api
from complaints.channels.work import Verdict, Work
from complaints.models import Complaint, Outbox, RawMessage
from complaints.outbox import Undeliverable
from complaints.services.evidence import FILE_LIMIT
from complaints.states import EvidenceKind

CHANNEL = "recording"


def settled(work: Work, verdict: Verdict) -> None:
    """The call is on a case now: have its recordings fetched."""
    if verdict.complaint is None:
        return
    for recording in known_of(work.raw, work.inbound.raw):
        owe(work.raw, verdict.complaint, recording, work.now)


def known_of(call: RawMessage, raw: bytes) -> list[str]:
    """The recordings of a call that are ready, by their SIDs; ``raw`` are its bytes."""
    news = told.read(raw)
    if not news.call:
        return []
    known = {news.recording} if news.is_recorded else set()
    rows = RawMessage.objects.filter(
        provider=told.PROVIDER,
        account=call.account,
        external_id__startswith=f"{news.call}:RE",
    )
    for row in rows:
        later = told.read(bytes(row.raw))
        known |= {later.recording} if later.is_recorded else set()
    return sorted(known)


def owe(call: RawMessage, complaint: Complaint, recording: str, now: datetime) -> None:
    """Have one recording fetched into the case, once."""
    files.owe(
        call,
        complaint,
        channel=CHANNEL,
        address=recording,
        name=f"call-{recording[-8:]}.mp3",
        key=recording,
        now=now,
    )


def fetch(row: Outbox) -> None:
    """Fetch one recording into its case. Raises as a sender does."""
    content = fetched(row.recipient)
    files.keep(row, content, provider=told.PROVIDER, kind=EvidenceKind.OTHER)


def fetched(recording: str, *, seconds: float = outgoing.LONGEST) -> bytes:
    """The MP3 of a recording, from Twilio's own address. Raises as a sender does."""
    if not settings.TWILIO_ACCOUNT_SID:
        raise Undeliverable("Twilio is not configured.", final=True)
    url = api(f"Recordings/{recording}.mp3")
    auth = (settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN)
    return outgoing.fetch(url, limit=FILE_LIMIT, seconds=seconds, auth=auth)
