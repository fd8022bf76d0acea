"""Pictures of text messages (MMS), which Twilio keeps until they are fetched.

The address is made of our account and the SIDs of message and picture; one that a
request names is never called. Twilio leads on to where it keeps them
(twilio.com/docs/messaging/api/media-resource).
"""

from __future__ import annotations

from django.conf import settings

from complaints.channels import files, media, outgoing
from complaints.channels.phone import told
from complaints.channels.phone.outbound import api
from complaints.channels.work import Verdict, Work
from complaints.models import Outbox
from complaints.outbox import Undeliverable
from complaints.services.evidence import FILE_LIMIT

CHANNEL = "mms-file"


def settled(work: Work, verdict: Verdict) -> None:
    """The text is on a case now: have its pictures fetched."""
    news = told.read(work.inbound.raw)
    if verdict.complaint is None:
        return
    for number, picture in enumerate(news.pictures, start=1):
        files.owe(
            work.raw,
            verdict.complaint,
            channel=CHANNEL,
            address=f"{news.message}/{picture.sid}",
            name=f"picture-{number}{picture.ending}",
            key=picture.sid,
            now=work.now,
        )


def fetch(row: Outbox) -> None:
    """Fetch one picture into its case. Raises as a sender does."""
    if not settings.TWILIO_ACCOUNT_SID:
        raise Undeliverable("Twilio is not configured.", final=True)
    message, _slash, picture = row.recipient.partition("/")
    content = outgoing.fetch(
        api(f"Messages/{message}/Media/{picture}"),
        limit=FILE_LIMIT,
        onward=lambda url: media.is_at(url, settings.TWILIO_MEDIA),
        auth=(settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN),
    )
    files.keep(row, content, provider=told.PROVIDER)
