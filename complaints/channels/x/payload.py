"""Deliveries of the Account Activity API, one item each, and what an item says.

Shapes as in "Account Activity API data objects" (docs.x.com/x-api/account-activity):
``tweet_create_events``, ``direct_message_events``, ``tweet_delete_events``. Other
events (likes, follows, typing) are no messages.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from django.conf import settings

from complaints.channels.said import (
    File,
    Said,
    canonical,
    dig,
    moment,
    number_at,
    rows_at,
    words_at,
)
from complaints.channels.x.files import files_of

_USERNAME = re.compile(r"\w{1,15}", re.ASCII)


class NotOurs(ValueError):
    """A delivery about another account."""


def account() -> str:
    """The number of our account: an access token begins with its owner's."""
    number, dash, _secret = settings.X_ACCESS_TOKEN.partition("-")
    return number if dash else ""


def items(body: bytes) -> list[bytes]:
    """The messages, posts and deletions of one delivery, each as canonical bytes.

    Raises ``ValueError`` for what is no delivery, ``NotOurs`` for somebody else's.
    """
    try:
        told = json.loads(body)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(told, dict) or not number_at(told, "for_user_id"):
        raise ValueError("no delivery of the Account Activity API")
    if number_at(told, "for_user_id") != account():
        raise NotOurs
    return [canonical(item) for item in _items(told)]


def _items(told: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for post in rows_at(told, "tweet_create_events"):
        yield {"post": post}
    for event in rows_at(told, "direct_message_events"):
        if dig(event, "type") == "message_create":
            sender = words_at(event, "message_create", "sender_id")
            yield {"message": event, "sender": dig(told, "users", sender)}
    for event in rows_at(told, "tweet_delete_events"):
        yield {"deletion": event}


def read(raw: bytes) -> Said:
    """What an item says. Raises ``ValueError`` for bytes that are none."""
    item = json.loads(raw)
    for name, reader in (("post", _post), ("message", _message), ("deletion", _gone)):
        if isinstance(dig(item, name), dict):
            return reader(item)
    raise ValueError("no item of the Account Activity API")


def _post(item: Any) -> Said:
    post = item["post"]
    whole = dig(post, "extended_tweet") or post
    author, number = number_at(post, "user", "id_str"), number_at(post, "id_str")
    username = words_at(post, "user", "screen_name")
    return Said(
        "post",
        number,
        author=author,
        name=words_at(post, "user", "name"),
        username=username,
        text=words_at(whole, "full_text") or words_at(post, "text"),
        at=_written(post),
        link=_link(username, number),
        media=_media(whole) or _media(post),
        files=_files(whole) or _files(post),
        own=bool(author) and author == account(),
        repost=dig(post, "retweeted_status") is not None,
    )


def _written(post: Any) -> datetime | None:
    at = moment(words_at(post, "timestamp_ms"), unit=1000)
    if at is not None:
        return at
    try:
        return parsedate_to_datetime(_rfc(words_at(post, "created_at"))).astimezone(UTC)
    except (ValueError, IndexError, OverflowError, TypeError):
        return None


def _rfc(text: str) -> str:
    """ "Sun Nov 22 20:15:30 +0000 2026" with its parts in the order of RFC 5322."""
    _day, month, day, clock, zone, year = text.split()
    return f"{day} {month} {year} {clock} {zone}"


def _link(username: str, number: str) -> str:
    if not number:
        return ""
    by = username if _USERNAME.fullmatch(username) else "i"
    return f"https://x.com/{by}/status/{number}"


def _media(post: Any) -> tuple[str, ...]:
    found = rows_at(post, "extended_entities", "media")
    return tuple(filter(None, (words_at(row, "media_url_https") for row in found)))


def _files(post: Any) -> tuple[File, ...]:
    return files_of(rows_at(post, "extended_entities", "media"))


def _message(item: Any) -> Said:
    event = item["message"]
    said = dig(event, "message_create")
    sender = number_at(said, "sender_id")
    sent = dig(said, "message_data", "attachment", "media")
    picture = words_at(sent, "media_url_https")
    return Said(
        "message",
        words_at(event, "id"),
        author=sender,
        name=words_at(item, "sender", "name"),
        username=words_at(item, "sender", "screen_name"),
        text=words_at(said, "message_data", "text"),
        at=moment(words_at(event, "created_timestamp"), unit=1000),
        media=(picture,) if picture else (),
        has_files=bool(picture),
        files=files_of([sent]),
        own=bool(sender) and sender == account(),
    )


def _gone(item: Any) -> Said:
    event = item["deletion"]
    return Said(
        "deletion",
        number_at(event, "status", "id"),
        author=number_at(event, "status", "user_id"),
        at=moment(words_at(event, "timestamp_ms"), unit=1000),
    )
