"""A post of the board as it stood, in one canonical form: the raw message of a
complaint that was made from it, and the file that proves what was written.
"""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from complaints.channels.forum.models import Post, Standing
from complaints.channels.inbound import NOTHING, Attachment, Inbound, Sender
from complaints.channels.safetext import set_in

BOARD = "board"
"""``RawMessage.account`` of our own board, and the first key of its snapshots."""

PROVIDER = "forum"
OURS = "Recourse"
"""Who answered where no member did; no nickname looks like it."""

THREAD = 50
"""Posts of the topic that are kept beside the one that is the complaint."""


def link_to(post: Post) -> str:
    """The public address of a post; it stays, whatever becomes of the words."""
    path = reverse("forum:topic", kwargs={"topic": post.topic_id})
    return f"{settings.SITE_URL}{path}#post-{post.number}"


def external_id(post_pk: int) -> str:
    """The same for every snapshot of a post: it becomes one complaint at most."""
    return f"post-{post_pk}"


def take(post: Post, *, by_author: bool) -> bytes:
    """The bytes of a snapshot; ``by_author`` where the author asked for it."""
    if post.author is None:
        raise ValueError("a post of the desk is no complaint")
    topic = post.topic
    held = {
        BOARD: {
            "post": post.pk,
            "number": post.number,
            "link": link_to(post),
            "title": topic.title,
            "category": topic.category.code,
            "text": post.text,
            "language": post.language or topic.language,
            "written_at": post.created_at.isoformat(),
            "edited_at": post.edited_at.isoformat() if post.edited_at else "",
            "handle": post.author.address,
            "nickname": post.author.nickname,
            "by_author": by_author,
            "thread": _thread(post),
        }
    }
    text = json.dumps(held, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def _thread(post: Post) -> list[dict[str, Any]]:
    rows = Post.objects.filter(topic=post.topic, state=Standing.SHOWN, deleted_at=None)
    rows = rows.exclude(pk=post.pk).select_related("author").order_by("number")
    return [
        {
            "number": row.number,
            "by": row.author.nickname if row.author else "",
            "at": row.created_at.isoformat(),
            "text": row.text,
        }
        for row in rows[:THREAD]
    ]


# Read again ---------------------------------------------------------------------------


def holding(raw: bytes) -> dict[str, Any]:
    """What a snapshot says. Raises ``ValueError`` for bytes that are none."""
    said = json.loads(raw)
    board = said.get(BOARD) if isinstance(said, dict) else None
    if not isinstance(board, dict) or not isinstance(board.get("post"), int):
        raise ValueError("no snapshot of the board")
    return board


def read(raw: bytes) -> Inbound:
    """The post as a message of its author; the whole snapshot comes as a file."""
    said = holding(raw)
    written = parse_datetime(said["written_at"])
    text = f"{said['text']}\n\n{said['link']}"
    return Inbound(
        provider=PROVIDER,
        account=BOARD,
        external_id=external_id(said["post"]),
        sender=Sender(name=said["nickname"], handle=said["handle"]),
        sent_at=written,
        received_at=written,
        subject=said["title"],
        text=text,
        full_text=text,
        html="",
        language=said["language"],
        attachments=(_file(said),),
        recipients=(),
        message_id="",
        references=(),
        authentication=NOTHING,
        automatic="",
        raw=raw,
    )


def _file(said: dict[str, Any]) -> Attachment:
    """The snapshot for people: plain text, the post first and then the thread. What
    was written is set in, so that nobody writes an answer of ours into it."""
    head = [said["link"], said["title"], ""]
    rows = [{**said, "by": said["nickname"], "at": said["written_at"]}, *said["thread"]]
    lines = [
        f"{row['number']} | {row['by'] or OURS} | {row['at']}\n{set_in(row['text'])}\n"
        for row in rows
    ]
    content = "\n".join([*head, *lines]).encode("utf-8", "replace")
    return Attachment.of(content, name="community-post.txt", content_type="text/plain")
