"""Discourse's own words: the signature of a delivery, and one post as a message.

Of a delivery only the body is signed; which event it is and its number stand in
headers that anybody could change, so both are read from the body alone.
Source: https://meta.discourse.org/t/configure-webhooks-that-trigger-on-discourse-events-to-integrate-with-external-services/49045
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from complaints.channels.forum.snapshot import PROVIDER
from complaints.channels.inbound import NOTHING, Attachment, Inbound, Sender
from complaints.channels.language import language_of
from complaints.channels.safetext import one_line, storable
from complaints.moments import read_moment

ACCOUNT = "discourse"
HANDLE = "discourse:"
REGULAR = 1
"""``post_type`` of what a person wrote; others are notes of the software."""

WHISPER = 4
"""``post_type`` of what only the staff of the forum read, in a topic that all read."""

PRIVATE = "private_message"
PUBLIC = frozenset({"regular", "banner"})
"""``topic_archetype`` of what everybody reads."""

WITHHELD = "withheld"
"""Where a reduced delivery says why it is one; see ``others``."""

LONGEST = 50_000
BIGGEST = 2**53


def is_set_up() -> bool:
    return bool(settings.DISCOURSE_URL and settings.DISCOURSE_WEBHOOK_SECRET)


def signature(body: bytes, secret: str) -> str:
    """The value of ``X-Discourse-Event-Signature`` for ``body``."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class Told:
    """One post of a delivery, with every value checked.

    ``user`` is the lasting number of its author, 0 where there is none; so is the
    number of the ``category``.
    """

    post: int
    topic: int
    category: int
    number: int
    version: int
    user: int
    username: str
    name: str
    title: str
    text: str
    link: str
    at: datetime | None
    is_private: bool
    is_public: bool
    is_regular: bool
    is_deleted: bool
    is_staff: bool
    withheld: str

    @property
    def handle(self) -> str:
        return f"{HANDLE}{self.user}" if self.user else ""

    @property
    def key(self) -> str:
        """The same for the same version of a post, however often it is told."""
        gone = "-gone" if self.is_deleted else ""
        return f"t{self.topic}-p{self.post}-v{self.version}{gone}"


def holds_post(body: bytes) -> bool | None:
    """Whether a delivery tells of a post; None where it is of no documented shape."""
    said = _object(body)
    if said is None:
        return None
    post = said.get("post")
    return isinstance(post, dict) and _number(post.get("id")) > 0


def told(body: bytes) -> Told:
    """Raises ``ValueError`` where no post is told of."""
    said = _object(body) or {}
    post = said.get("post")
    if not isinstance(post, dict) or not _number(post.get("id")):
        raise ValueError("no post")
    return Told(
        post=_number(post.get("id")),
        topic=_number(post.get("topic_id")),
        category=max(0, _number(post.get("category_id"))),
        number=_number(post.get("post_number")),
        version=_number(post.get("version")),
        user=max(0, _number(post.get("user_id"))),
        username=_line(post.get("username"), 100),
        name=_line(post.get("name"), 200),
        title=_line(post.get("topic_title"), 200),
        text=storable(_text(post.get("raw"))).strip(),
        link=_link(post),
        at=read_moment(_text(post.get("created_at"))),
        is_private=post.get("topic_archetype") == PRIVATE,
        is_public=_is_public(post),
        is_regular=post.get("post_type") == REGULAR,
        is_deleted=bool(post.get("deleted_at") or post.get("user_deleted")),
        is_staff=any(
            post.get(name) is True for name in ("admin", "moderator", "staff")
        ),
        withheld=_line(said.get(WITHHELD), 60),
    )


def _is_public(post: dict[str, Any]) -> bool:
    """Whether it says that everybody reads it; what does not say so is not public.

    No delivery says yet who may read a category, so ``others`` asks. Should one say
    it, it is believed.
    """
    archetype, category = post.get("topic_archetype"), post.get("category")
    closed = [post, category if isinstance(category, dict) else {}]
    return (
        isinstance(archetype, str)
        and archetype in PUBLIC
        and post.get("post_type") != WHISPER
        and not any(each.get("read_restricted") for each in closed)
    )


def read(body: bytes) -> Inbound:
    """The delivery as a message; a public post comes with its snapshot as a file."""
    post = told(body)
    text = post.text if post.is_private else f"{post.text}\n\n{post.link}".strip()
    has_words = bool(post.text or post.withheld)
    return Inbound(
        provider=PROVIDER,
        account=ACCOUNT,
        external_id=post.key,
        sender=Sender(name=post.name or post.username, handle=post.handle),
        sent_at=post.at,
        received_at=min(post.at, timezone.now()) if post.at else None,
        subject=post.title,
        text=text if has_words else "",
        full_text=text,
        html="",
        language=language_of(f"{post.title}\n{post.text}"),
        attachments=() if post.is_private or post.withheld else (_file(post),),
        recipients=(),
        message_id="",
        references=(),
        authentication=NOTHING,
        automatic="",
        raw=body,
        problems=("text-cut",) if len(post.text) >= LONGEST else (),
    )


def _file(post: Told) -> Attachment:
    at = post.at.isoformat() if post.at else ""
    lines = (post.link, post.title, f"{post.username} | {at}", "", post.text, "")
    content = "\n".join(lines).encode("utf-8", "replace")
    return Attachment.of(content, name="forum-post.txt", content_type="text/plain")


def _link(post: dict[str, Any]) -> str:
    """Made from numbers: an address that somebody sends leads nowhere of ours."""
    topic, number = _number(post.get("topic_id")), _number(post.get("post_number"))
    return f"{settings.DISCOURSE_URL}/t/{topic}/{number}"


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _number(value: Any) -> int:
    good = isinstance(value, int) and not isinstance(value, bool)
    return value if good and abs(value) < BIGGEST else 0


def _text(value: Any) -> str:
    return value[:LONGEST] if isinstance(value, str) else ""


def _line(value: Any, limit: int) -> str:
    return one_line(_text(value), limit)
