"""One key for one mail, however often and by whatever way it reaches us."""

from __future__ import annotations

import hashlib

from complaints.channels.email import headers

# What the writer made. Received, Return-Path and the like differ from one
# delivery of the same mail to the next; a Message-ID alone is reused by real
# senders for different mails.
_OWN_FIELDS = ("message-id", "from", "date", "subject")


def external_id(raw: bytes) -> str:
    """SHA-256, in hex, over the writer's fields and the body."""
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    head, body = headers.split(raw)
    digest = hashlib.sha256()
    for name in _OWN_FIELDS:
        for value in head.all_raw(name):
            _add(digest, name.encode(), b" ".join(value.split()))
    _add(digest, b"body", body.replace(b"\r\n", b"\n").rstrip(b"\n"))
    return digest.hexdigest()


def _add(digest: hashlib._Hash, name: bytes, value: bytes) -> None:
    """Lengths in front, so that no two different mails spell the same bytes."""
    digest.update(b"%s %d\n" % (name, len(value)))
    digest.update(value)
