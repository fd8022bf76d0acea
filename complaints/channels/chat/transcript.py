"""A conversation as one message: its canonical bytes, and how they are read again.

The bytes are JSON with sorted keys, in UTF-8. They name each file by its SHA-256; the
files themselves are read from the rows that hold them.
"""

import json
from datetime import datetime
from typing import Any, TypedDict

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from complaints.channels.chat.models import Author, ChatFile, Conversation, Line
from complaints.channels.chat.words import said
from complaints.channels.inbound import NOTHING, Attachment, Inbound, Sender
from complaints.channels.language import language_of
from complaints.channels.safetext import display_name, one_line, set_in

PROVIDER = "chat"
ACCOUNT = "chat"
VERSION = 1
SUBJECT = 120


class Told(TypedDict):
    """What stands in the bytes; ``since`` and ``upto`` are keys of lines."""

    v: int
    conversation: str
    name: str
    email: str
    language: str
    signed_in: bool
    since: int
    upto: int
    join: str
    agent: int | None
    unanswered: bool
    lines: list[dict[str, Any]]


def external_id(raw: bytes) -> str:
    """One part of one conversation is one message, whoever hands it in."""
    told = read(raw)
    return f"{told['conversation']}:{told['since']}"


def canonical(
    conversation: Conversation,
    lines: list[Line],
    *,
    join: str = "",
    agent: int | None = None,
    unanswered: bool = False,
) -> bytes:
    """``lines`` as they stand; never empty, and none of them private."""
    told: Told = {
        "v": VERSION,
        "conversation": conversation.key,
        "name": conversation.given_name,
        "email": conversation.email,
        "language": conversation.language,
        "signed_in": conversation.user_id is not None,
        "since": conversation.taken_upto,
        "upto": lines[-1].pk,
        "join": join,
        "agent": agent,
        "unanswered": unanswered,
        "lines": [_told(line, conversation.language) for line in lines],
    }
    text = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def _told(line: Line, language: str) -> dict[str, Any]:
    with override(language):
        text = said(line)
    file: ChatFile | None = getattr(line, "file", None)
    return {
        "id": line.pk,
        "at": line.at.isoformat(),
        "author": line.author,
        "by": line.user.first_name if line.user and line.author == "agent" else "",
        "text": text,
        **({"file": _named(file)} if file is not None else {}),
    }


def _named(file: ChatFile) -> dict[str, Any]:
    return {
        "name": file.name,
        "content_type": file.content_type,
        "size": file.size,
        "sha256": file.sha256,
    }


# Reading ------------------------------------------------------------------------------


def read(raw: bytes) -> Told:
    """What the bytes say. Raises ``ValueError`` for bytes that are none of ours."""
    told = json.loads(raw)
    if not isinstance(told, dict) or told.get("v") != VERSION or not told.get("lines"):
        raise ValueError("no transcript")
    return told  # type: ignore[return-value]


def parse(raw: bytes, account: str) -> Inbound:
    """The transcript as any other message; the customer's own words are its text."""
    told = read(raw)
    own = [line for line in told["lines"] if line["author"] == Author.CUSTOMER]
    text = "\n\n".join(line["text"] for line in own if line["text"])
    first = next((line["text"] for line in own if line["text"]), "")
    return Inbound(
        provider=PROVIDER,
        account=account,
        external_id=external_id(raw),
        sender=Sender(told["email"], told["name"], told["conversation"]),
        sent_at=None,
        received_at=_at(own[0]) if own else None,
        subject=one_line(first, SUBJECT),
        text=text,
        full_text=text,
        html="",
        language=language_of(text) or told["language"],
        attachments=(_sheet(told), *_files(told)),
        recipients=(),
        message_id="",
        references=(),
        authentication=NOTHING,
        automatic="",
        raw=raw,
    )


def _at(line: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(line["at"])


def _sheet(told: Told) -> Attachment:
    """The whole conversation as a text that a person reads."""
    with override(told["language"]):
        lines = [_line(told, line) for line in told["lines"]]
        head = _("Live chat with %(name)s, times in UTC") % {
            "name": told["name"] or _("a guest")
        }
    content = "\n\n".join([head, *lines]) + "\n"
    return Attachment.of(
        content.encode("utf-8", "replace"),
        name="chat-transcript.txt",
        content_type="text/plain",
    )


def _line(told: Told, line: dict[str, Any]) -> str:
    """Who, when, what: "Ada (customer), 2026-11-22 22:30:05" and the words under it,
    set in, so that none of them reads like somebody else's line."""
    name, part = {
        Author.CUSTOMER.value: (told["name"], _("customer")),
        Author.AGENT.value: (line["by"], _("support")),
    }.get(line["author"], ("", _("system")))
    who = f"{name} ({part})" if name else part
    at = timezone.localtime(_at(line), timezone.get_default_timezone())
    parts = [f"{who}, {at:%Y-%m-%d %H:%M:%S}", set_in(line["text"])]
    if file := line.get("file"):
        named = f"[{file['name']}, {file['size']} B, sha256 {file['sha256']}]"
        parts.append(set_in(named))
    return "\n".join(part for part in parts if part)


def _files(told: Told) -> list[Attachment]:
    """The files that the transcript names, as long as their rows stand."""
    keys = [line["id"] for line in told["lines"] if "file" in line]
    rows = ChatFile.objects.filter(
        line__in=keys, line__conversation__key=told["conversation"]
    )
    return [
        Attachment.of(
            bytes(row.content),
            name=display_name(row.name) or "file",
            content_type=row.content_type,
            claimed_name=row.name,
        )
        for row in rows.order_by("line")
    ]
