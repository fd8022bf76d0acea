"""What people at Discourse say to others, and not to us: never kept.

A webhook without a filter tells us of every private message of the forum, and one with
a filter of none: they are in no category. So before a delivery is kept, while it is
still in memory alone, the forum is asked who takes part in a private message. What was
not said to us is reduced there and then to the numbers of the post and a digest of the
delivery. The raw bytes come first on every other way; here they would be the private
words of people who never wrote to us, and nothing that we owe anybody needs them.

What cannot be asked is reduced as well, but held: the words are still at the forum,
where a person can read whether they are a complaint.
Source: github.com/discourse/discourse, app/serializers/web_hook_post_serializer.rb and
topic_view_details_serializer.rb
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.conf import settings
from django.core.cache import cache

from complaints.channels.forum import outbound
from complaints.channels.forum.discourse import WITHHELD, Told
from complaints.channels.reasons import Reason
from complaints.outbox import ChannelDown, Deferred, Undeliverable

REMEMBERED = 60
"""Seconds for which it is not asked again who takes part in a topic."""

TOPIC_LIMIT = 4_000_000
"""Bytes of a topic with its first posts, which the forum tells of with the people."""


class _Unknown(Undeliverable):
    """There is no such topic, or none that our account may see."""


def kept(body: bytes, post: Told) -> bytes:
    """What may be kept of a signed delivery: all of it, or no words."""
    why = _withheld(post)
    return _reduced(body, post, why) if why else body


def _withheld(post: Told) -> str:
    """Why its words are none that we may keep; empty where they are."""
    if post.is_public or (post.is_private and _is_by_us(post)):
        return ""
    if not post.is_private or not outbound.is_set_up():
        return Reason.SAID_TO_OTHERS
    try:
        return "" if _said_to_us(post) else Reason.SAID_TO_OTHERS
    except (ChannelDown, Deferred, Undeliverable):
        return Reason.MAYBE_SAID_TO_OTHERS


def _is_by_us(post: Told) -> bool:
    return _same(post.username, settings.DISCOURSE_API_USERNAME)


def _said_to_us(post: Told) -> bool:
    """Whether the account that answers takes part in this private message."""
    key = f"discourse-topic:{post.topic}"
    known = cache.get(key)
    if known is None:
        known = _is_part(post.topic)
        cache.set(key, known, timeout=REMEMBERED)
    return bool(known)


def _is_part(topic: int) -> bool:
    try:
        said = outbound.ask(
            "GET", f"/t/{topic}.json", refused=_refused, limit=TOPIC_LIMIT
        )
    except _Unknown:
        return False
    details = said.get("details") if isinstance(said, dict) else None
    people = details.get("allowed_users") if isinstance(details, dict) else None
    if not isinstance(people, list):
        raise Undeliverable("It does not say who takes part.")
    ours = settings.DISCOURSE_API_USERNAME
    return any(
        isinstance(each, dict) and _same(str(each.get("username")), ours)
        for each in people
    )


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
