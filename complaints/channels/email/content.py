"""What a mail's tree holds for a reader: text, markup, files."""

from __future__ import annotations

from dataclasses import dataclass, field

from complaints.channels.email import headers, markup, words
from complaints.channels.email.mime import Part
from complaints.channels.inbound import Attachment
from complaints.channels.safetext import (
    claimed_name,
    display_name,
    one_line,
    storable,
)

MAX_TEXT = 1_000_000

TEXT_CUT = "text-cut"

_BODIES = {"text/plain", "text/html"}
_SUFFIXES = {
    "message/rfc822": ".eml",
    "message/global": ".eml",
    "message/delivery-status": ".txt",
    "text/rfc822-headers": ".txt",
    "text/plain": ".txt",
    "text/html": ".html",
    "text/calendar": ".ics",
    "text/csv": ".csv",
    "application/pdf": ".pdf",
    "application/pgp-signature": ".asc",
    "application/pgp-encrypted": ".asc",
    "application/pkcs7-signature": ".p7s",
    "application/x-pkcs7-signature": ".p7s",
    "application/pkcs7-mime": ".p7m",
    "application/ms-tnef": ".dat",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "image/webp": ".webp",
}


@dataclass(slots=True)
class Content:
    """What was found on the way through the tree."""

    html: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    problems: set[str] = field(default_factory=set)
    text: str = ""


def collect(root: Part) -> Content:
    """The text, the markup and the attachments of a message."""
    content = Content()
    bodies = _visit(root, content, is_root=True)
    text = "\n\n".join(text.strip("\n") for text in bodies if text.strip())
    if len(text) > MAX_TEXT:
        content.problems.add(TEXT_CUT)
    content.text = storable(text[:MAX_TEXT]).strip("\n")
    return content


def _visit(part: Part, content: Content, *, is_root: bool = False) -> list[str]:
    """The readable texts of a part, in order; files go to ``content``."""
    if part.content_type == "multipart/alternative" and part.children:
        return _alternative(part, content)
    if part.children:
        return [text for child in part.children for text in _visit(child, content)]
    if _is_body(part, is_root=is_root):
        return [_body(part, content)]
    if not part.is_empty or part.filename or part.disposition == "attachment":
        content.attachments.append(_attachment(part, len(content.attachments) + 1))
    return []


def _alternative(part: Part, content: Content) -> list[str]:
    """The plain version where it says anything, else the others."""
    plain: list[str] = []
    other: list[str] = []
    for child in part.children:
        texts = _visit(child, content)
        (plain if child.content_type == "text/plain" else other).extend(texts)
    return plain if any(text.strip() for text in plain) else other


def _is_body(part: Part, *, is_root: bool) -> bool:
    if part.disposition == "attachment":
        return False
    if part.content_type.startswith("multipart/"):
        # No boundary was found in it: what it holds is shown as text.
        return not part.sealed
    return part.content_type in _BODIES and (is_root or not part.filename)


def _body(part: Part, content: Content) -> str:
    text = part.text()
    if part.content_type == "text/html" or markup.looks_like_markup(text):
        content.html.append(storable(text[: markup.MAX_MARKUP]))
        if len(text) > markup.MAX_MARKUP:
            content.problems.add(TEXT_CUT)
        return markup.to_text(text)
    return storable(text)


def _attachment(part: Part, number: int) -> Attachment:
    name = display_name(part.filename) or _default_name(part, number)
    return Attachment.of(
        part.content(),
        name=name,
        content_type=part.content_type,
        inline=part.disposition == "inline" or part.headers.has("content-id"),
        claimed_name=claimed_name(part.filename),
    )


def _default_name(part: Part, number: int) -> str:
    suffix = _SUFFIXES.get(part.content_type, "")
    if part.content_type == "message/rfc822":
        enclosed, _ = headers.split(part.content())
        subject = one_line(words.decode(enclosed.raw("subject")), 100)
        stem = display_name(subject.replace("/", "-").replace("\\", "-"))
        if stem:
            return f"{stem}{suffix}"
    return f"attachment-{number}{suffix}"
