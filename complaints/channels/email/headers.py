"""The header block: where it ends, what its fields say.

Everything here is linear in its input and bounded: a field is read up to
MAX_FIELD bytes, a block up to MAX_BLOCK bytes and MAX_FIELDS fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from complaints.channels.email import charset

MAX_BLOCK = 512 * 1024
MAX_FIELDS = 2_000
MAX_FIELD = 32 * 1024

_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_EMPTY_LINE = re.compile(rb"\n\r?\n")
_FOLD = re.compile(r"\r?\n[ \t]*")


@dataclass(frozen=True, slots=True)
class Headers:
    """Fields in their order, values raw: undecoded, folds included."""

    fields: tuple[tuple[str, bytes], ...] = ()
    complete: bool = True

    def raw(self, name: str) -> bytes:
        """The first value of that name, or nothing."""
        return next(self.all_raw(name), b"")

    def all_raw(self, name: str) -> Iterator[bytes]:
        """Every value of that name, topmost first."""
        return (value for key, value in self.fields if key == name)

    def get(self, name: str) -> str:
        """The first value as text: unfolded, encoded words left alone."""
        return unfolded(self.raw(name))

    def all(self, name: str) -> list[str]:
        """Every value of that name as text."""
        return [unfolded(value) for value in self.all_raw(name)]

    def has(self, name: str) -> bool:
        """Whether the field is there, be it empty."""
        return any(key == name for key, _ in self.fields)


def unfolded(value: bytes) -> str:
    """A raw value as one line of text; raw UTF-8 and GB18030 are understood."""
    return _FOLD.sub(" ", charset.decode(value)).strip()


def split(raw: bytes) -> tuple[Headers, bytes]:
    """The header block and the body behind it."""
    head, body = locate(raw, 0, len(raw))
    return head, raw[body:]


def locate(raw: bytes, start: int, end: int) -> tuple[Headers, int]:
    """The header block of ``raw[start:end]`` and where the body behind it starts.

    A block ends at the first empty line. It also ends, body included, at a
    line that is no field and is not followed by one: some senders forget the
    empty line. mbox's "From " line and empty lines at the top are passed over.
    """
    first = _first_field(raw, start, end)
    last, body, complete = _block_end(raw, first, end)
    return Headers(tuple(_fields(raw[first:last])), complete), body


def _first_field(raw: bytes, start: int, end: int) -> int:
    first = start
    while raw[first : first + 1] in (b"\r", b"\n") and first < min(end, start + 100):
        first += 1
    if first > start and not _FIELD.match(raw, first, end):
        return start
    is_field = _FIELD.match(raw, first, end)
    if raw.startswith((b"From ", b">From "), first) and not is_field:
        line_end = raw.find(b"\n", first, min(end, first + MAX_FIELD))
        return line_end + 1 if line_end >= 0 else first
    return first


def _block_end(raw: bytes, start: int, end: int) -> tuple[int, int, bool]:
    """Where the fields end, where the body starts, whether we saw all fields."""
    position, stop = start, min(end, start + MAX_BLOCK)
    while position < stop:
        line_end = raw.find(b"\n", position, stop)
        if line_end < 0:
            break
        line = raw[position:line_end]
        if not line.strip(b"\r"):
            return position, line_end + 1, True
        is_first = position == start
        if not _belongs(raw, line, line_end + 1, end, is_first=is_first):
            return position, position, True
        position = line_end + 1
    if stop == end:
        # The last line has no line break; it can be all the text there is.
        tail = raw[position:end]
        is_field = _belongs(raw, tail, end, end, is_first=position == start)
        return end, end if is_field else position, True
    return position, _far_body(raw, position, end), False


def _belongs(
    raw: bytes, line: bytes, following: int, end: int, *, is_first: bool
) -> bool:
    """Whether a line is a field, a fold, or junk in the middle of fields."""
    if _FIELD.match(line) or (line[:1] in b" \t" and not is_first):
        return True
    return not is_first and bool(_FIELD.match(raw, following, end))


def _far_body(raw: bytes, position: int, end: int) -> int:
    """The body behind a block that is too long to be read line by line."""
    hit = _EMPTY_LINE.search(raw, position, end)
    return hit.end() if hit else end


def _fields(block: bytes) -> Iterator[tuple[str, bytes]]:
    name, lines, count = "", [b""], 0
    for line in block.split(b"\n"):
        hit = _FIELD.match(line)
        if line[:1] in (b" ", b"\t") and name:
            lines.append(line)
        elif hit and count < MAX_FIELDS:
            if name:
                yield name, _value(lines)
            name, lines = hit[1].decode("ascii").lower(), [line[hit.end() :]]
            count += 1
    if name:
        yield name, _value(lines)


def _value(lines: list[bytes]) -> bytes:
    value = b"\n".join(line.rstrip(b"\r") for line in lines)
    return value[:MAX_FIELD].replace(b"\r", b" ").replace(b"\0", b"").strip()
