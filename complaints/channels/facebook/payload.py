"""Webhooks of a page, one item each, and what an item says.

Shapes as in "Webhooks for Pages" and "Messenger Platform webhooks"
(developers.facebook.com/docs): ``messaging`` entries, and ``changes`` of the fields
``feed`` and ``mention``. Reactions, receipts and typing are no messages.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.conf import settings

from complaints.channels.facebook.files import COMMENT, MESSAGE, POST, files_of
from complaints.channels.said import (
    Said,
    canonical,
    dig,
    moment,
    number_at,
    rows_at,
    words_at,
)

WRITTEN = frozenset({"comment", "post", "status", "photo", "video"})
"""Items of a feed that hold words of their own."""

GONE = frozenset({"remove", "delete"})
EDITED = frozenset({"edited", "edit", "update"})
VERBS = GONE | EDITED | {"add"}
"""What else happens to a post (it is hidden, or somebody is blocked) says nothing."""

FILES = frozenset({"image", "video", "audio", "file"})
"""Attachments that a person made; a link that is previewed is an attachment too."""


class NotOurs(ValueError):
    """A delivery about another page alone."""


def items(body: bytes) -> list[bytes]:
    """The messages, posts and deletions of one delivery, each as canonical bytes.

    Raises ``ValueError`` for what is no delivery, ``NotOurs`` for another page's.
    """
    try:
        told = json.loads(body)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    entries = rows_at(told, "entry")
    if dig(told, "object") != "page" or not entries:
        raise ValueError("no delivery about a page")
    ours = [row for row in entries if number_at(row, "id") == settings.FACEBOOK_PAGE_ID]
    if not ours:
        raise NotOurs
    return [canonical(item) for entry in ours for item in _items(entry)]


def _items(entry: Any) -> Iterator[dict[str, Any]]:
    for event in rows_at(entry, "messaging"):
        if isinstance(dig(event, "message") or dig(event, "message_edit"), dict):
            yield {"message": event}
    for change in rows_at(entry, "changes"):
        if dig(change, "field") in ("feed", "mention") and _says(dig(change, "value")):
            yield {"post": dig(change, "value"), "time": dig(entry, "time")}


def _says(value: Any) -> bool:
    return words_at(value, "item") in WRITTEN and words_at(value, "verb") in VERBS


def read(raw: bytes) -> Said:
    """What an item says. Raises ``ValueError`` for bytes that are none."""
    item = json.loads(raw)
    for name, reader in (("post", _post), ("message", _message)):
        if isinstance(dig(item, name), dict):
            return reader(item)
    raise ValueError("no item of a page")


def _post(item: Any) -> Said:
    post = item["post"]
    verb = words_at(post, "verb")
    number = words_at(post, "comment_id") or words_at(post, "post_id")
    author = number_at(post, "from", "id") or number_at(post, "sender_id")
    at, media = words_at(post, "created_time"), _media(post)
    kind = COMMENT if words_at(post, "comment_id") else POST
    file = "video" if words_at(post, "video") else "photo"
    return Said(
        "deletion" if verb in GONE else "post",
        number,
        author=author,
        name=words_at(post, "from", "name") or words_at(post, "sender_name"),
        text=words_at(post, "message"),
        at=moment(at) or moment(words_at(item, "time")),
        link=_link(post, number),
        media=media,
        files=() if verb in GONE else files_of(kind, number, [file] * len(media)),
        part=_edition(item) if verb in EDITED else "",
        own=author == settings.FACEBOOK_PAGE_ID,
    )


def _edition(item: Any) -> str:
    """Each edition is a post of its own: what it said before stays held."""
    return words_at(item, "time") or "edited"


def _link(post: Any, number: str) -> str:
    given = words_at(post, "permalink_url") or words_at(post, "post", "permalink_url")
    if given.startswith("https://www.facebook.com/"):
        return given[:500]
    return f"https://www.facebook.com/{number}" if number else ""


def _media(post: Any) -> tuple[str, ...]:
    photos = [words_at(post, "photos", n) for n in range(len(rows_at(post, "photos")))]
    singles = [words_at(post, name) for name in ("photo", "video")]
    return tuple(filter(None, (*singles, *photos)))


def _message(item: Any) -> Said:
    event = item["message"]
    said = dig(event, "message") or dig(event, "message_edit")
    sender, mid = number_at(event, "sender", "id"), words_at(said, "mid")
    files = rows_at(said, "attachments")
    sent = [kind for row in files if (kind := words_at(row, "type")) in FILES]
    return Said(
        "message",
        mid,
        author=sender,
        text=words_at(said, "text"),
        at=moment(words_at(event, "timestamp"), unit=1000),
        media=tuple(filter(None, (words_at(row, "payload", "url") for row in files))),
        has_files=bool(sent),
        files=files_of(MESSAGE, mid, sent),
        part=words_at(said, "num_edit"),
        own=dig(said, "is_echo") is True or sender == settings.FACEBOOK_PAGE_ID,
    )
