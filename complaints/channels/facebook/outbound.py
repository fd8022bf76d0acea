"""Answers on Facebook: by Messenger, or as a comment under a post.

``POST /{page}/messages`` (Send API) and ``POST /{object}/comments`` of the Graph API.
Meta lets us write within 24 hours of the customer's last message, and a person of ours
within seven days (``HUMAN_AGENT``). A comment is answered once in private without that.
"""

from __future__ import annotations

import hmac
import json
import re
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from complaints.channels import outgoing, social_words
from complaints.channels.safetext import one_line
from complaints.channels.said import dig, words_at
from complaints.channels.social_words import IN_PUBLIC
from complaints.models import Outbox, RawMessage
from complaints.outbox import ChannelDown, Deferred, Undeliverable
from complaints.states import Channel, Intake, LetterKind

MESSAGE_LIMIT = 2_000
COMMENT_LIMIT = 8_000
AT_ONCE = timedelta(hours=24)
BY_PEOPLE = timedelta(days=7)

_OBJECT = re.compile(r"\d{1,32}(_\d{1,32})?", re.ASCII)
_PATIENCE = frozenset({1, 2, 4, 17, 32, 341, 368, 613})
"""Codes of the Graph API for "too often" and "not now"."""

_KEYS = frozenset({102, 190})
"""Codes for a page token that ended or was taken back."""


def send(row: Outbox) -> None:
    """Deliver ``row`` or raise ``ChannelDown``, ``Deferred`` or ``Undeliverable``."""
    if not _OBJECT.fullmatch(row.recipient):
        raise Undeliverable("This is no account on Facebook.", final=True)
    if row.kind == IN_PUBLIC:
        text = social_words.words_of(row, limit=COMMENT_LIMIT)
        _call(f"/{row.recipient}/comments", {"message": text})
    else:
        _message(row)


def _message(row: Outbox) -> None:
    text = social_words.words_of(row, limit=MESSAGE_LIMIT)
    fields = {**_to(row), "message": json.dumps({"text": text})}
    _call(f"/{settings.FACEBOOK_PAGE_ID}/messages", fields)


def _to(row: Outbox) -> dict[str, str]:
    """Whom, and by what right; the receipt of a post answers that very post."""
    post = _post_of(row) if row.kind == LetterKind.RECEIPT else ""
    if post:
        name = "comment_id" if _is_comment(row) else "post_id"
        return {"recipient": json.dumps({name: post}), "messaging_type": "RESPONSE"}
    return {"recipient": json.dumps({"id": row.recipient}), **_right(row)}


def _right(row: Outbox) -> dict[str, str]:
    if row.complaint is None:
        return {"messaging_type": "RESPONSE"}
    sent = _messages(row).order_by("-received_at").values_list("received_at", flat=True)
    last = sent.first()
    age = timezone.now() - last if last else BY_PEOPLE
    if age < AT_ONCE:
        return {"messaging_type": "RESPONSE"}
    if age < BY_PEOPLE:
        return {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    raise Undeliverable("Facebook lets nobody write after seven days.", final=True)


def _messages(row: Outbox) -> Any:
    rows = RawMessage.objects.filter(complaint=row.complaint, provider=Channel.FACEBOOK)
    return rows.filter(sender=row.recipient, external_id__startswith="message:")


def _opened_by(row: Outbox) -> RawMessage | None:
    rows = RawMessage.objects.filter(complaint=row.complaint, provider=Channel.FACEBOOK)
    return rows.filter(outcome=Intake.OPENED).first()


def _post_of(row: Outbox) -> str:
    """The post from which the case was opened, empty where it was a message."""
    raw = _opened_by(row)
    kind, _colon, key = raw.external_id.partition(":") if raw else ("", "", "")
    number = key.partition(":")[0]
    return number if kind == "post" and _OBJECT.fullmatch(number) else ""


def _is_comment(row: Outbox) -> bool:
    raw = _opened_by(row)
    item = json.loads(bytes(raw.raw) or b"{}") if raw else {}
    return bool(words_at(item, "post", "comment_id"))


def _call(path: str, fields: dict[str, str]) -> None:
    """The token goes in the body, never in an address that somebody might log."""
    outgoing.call(
        "POST",
        f"{settings.FACEBOOK_API_URL}{path}",
        refused=refused,
        data={**fields, **proof()},
    )


def proof() -> dict[str, str]:
    """What shows Meta who asks. Raises ``Undeliverable`` without a token."""
    token, secret = settings.FACEBOOK_PAGE_TOKEN, settings.FACEBOOK_APP_SECRET
    if not (token and settings.FACEBOOK_PAGE_ID):
        raise Undeliverable("Facebook is not configured.", final=True)
    digest = hmac.digest(secret.encode(), token.encode(), "sha256").hex()
    return {"access_token": token, "appsecret_proof": digest}


def refused(status: int, said: Any) -> Exception | None:
    """The Graph API says why in ``error.code``; its status alone says little."""
    code, words = dig(said, "error", "code"), words_at(said, "error", "message")
    text = f"{status} {code} {one_line(words, 200)}"
    if code in _KEYS:
        return ChannelDown(text)
    if code in _PATIENCE or dig(said, "error", "is_transient") is True:
        return Deferred(text)
    if status < 500 and status != 429:
        return Undeliverable(text, final=code in (10, 100, 200, 551))
    return None
