"""Content-Type and Content-Disposition: a value and its parameters.

RFC 2231 (``name*0*=``), encoded words in quotes, unquoted names with spaces
and raw 8-bit names all occur, often in the mail of the same sender.
"""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from complaints.channels.email import charset, words

MAX_PARAMETERS = 100

_SECTION = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?$")


def read(value: bytes) -> tuple[str, dict[str, str]]:
    """The lower-case value and the decoded parameters by lower-case name."""
    head, *rest = _pieces(charset.decode(value))
    plain: dict[str, str] = {}
    sections: dict[str, dict[int, tuple[str, bool]]] = {}
    for piece in rest[:MAX_PARAMETERS]:
        _take(piece, plain, sections)
    decoded = {name: words.decode_text(text) for name, text in plain.items()}
    return head.strip().lower(), decoded | {
        name: _extended(parts) for name, parts in sections.items()
    }


def _pieces(text: str) -> list[str]:
    """The text cut at every semicolon outside of quotes."""
    out, start, quoted, escaped = [], 0, False, False
    closing = text.rfind('"')
    for index, char in enumerate(text):
        if escaped:
            escaped = False
        elif char == "\\" and quoted:
            escaped = True
        elif char == '"' and (quoted or index < closing):
            quoted = not quoted
        elif char == ";" and not quoted:
            out.append(text[start:index])
            start = index + 1
    return [*out, text[start:]]


def _take(
    piece: str,
    plain: dict[str, str],
    sections: dict[str, dict[int, tuple[str, bool]]],
) -> None:
    name, equals, value = piece.partition("=")
    hit = _SECTION.match(name.strip().lower())
    if not equals or not hit:
        return
    value = _unquoted(value.strip())
    if hit[2] is None and hit[3] is None:
        plain.setdefault(hit[1].strip(), value)
        return
    parts = sections.setdefault(hit[1].strip(), {})
    parts.setdefault(int(hit[2] or 0), (value, bool(hit[3])))


def _unquoted(value: str) -> str:
    if not value.startswith('"'):
        return value
    body = value[1:-1] if len(value) > 1 and value.endswith('"') else value[1:]
    return re.sub(r"\\(.)", r"\1", body) if "\\" in body else body


def _extended(parts: dict[int, tuple[str, bool]]) -> str:
    """RFC 2231: numbered sections, percent-encoded where starred."""
    label = ""
    out: list[bytes] = []
    for number in sorted(parts):
        value, encoded = parts[number]
        if encoded and not out and value.count("'") >= 2:
            label, _, value = value.split("'", 2)
        data = value.encode("utf-8", "surrogateescape")
        out.append(unquote_to_bytes(data) if encoded else data)
    return words.decode_text(charset.decode(b"".join(out), label))
