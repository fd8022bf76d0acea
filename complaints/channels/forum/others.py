"""What people at Discourse say to others, and not to us: never kept.

A webhook without a filter tells us of every private message of the forum and of every
post in its closed categories. So before a delivery is kept, while it is still in memory
alone, the forum is asked who takes part in a private message, and whether everybody
reads the category of any other post. What was not said to us is reduced there and then
to the numbers of the post and a digest of the delivery. The raw bytes come first on
every other way; here they would be the private words of people who never wrote to us,
and nothing that we owe anybody needs them.

What cannot be asked is reduced as well, but held: the words are still at the forum,
where a person can read whether they are a complaint.
Source: github.com/discourse/discourse, app/serializers/web_hook_post_serializer.rb,
topic_view_details_serializer.rb and basic_category_serializer.rb
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from django.conf import settings
from django.core.cache import cache

from complaints.channels.forum import outbound
from complaints.channels.forum.discourse import WITHHELD, Told
from complaints.channels.reasons import Reason
from complaints.outbox import ChannelDown, Deferred, Undeliverable

REMEMBERED = 60
"""Seconds for which it is not asked again who takes part in a topic, or reads a
category."""

ASKED_WITHIN = 8.0
"""Seconds that a delivery waits for an answer: the forum waits for ours, and gives it
up for lost after twenty."""

ANSWER_LIMIT = 4_000_000
"""Bytes of an answer: with the people of a topic the forum tells its first posts."""

T = TypeVar("T")


class _Unknown(Undeliverable):
    """There is no such topic or category, or none that our account may see."""


def kept(body: bytes, post: Told) -> bytes:
    """What may be kept of a signed delivery: all of it, or no words."""
    why = _withheld(post)
    return _reduced(body, post, why) if why else body


def _withheld(post: Told) -> str:
    """Why its words are none that we may keep; empty where they are.

    Without a key nobody can be asked: then a post that says that it is public is
    believed, and nothing private is taken.
    """
    if post.is_private and _is_by_us(post):
        return Reason.LOOP
    if not post.is_public and not (post.is_private and outbound.is_set_up()):
        return Reason.SAID_TO_OTHERS
    try:
        is_ours = _said_to_us(post) if post.is_private else _said_to_all(post)
    except (ChannelDown, Deferred, Undeliverable):
        return Reason.MAYBE_SAID_TO_OTHERS
    return "" if is_ours else Reason.SAID_TO_OTHERS


def _is_by_us(post: Told) -> bool:
    return _same(post.username, settings.DISCOURSE_API_USERNAME)


def _said_to_us(post: Told) -> bool:
    """Whether the account that answers takes part in this private message."""
    return _remembered(f"discourse-topic:{post.topic}", lambda: _is_part(post.topic))


def _said_to_all(post: Told) -> bool:
    """Whether everybody reads the category of this post, which does not say so."""
    number = post.category
    if not outbound.is_set_up():
        return True
    if not number:
        raise Undeliverable("It does not say in which category it stands.")
    return _remembered(f"discourse-category:{number}", lambda: _is_open(number))


def _remembered(key: str, ask: Callable[[], bool]) -> bool:
    """Without our cache it is asked each time: what was said is not lost for that."""
    known = None
    with suppress(Exception):
        known = cache.get(key)
    if known is None:
        known = ask()
        with suppress(Exception):
            cache.set(key, known, timeout=REMEMBERED)
    return bool(known)


def _is_part(topic: int) -> bool:
    nobody: list[Any] = []
    people = _asked(f"/t/{topic}.json", "details", "allowed_users", nobody)
    ours = settings.DISCOURSE_API_USERNAME
    return any(
        isinstance(each, dict) and _same(str(each.get("username")), ours)
        for each in people
    )


def _is_open(category: int) -> bool:
    closed = _asked(f"/c/{category}/show.json", "category", "read_restricted", True)
    return not closed


def _asked(path: str, part: str, name: str, unseen: T) -> T:
    """What the forum says under ``name`` in ``part``, of the kind of ``unseen``, which
    is what stands for a thing that our account may not see."""
    try:
        said = outbound.ask(
            "GET", path, refused=_refused, limit=ANSWER_LIMIT, seconds=ASKED_WITHIN
        )
    except _Unknown:
        return unseen
    found = said.get(part) if isinstance(said, dict) else None
    value = found.get(name) if isinstance(found, dict) else None
    if not isinstance(value, type(unseen)):
        raise Undeliverable(f"It does not say {name}.")
    return value


def _refused(status: int, _body: Any) -> Exception | None:
    """403 is what it also answers to a key that is no longer good."""
    return _Unknown(str(status), final=True) if status in (404, 410) else None


def _same(name: str, other: str) -> bool:
    return name.casefold() == other.casefold()


def _reduced(body: bytes, post: Told, why: str) -> bytes:
    """The numbers of the post, and what tells that this delivery was the one. Who wrote
    it is kept only where a person has yet to find out whether it was to us."""
    numbers = {
        "id": post.post,
        "topic_id": post.topic,
        "post_number": post.number,
        "version": post.version,
        "deleted_at": "gone" if post.is_deleted else None,
    }
    if why == Reason.MAYBE_SAID_TO_OTHERS:
        numbers["user_id"] = post.user
    digest = {"sha256": hashlib.sha256(body).hexdigest(), "bytes": len(body)}
    said = {"post": numbers, WITHHELD: why, "delivery": digest}
    return json.dumps(said).encode()
