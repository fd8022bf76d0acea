"""Answers on X: in the conversation of direct messages, or under a post.

``POST /2/dm_conversations/with/{id}/messages`` and ``POST /2/tweets`` of the X API v2.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings

from complaints.channels import outgoing, social_words
from complaints.channels.safetext import one_line
from complaints.channels.said import words_at
from complaints.channels.social_words import IN_PUBLIC
from complaints.channels.x import oauth
from complaints.models import Outbox
from complaints.outbox import ChannelDown, Undeliverable

MESSAGE_LIMIT = 10_000
POST_LIMIT = 280


def send(row: Outbox) -> None:
    """Deliver ``row`` or raise ``ChannelDown``, ``Deferred`` or ``Undeliverable``."""
    if not (row.recipient.isascii() and row.recipient.isdecimal()):
        raise Undeliverable("This is no account on X.", final=True)
    if row.kind == IN_PUBLIC:
        _answer(row)
    else:
        text = social_words.words_of(row, limit=MESSAGE_LIMIT)
        _call(f"/2/dm_conversations/with/{row.recipient}/messages", {"text": text})


def _answer(row: Outbox) -> None:
    """X takes the same words under the same post once; a second try has arrived."""
    text = social_words.words_of(row, limit=POST_LIMIT)
    reply = {"in_reply_to_tweet_id": row.recipient}
    try:
        _call("/2/tweets", {"text": text, "reply": reply})
    except Undeliverable as refusal:
        if "duplicate" not in str(refusal).lower():
            raise


def _call(path: str, fields: dict[str, Any]) -> None:
    url = f"{settings.X_API_URL}{path}"
    outgoing.call(
        "POST", url, refused=_refused, json=fields, headers=proof("POST", url)
    )


def proof(method: str, url: str) -> dict[str, str]:
    """The header that shows X who asks. Raises ``Undeliverable`` without the keys."""
    if not (settings.X_API_KEY and settings.X_ACCESS_SECRET):
        raise Undeliverable("X is not configured.", final=True)
    return {"Authorization": oauth.authorization(_keys(), method, url)}


def _keys() -> oauth.Keys:
    return oauth.Keys(
        settings.X_API_KEY,
        settings.X_API_SECRET,
        settings.X_ACCESS_TOKEN,
        settings.X_ACCESS_SECRET,
    )


def _refused(status: int, said: Any) -> Exception | None:
    """X says why in ``detail``; without valid keys nothing at all goes out."""
    words = one_line(words_at(said, "detail") or words_at(said, "title"), 200)
    if status == 401:
        return ChannelDown(f"{status} {words}")
    if status in (400, 403, 404):
        return Undeliverable(f"{status} {words}", final=status != 400)
    return None
