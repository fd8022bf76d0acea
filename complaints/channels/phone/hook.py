"""``/hooks/phone/``: what Twilio calls, for calls, recordings and text messages."""

from __future__ import annotations

from datetime import timedelta
from xml.sax.saxutils import escape, quoteattr

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, override

from complaints.channels.phone import inbound, signature, told
from complaints.channels.phone.told import Told
from complaints.channels.webhook import (
    HMAC_SHA1,
    Malformed,
    Refused,
    ask_header,
    hook,
    problem,
    refuse_replay,
)

SIGNATURE = "X-Twilio-Signature"

VOICES = {"en": "en-GB", "zh-hans": "cmn-CN"}
"""Our language -> the one that Twilio reads aloud in."""

TRIES_FOR = timedelta(hours=24)
"""Twilio gives up within seconds (``tt``, 15,000 ms at most), but a call may last a
whole day, and news of it that read the same are one to us.
Source: https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides"""

LONGEST = 600
"""Seconds of a message that a caller leaves."""


def begin(request: HttpRequest) -> HttpResponse | None:
    """What brings no signature is not read."""
    if not (settings.TWILIO_ACCOUNT_SID and settings.TWILIO_AUTH_TOKEN):
        return problem(404, "not_configured")
    ask_header(request, SIGNATURE, HMAC_SHA1)
    return None


@hook("POST", first=begin)
def receive(request: HttpRequest, body: bytes) -> HttpResponse:
    """Take one request in, and tell Twilio what to do with a call that rings.

    The address that was signed is the public one of ``SITE_URL``: behind a proxy the
    request itself knows another.
    """
    account, token = settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN
    given = ask_header(request, SIGNATURE)
    try:
        fields = told.pairs(body)
    except told.NotTold:
        raise Refused from None
    url = address() + _query(request)
    if not signature.is_signed(given, url, fields, token):
        raise Refused
    if dict(fields).get("AccountSid") != account:
        raise Refused
    try:
        news = told.read(body)
    except told.NotTold:
        raise Malformed from None
    refuse_replay([inbound.receive(body, news)], tries_for=TRIES_FOR)
    return HttpResponse(_script(news), content_type="text/xml; charset=utf-8")


def address() -> str:
    """Where Twilio is told to call us."""
    return f"{settings.SITE_URL}/hooks/phone/"


def _query(request: HttpRequest) -> str:
    query = request.META.get("QUERY_STRING", "")
    return f"?{query}" if query else ""


def _script(news: Told) -> str:
    """TwiML: put a ringing call through, or let the caller leave a message."""
    rings = news.call and news.rings and news.fields.get("CallStatus") == "ringing"
    if not rings or news.recording:
        return "<Response/>"
    back = quoteattr(address())
    if settings.TWILIO_FORWARD_TO:
        number = escape(settings.TWILIO_FORWARD_TO)
        act = (
            f'<Dial record="record-from-answer" recordingStatusCallback={back}>'
            f"<Number>{number}</Number></Dial>"
        )
        return f"<Response>{_spoken(through=True)}{act}</Response>"
    act = (
        f'<Record maxLength="{LONGEST}" action={back} recordingStatusCallback={back}/>'
    )
    return f"<Response>{_spoken(through=False)}{act}</Response>"


def _spoken(*, through: bool) -> str:
    return "".join(_say(language, through=through) for language in VOICES)


def _say(language: str, *, through: bool) -> str:
    with override(language):
        words = (
            gettext("This is the complaint desk. The call is recorded.")
            if through
            else gettext(
                "This is the complaint desk. Nobody can take the call now. After the "
                "tone, say your name, your number and what happened. It is recorded."
            )
        )
    return f'<Say language="{VOICES[language]}">{escape(words)}</Say>'
