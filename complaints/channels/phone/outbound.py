"""Text messages by Twilio's Messages API (twilio.com/docs/messaging/api).

A text message is read by whoever holds the phone and by every network on its way, so
it holds no more than a number, a date and where the letter stands.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.utils.translation import gettext, override

from complaints.channels import outgoing
from complaints.channels.phone.told import NUMBER
from complaints.models import Letter, Outbox
from complaints.outbox import Undeliverable
from complaints.states import Channel, LetterKind
from complaints.templatetags.look import written

CHANNEL = Channel.PHONE
TEXT_LIMIT = 1000
"""Characters; Twilio takes 1,600 and bills each 67 or 153 of them."""


def api(path: str) -> str:
    account = settings.TWILIO_ACCOUNT_SID
    return f"{settings.TWILIO_API_URL}/2010-04-01/Accounts/{account}/{path}"


def send(row: Outbox) -> None:
    """Deliver one notice as a text message. Raises as ``outgoing.call``."""
    account, token = settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN
    if not (account and token and settings.TWILIO_FROM):
        raise Undeliverable("Twilio is not configured.", final=True)
    if not NUMBER.fullmatch(row.recipient):
        raise Undeliverable("This is no telephone number.", final=True)
    fields = {"To": row.recipient, "Body": text_of(row)[:TEXT_LIMIT], **_sender()}
    outgoing.call("POST", api("Messages.json"), data=fields, auth=(account, token))


def _sender() -> dict[str, str]:
    by_service = settings.TWILIO_FROM.startswith("MG")
    return {"MessagingServiceSid" if by_service else "From": settings.TWILIO_FROM}


def text_of(row: Outbox) -> str:
    if row.letter is None:
        return row.subject
    with override(row.letter.language):
        return _receipt(row.letter) if _is_receipt(row.letter) else _notice(row.letter)


def _is_receipt(letter: Letter) -> bool:
    return letter.kind == LetterKind.RECEIPT and bool(letter.facts.get("admit_by"))


def _receipt(letter: Letter) -> str:
    words = gettext(
        "Complaint %(reference)s: we have it. By %(day)s you hear whether we take it "
        "up. Keep the number. We never ask for a password or a code. %(link)s"
    )
    day = date.fromisoformat(letter.facts["admit_by"][:10])
    return words % {**_named(letter), "day": written(day, "date")}


def _notice(letter: Letter) -> str:
    words = gettext(
        "Complaint %(reference)s: a letter waits for you, “%(title)s”. Read it here: "
        "%(link)s"
    )
    return words % {**_named(letter), "title": letter.get_kind_display()}


def _named(letter: Letter) -> dict[str, Any]:
    link = letter.facts.get("link", settings.SITE_URL)
    return {"reference": letter.complaint.reference, "link": link}
