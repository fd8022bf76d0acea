"""The tree of a message's parts, within limits.

The standard library's parser recurses without a bound and scans every line
once a level; mail from strangers needs limits that hold. What lies behind a
limit is not taken apart: it stays in the raw message, and ``problems`` says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from complaints.channels.email import charset, headers, parameters, transfer

MAX_DEPTH = 30
MAX_PARTS = 250
MAX_BOUNDARY = 256

TOO_DEEP = "too-deep"
TOO_MANY_PARTS = "too-many-parts"


@dataclass(slots=True)
class Part:
    """One part: a multipart has children, a leaf has a body.

    A ``sealed`` multipart was not taken apart. ``body`` is still in its transfer
    encoding; ``content()`` undoes it.
    """

    headers: headers.Headers
    body: bytes
    content_type: str = "text/plain"
    parameters: dict[str, str] = field(default_factory=dict)
    disposition: str = ""
    filename: str = ""
    children: list[Part] = field(default_factory=list)
    sealed: bool = False

    def content(self) -> bytes:
        """The bytes behind the transfer encoding."""
        return transfer.decode(self.body, self.headers.get("content-transfer-encoding"))

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
    return _part(raw, budget, depth=0, default="text/plain")


def _part(raw: bytes, budget: Budget, *, depth: int, default: str) -> Part:
    budget.parts -= 1
    part = _leaf(raw, default)
    if not part.content_type.startswith("multipart/"):
        return part
    if depth >= MAX_DEPTH:
        budget.problems.add(TOO_DEEP)
        part.sealed = True
        return part
    inner = "text/plain"
    if part.content_type == "multipart/digest":
        inner = "message/rfc822"
    for piece in _pieces_of(part):
        if budget.parts <= 0:
            budget.problems.add(TOO_MANY_PARTS)
            break
        part.children.append(_part(piece, budget, depth=depth + 1, default=inner))
    return part


def _leaf(raw: bytes, default: str) -> Part:
    head, body = headers.split(raw)
    kind, values = parameters.read(head.raw("content-type"))
    disposition, named = parameters.read(head.raw("content-disposition"))
    content_type = _type(kind, default)
    filename = named.get("filename") or values.get("name") or ""
    if not filename and not content_type.startswith(("text/", "multipart/")):
        filename = head.get("content-location")
    return Part(head, body, content_type, values, disposition, filename)


def _type(kind: str, default: str) -> str:
    main, slash, sub = kind.partition("/")
    known = all(c.isascii() and (c.isalnum() or c in "!#$&^_.+-") for c in main + sub)
    return kind if main and slash and sub and known and len(kind) < 128 else default


def _pieces_of(part: Part) -> Iterator[bytes]:
    """The pieces by the declared boundary, else by the one that was used."""
    declared = _boundary(part.parameters.get("boundary", ""))
    if declared and b"--" + declared in part.body:
        return _pieces(part.body, declared)
    return _pieces(part.body, _used_boundary(part.body))


def _used_boundary(body: bytes) -> bytes:
    """The first line near the top that starts with two dashes and goes on."""
    for line in body[:4_000].split(b"\n")[:30]:
        if line.startswith(b"--") and line.rstrip()[2:].strip(b"-"):
            return line.rstrip()[2:][:MAX_BOUNDARY]
    return b""


def _pieces(body: bytes, boundary: bytes) -> Iterator[bytes]:
    """What stands between the boundary lines; the end may be missing."""
    mark = b"--" + boundary
    start = -1
    for at, line_end, closes in _marks(body, mark):
        if start >= 0:
            yield body[start : _before_newline(body, at, start)]
        if closes:
            return
        start = line_end
    if 0 <= start < len(body):
        yield body[start:]


def _boundary(text: str) -> bytes:
    return text[:MAX_BOUNDARY].rstrip().encode("utf-8", "surrogateescape")


def _marks(body: bytes, mark: bytes) -> Iterator[tuple[int, int, bool]]:
    """Position, end of line and "is the last" of every boundary line."""
    at = body.find(mark) if len(mark) > 2 else -1
    while at >= 0:
        newline = body.find(b"\n", at)
        line_end = newline + 1 if newline >= 0 else len(body)
        rest = body[at + len(mark) : min(line_end, at + len(mark) + 1_000)].strip()
        if (at == 0 or body[at - 1 : at] == b"\n") and rest in (b"", b"--"):
            yield at, line_end, rest == b"--"
        at = body.find(mark, at + len(mark))


def _before_newline(body: bytes, at: int, start: int) -> int:
    """The line break in front of a boundary belongs to the boundary."""
    if body[at - 2 : at] == b"\r\n" and at - 2 >= start:
        return at - 2
    return max(at - 1, start)
