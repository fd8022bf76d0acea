"""The one value every channel turns its provider's message into.

It holds claims and facts side by side and says which is which: who the sender
is, what he wrote and when he says he wrote it are claims; ``received_at``,
``authentication`` and ``raw`` are ours.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Literal

Automatic = Literal[
    "",
    "bounce",
    "auto-reply",
    "list",
    "loop",
    "no-reply-sender",
    "verification-code",
]
"""Why nobody is to be answered by machine; empty for a person's own message."""

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Sender:
    """Who the message says it is from. A claim until a channel proves it."""

    address: str = ""
    name: str = ""
    handle: str = ""

    @property
    def called(self) -> str:
        """The name; empty where it looks like an address, which whoever reads it would
        take for the sender's."""
        return "" if "@" in unicodedata.normalize("NFKC", self.name) else self.name


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came along.

    ``name`` is fit for display and never for a path; ``claimed_name`` is what
    the sender wrote, made storable. ``size`` counts bytes of ``content``, and
    ``sha256`` is its hex digest.
    """

    name: str
    content_type: str
    size: int
    sha256: str
    content: bytes = field(repr=False)
    inline: bool = False
    claimed_name: str = ""

    @classmethod
    def of(
        cls,
        content: bytes,
        *,
        name: str,
        content_type: str,
        inline: bool = False,
        claimed_name: str = "",
    ) -> Attachment:
        """An attachment with its size and digest reckoned from ``content``."""
        digest = hashlib.sha256(content).hexdigest()
        size = len(content)
        return cls(name, content_type, size, digest, content, inline, claimed_name)


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message from outside.

    provider, account, external_id: together unique; the same message always
        gives the same three.
    sent_at: the sender's own date, aware, or None; never used for a deadline.
    received_at: the first trusted time, aware, or None where nobody vouched.
    text: what the person wrote now; full_text: with quotes and signatures.
    html: the markup as it came, unsanitised; it is never put on a page.
    language: ``en``, ``zh-hans`` or empty, judged by script alone.
    authentication: verdicts by method (spf, dkim, dmarc) of our own server.
    automatic: why no person stands behind it, or empty.
    problems: limits the message ran into, stable codes; what was left out of
        the other fields is still in ``raw``.
    """

    provider: str
    account: str
    external_id: str
    sender: Sender
    sent_at: datetime | None
    received_at: datetime | None
    subject: str
    text: str
    full_text: str
    html: str = field(repr=False)
    language: str
    attachments: tuple[Attachment, ...]
    recipients: tuple[str, ...]
    message_id: str
    references: tuple[str, ...]
    authentication: Mapping[str, str]
    automatic: Automatic
    raw: bytes = field(repr=False)
    problems: tuple[str, ...] = ()


UNREADABLE = "unreadable"
"""The problem of a message of which nothing is known but its bytes."""


def unreadable(
    raw: bytes, *, provider: str, account: str, received_at: datetime | None = None
) -> Inbound:
    """What stands for a message that no parser could read."""
    return Inbound(
        provider=provider,
        account=account,
        external_id=hashlib.sha256(raw).hexdigest(),
        sender=Sender(),
        sent_at=None,
        received_at=received_at,
        subject="",
        text="",
        full_text="",
        html="",
        language="",
        attachments=(),
        recipients=(),
        message_id="",
        references=(),
        authentication=NOTHING,
        automatic="",
        raw=raw,
        problems=(UNREADABLE,),
    )
