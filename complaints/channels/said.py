"""One thing that was said on a platform, as its own JSON tells it.

Nothing here trusts the shape of what it reads: a value of another type is no value.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from django.utils import timezone

from complaints.channels.inbound import (
    NOTHING,
    Attachment,
    Inbound,
    Sender,
    unreadable,
)
from complaints.channels.language import language_of
from complaints.channels.safetext import one_line, storable
from complaints.masking import mask

Kind = Literal["message", "post", "deletion"]

MEDIA_KEPT = 20
OLDEST = timedelta(days=7)
"""How late a delivery may be and still count from the platform's own time."""

_ID = re.compile(r"[\w.:$=-]{1,110}", re.ASCII)


@dataclass(frozen=True, slots=True)
class File:
    """A file that the platform keeps: how its channel finds it again, at most 250
    characters and never a whole URL; and what it is to be called."""

    address: str
    name: str


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that happened on a platform, in its own words.

    id: the platform's, of the message or post (of a deletion: of what is gone).
    author: the account's lasting number; empty where there is none. username: its
    public name. has_files: a person sent files with it; ``media`` names links as
    well, ``files`` those that can be fetched. part: tells an edited post from the one
    before. own: our account wrote it. repost: passed on without words.
    """

    kind: Kind
    id: str
    author: str = ""
    name: str = ""
    username: str = ""
    text: str = ""
    at: datetime | None = None
    link: str = ""
    media: tuple[str, ...] = ()
    has_files: bool = False
    files: tuple[File, ...] = ()
    part: str = ""
    own: bool = False
    repost: bool = False

    @property
    def key(self) -> str:
        """The same for every delivery of the same thing, at most 128 characters."""
        text = f"{self.id}:{self.part}" if self.part else self.id
        if not _ID.fullmatch(text):
            text = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
        return f"{self.kind}:{text}"


# Reading what a provider sends --------------------------------------------------------


def dig(value: Any, *path: str | int) -> Any:
    """What stands at ``path`` of a JSON value; None where the value is of another
    shape."""
    for step in path:
        if isinstance(value, Mapping) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int):
            value = value[step] if -len(value) <= step < len(value) else None
        else:
            return None
    return value


def words_at(value: Any, *path: str | int) -> str:
    """The text there, fit to be stored; a number as its digits; else empty."""
    found = dig(value, *path)
    if isinstance(found, bool) or not isinstance(found, str | int):
        return ""
    return storable(str(found)[:100_000])


def number_at(value: Any, *path: str | int) -> str:
    """The decimal number of an account or a post there, else empty."""
    text = words_at(value, *path)
    return text if text.isascii() and text.isdecimal() and len(text) <= 32 else ""


def rows_at(value: Any, *path: str | int) -> list[Any]:
    found = dig(value, *path)
    return found if isinstance(found, list) else []


def moment(value: str, *, unit: float = 1) -> datetime | None:
    """A Unix time, ``unit`` of it to a second; None for what is no time of our days."""
    try:
        found = datetime.fromtimestamp(int(value) / unit, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return found if 2000 <= found.year <= 9000 else None


def canonical(item: Any) -> bytes:
    """One item of a delivery as bytes that are the same whenever it comes."""
    return json.dumps(item, sort_keys=True, separators=(",", ":")).encode()


Reader = Callable[[bytes], Said]
"""Reads a platform's item; raises ``ValueError`` for what is not of its shape."""


def key_of(raw: bytes, read: Reader) -> str:
    """The item's ``Said.key``; for what nobody can read, the hash of its bytes."""
    try:
        return read(raw).key
    except ValueError:
        return hashlib.sha256(raw).hexdigest()


def parsed(raw: bytes, read: Reader, *, provider: str, account: str) -> Inbound:
    """The item as the pipeline's value, or what stands for an unreadable one."""
    try:
        said = read(raw)
    except ValueError:
        return unreadable(raw, provider=provider, account=account)
    return inbound_of(said, provider=provider, account=account, raw=raw)


def inbound_of(said: Said, *, provider: str, account: str, raw: bytes) -> Inbound:
    """The value that the pipeline takes; a post, and what has pictures, brings its
    snapshot along."""
    shown = said.kind == "post" or bool(said.media)
    text = storable(said.text)
    return Inbound(
        provider=provider,
        account=account,
        external_id=said.key,
        sender=Sender(name=one_line(said.name, 200), handle=said.author),
        sent_at=said.at,
        received_at=_vouched(said.at),
        subject="",
        text=text,
        full_text=text,
        html="",
        language=language_of(text),
        attachments=(_snapshot(said, provider, raw),) if shown else (),
        recipients=(),
        message_id="",
        references=(),
        authentication=NOTHING,
        automatic="loop" if said.own else "",
        raw=raw,
    )


def _vouched(at: datetime | None) -> datetime | None:
    """The platform's own time, signed by it, unless it is absurdly long ago."""
    now = timezone.now()
    return at if at is not None and now - OLDEST < at <= now else None


def _snapshot(said: Said, provider: str, raw: bytes) -> Attachment:
    """What was there to see, as a file that stays when it is deleted. In no language
    but the author's: it must be the same bytes whoever reads it."""
    who = " ".join(part for part in (said.name, f"@{said.username}") if part != "@")
    lines = [
        f"platform: {provider}",
        f"author: {one_line(who, 300)} ({said.author})",
        f"written: {said.at.isoformat() if said.at else '?'}",
        *([f"link: {one_line(said.link, 500)}"] if said.link else []),
        *(f"media: {one_line(url, 2_000)}" for url in said.media[:MEDIA_KEPT]),
        f"sha256 of the record: {hashlib.sha256(raw).hexdigest()}",
        "",
        mask(storable(said.text)),
        "",
    ]
    content = "\n".join(lines).encode("utf-8", "replace")
    return Attachment.of(content, name=f"{said.kind}.txt", content_type="text/plain")
