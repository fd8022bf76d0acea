"""The telephone in: a call waits for somebody to write it down, a text joins its case.

The number that is shown is easily forged. So a text joins a case only where we write
to that number for one single case, and it is marked as unproven; nothing is told to
anybody because of a number.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings

from complaints.channels import cases
from complaints.channels.inbound import Inbound
from complaints.channels.phone import pictures, recordings, told
from complaints.channels.phone.told import PROVIDER, Told
from complaints.channels.pipeline import take_in as pipeline_take_in
from complaints.channels.reasons import Reason
from complaints.channels.work import Taken, Verdict, Way, Work, dropped, held
from complaints.models import Complaint, RawMessage
from complaints.permissions import Viewer
from complaints.states import OPEN_STATES, Channel

RECEIVED = ("", "received", "receiving")
"""``SmsStatus`` of a message that came to us; others are news of one we sent."""


def receive(raw: bytes, news: Told) -> Taken:
    """Take the news in. Of several that come first at one moment one is the record of
    the call; another, which took itself for that as well, is taken in by its own key.
    """
    taken = _take_in(raw, news)
    first = taken.raw_message
    if first.external_id == news.call and first.raw_sha256 != _digest(raw):
        return _take_in(raw, news)
    return taken


def _take_in(raw: bytes, news: Told) -> Taken:
    return pipeline_take_in(
        raw,
        provider=PROVIDER,
        account=settings.TWILIO_ACCOUNT_SID,
        external_id=_key(raw, news),
    )


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _key(raw: bytes, news: Told) -> str:
    """The first news of a call is its record; what follows has keys of its own."""
    if news.message:
        status = news.fields.get("SmsStatus", "")
        return news.message if status in RECEIVED else f"{news.message}:{status}"[:128]
    first = _rows(news.call).only("raw_sha256").first()
    if first is None or first.raw_sha256 == _digest(raw):
        return news.call
    status = news.recording or news.fields.get("CallStatus", "")
    return f"{news.call}:{status}"[:128]


def _rows(key: str) -> Any:
    account = settings.TWILIO_ACCOUNT_SID
    return RawMessage.objects.filter(
        provider=PROVIDER, account=account, external_id=key
    )


def read(raw: bytes, account: str) -> Inbound:
    return told.inbound_of(told.read(raw), raw, account)


def decide(work: Work) -> Verdict:
    news = told.read(work.inbound.raw)
    if news.message:
        return _text(work, news)
    if work.raw.external_id == news.call and news.rings:
        return held(Reason.CALL, **_facts(news))
    if news.is_recorded:
        _attach(work, news)
    return dropped(Reason.CALL_EVENT, **_facts(news))


def _facts(news: Told) -> dict[str, str]:
    """What is worth being seen beside the message."""
    names = ("CallStatus", "CallDuration", "RecordingDuration")
    given = {name: news.fields.get(name, "")[:20] for name in names}
    return {
        "call": news.call,
        **{name: value for name, value in given.items() if value},
    }


def _attach(work: Work, news: Told) -> None:
    """A recording that is ready after its call was written down goes to that case.

    The row of the call is held meanwhile: whoever writes it down at this moment either
    sees this recording, or is seen by it.
    """
    call = _rows(news.call).select_for_update().first()
    if call is not None and call.complaint is not None:
        recordings.owe(call, call.complaint, news.recording, work.now)


def _text(work: Work, news: Told) -> Verdict:
    if news.fields.get("SmsStatus", "") not in RECEIVED:
        return dropped(Reason.CALL_EVENT)
    if news.fields.get("OptOutType"):
        return dropped(Reason.OPT_OUT)
    if not news.number:
        return held(Reason.NO_SENDER)
    if not work.inbound.text.strip() and not news.pictures:
        return held(Reason.EMPTY)
    found = _cases_of(work, news.number)
    if len(found) != 1:
        return held(Reason.AMBIGUOUS if found else Reason.NO_CASE)
    return cases.append(work, found[0], verified=False)


def _cases_of(work: Work, number: str) -> list[Complaint]:
    """Open cases that came by phone and of which we write to this number."""
    rows = Complaint.objects.visible_to(Viewer(user=work.actor))
    mine = rows.filter(
        channel=Channel.PHONE,
        state__in=OPEN_STATES,
        customer__contacts__provider=PROVIDER,
        customer__contacts__value=number,
    )
    return list(mine.select_related("customer").distinct()[:2])


def settled(work: Work, verdict: Verdict) -> None:
    recordings.settled(work, verdict)
    pictures.settled(work, verdict)


WAY = Way(
    provider=PROVIDER,
    external_id=lambda raw: _key(raw, told.read(raw)),
    parse=read,
    decide=decide,
    settled=settled,
)
