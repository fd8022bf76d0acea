"""Content-Transfer-Encoding, undone without complaint."""

from __future__ import annotations

import binascii
import re

_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")


def decode(data: bytes, encoding: str) -> bytes:
    """The bytes behind a transfer encoding; an unknown one means none."""
    encoding = encoding.strip().strip("'\"").lower()
    if encoding.startswith("base64"):
        return base64(data)
    if encoding.startswith("quoted"):
        return binascii.a2b_qp(data)
    if encoding.split(";")[0].strip() in {"x-uuencode", "uuencode", "x-uue", "uue"}:
        return _uu(data)
    return data


def base64(data: bytes) -> bytes:
    """Base64 up to its padding; letters that are none are passed over."""
    letters = _NOT_BASE64.sub(b"", data.split(b"=", 1)[0])
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def _uu(data: bytes) -> bytes:
    """The lines between "begin" and "end"; a broken line gives what it can."""
    out: list[bytes] = []
    for line in data.split(b"\n"):
        line = line.rstrip(b"\r")
        if line.startswith(b"begin ") and not out:
            continue
        if line in {b"end", b"`"}:
            break
        out.append(_uu_line(line))
    return b"".join(out)


def _uu_line(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        return b""
