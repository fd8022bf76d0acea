"""RFC 2047 encoded words, read as senders write them.

Real mail has spaces and folds inside a word, characters cut in two between
words, and languages after the character set; all of them are understood.
"""

from __future__ import annotations

import binascii
import re

from complaints.channels.email import charset, transfer

_WORD = re.compile(r"=\?([^?\s*]{1,40})(?:\*[^?\s]{0,40})?\?([bBqQ])\?([^?]*)\?=")
_FOLD = re.compile(r"\r?\n[ \t]*")
_HEX = re.compile(rb"=([0-9A-Fa-f]{2})")


def decode(value: bytes) -> str:
    """A raw header value as text, on one line."""
    return decode_text(charset.decode(value))


def unfold(value: bytes) -> str:
    """A raw header value as one line, its encoded words left as they are."""
    return _FOLD.sub(" ", charset.decode(value)).strip()


def decode_text(text: str) -> str:
    """The text with its encoded words decoded and its folds undone."""
    out: list[str] = []
    pending: list[tuple[str, bytes]] = []
    position = 0
    for hit in _WORD.finditer(text):
        between = text[position : hit.start()]
        if not pending or between.strip():
            out += [_joined(pending), _FOLD.sub(" ", between)]
            pending = []
        pending.append((hit[1].lower(), _bytes(hit[2], hit[3])))
        position = hit.end()
    out += [_joined(pending), _FOLD.sub(" ", text[position:])]
    return "".join(out).strip()


def _joined(words: list[tuple[str, bytes]]) -> str:
    """Adjacent words, decoded together where they share a character set."""
    out, label, run = [], "", [b""]
    for name, data in words:
        if name != label:
            out.append(charset.decode(b"".join(run), label))
            label, run = name, []
        run.append(data)
    out.append(charset.decode(b"".join(run), label))
    return "".join(out)


def _bytes(encoding: str, text: str) -> bytes:
    data = _FOLD.sub("", text).encode("utf-8", "surrogateescape")
    if encoding in "bB":
        return transfer.base64(data)
    return _HEX.sub(lambda hit: binascii.unhexlify(hit[1]), data.replace(b"_", b" "))
