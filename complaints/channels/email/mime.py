"""The tree of a message's parts, within limits.

The standard library's parser recurses without a bound and scans every line
once a level; mail from strangers needs limits that hold. What lies behind a
limit is not taken apart: it stays in the raw message, and ``problems`` says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from complaints.channels.email import charset, headers, parameters, transfer

MAX_DEPTH = 30
MAX_PARTS = 250
MAX_BOUNDARY = 256

_ANYTHING = re.compile(rb"[^\s]")

TOO_DEEP = "too-deep"
TOO_MANY_PARTS = "too-many-parts"


@dataclass(slots=True)
class Part:
    """One part: a multipart has children, a leaf has a body.

    A part is a window on the whole message, so that fifty megabytes nested
    thirty deep are not fifty megabytes thirty times. A ``sealed`` multipart was
    not taken apart.
    """

    headers: headers.Headers
    raw: bytes
    start: int
    end: int
    content_type: str = "text/plain"
    parameters: dict[str, str] = field(default_factory=dict)
    disposition: str = ""
    filename: str = ""
    children: list[Part] = field(default_factory=list)
    sealed: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing but white space in the body."""
        return not _ANYTHING.search(self.raw, self.start, self.end)

    def body(self) -> bytes:
        """The body, still in its transfer encoding."""
        return self.raw[self.start : self.end]

    def content(self) -> bytes:
        """The bytes behind the transfer encoding."""
        return transfer.decode(
            self.body(), self.headers.get("content-transfer-encoding")
        )

    def text(self) -> str:
        """The content as text, by its character set or by guess."""
        return charset.decode(self.content(), self.parameters.get("charset", ""))

    def walk(self) -> Iterator[Part]:
        """This part and everything below it, in order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(slots=True)
class Budget:
    """How much of one message may still be taken apart."""

    parts: int = MAX_PARTS
    problems: set[str] = field(default_factory=set)


def read(raw: bytes, budget: Budget) -> Part:
    """The message as a tree. Never raises, whatever the bytes."""
    if b"\n" not in raw and b"\r" in raw:
        raw = raw.replace(b"\r", b"\n")
    return _part(raw, (0, len(raw)), budget, depth=0, default="text/plain")


def _part(
    raw: bytes, span: tuple[int, int], budget: Budget, *, depth: int, default: str
) -> Part:
    budget.parts -= 1
    part = _leaf(raw, span, default)
    if not part.content_type.startswith("multipart/"):
        return part
    if depth >= MAX_DEPTH:
        budget.problems.add(TOO_DEEP)
        part.sealed = True
        return part
    is_digest = part.content_type == "multipart/digest"
    inner = "message/rfc822" if is_digest else "text/plain"
    for piece in _pieces_of(part):
        if budget.parts <= 0:
            budget.problems.add(TOO_MANY_PARTS)
            break
        child = _part(raw, piece, budget, depth=depth + 1, default=inner)
        part.children.append(child)
    return part


def _leaf(raw: bytes, span: tuple[int, int], default: str) -> Part:
    head, body = headers.locate(raw, *span)
    kind, values = parameters.read(head.raw("content-type"))
    disposition, named = parameters.read(head.raw("content-disposition"))
    content_type = _type(kind, default)
    filename = named.get("filename") or values.get("name") or ""
    if not filename and not content_type.startswith(("text/", "multipart/")):
        filename = head.get("content-location")
    return Part(head, raw, body, span[1], content_type, values, disposition, filename)


def _type(kind: str, default: str) -> str:
    main, slash, sub = kind.partition("/")
    known = all(c.isascii() and (c.isalnum() or c in "!#$&^_.+-") for c in main + sub)
    return kind if main and slash and sub and known and len(kind) < 128 else default


def _pieces_of(part: Part) -> Iterator[tuple[int, int]]:
    """Start and end of the pieces, by the declared boundary or the used one."""
    declared = _boundary(part.parameters.get("boundary", ""))
    found = declared and part.raw.find(b"--" + declared, part.start, part.end) >= 0
    return _pieces(part, declared if found else _used_boundary(part))


def _boundary(text: str) -> bytes:
    return text[:MAX_BOUNDARY].rstrip().encode("utf-8", "surrogateescape")


def _used_boundary(part: Part) -> bytes:
    """The first line near the top that starts with two dashes and goes on."""
    top = part.raw[part.start : min(part.end, part.start + 4_000)]
    for line in top.split(b"\n")[:30]:
        if line.startswith(b"--") and line.rstrip()[2:].strip(b"-"):
            return line.rstrip()[2:][:MAX_BOUNDARY]
    return b""


def _pieces(part: Part, boundary: bytes) -> Iterator[tuple[int, int]]:
    """What stands between the boundary lines; the end may be missing."""
    raw, start = part.raw, -1
    for at, line_end, closes in _marks(part, boundary):
        if start >= 0:
            yield start, max(start, _before_newline(raw, at))
        if closes:
            return
        start = line_end
    if 0 <= start < part.end:
        yield start, part.end


def _marks(part: Part, boundary: bytes) -> Iterator[tuple[int, int, bool]]:
    """Start, next line and "is the last" of every boundary line."""
    if not boundary:
        return
    rest = re.escape(b"--" + boundary) + rb"(--)?[ \t\r]{0,998}(?=\n|\Z)"
    first = re.compile(rest).match(part.raw, part.start, part.end)
    if first:
        yield first.start(), first.end() + 1, bool(first[1])
    for hit in re.compile(rb"\n" + rest).finditer(part.raw, part.start, part.end):
        yield hit.start() + 1, hit.end() + 1, bool(hit[1])


def _before_newline(raw: bytes, at: int) -> int:
    """The line break in front of a boundary belongs to the boundary."""
    return at - 2 if raw[at - 2 : at] == b"\r\n" else at - 1
