"""Dates and threads from the header block."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from complaints.channels.email.headers import Headers, unfolded

MAX_ID = 998
MAX_REFERENCES = 100

_ID = re.compile(r"<([^<>\s]{1,996})>")


def sent_at(head: Headers) -> datetime | None:
    """The writer's Date in UTC; None when missing or no date."""
    return _date(head.get("date"))


def received_at(head: Headers) -> datetime | None:
    """The time in the topmost Received, the only one our own server wrote."""
    return _date(unfolded(head.raw("received")).rpartition(";")[2])


def _date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text[:200])
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        moment = moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None
    return moment if 1970 <= moment.year <= 9000 else None


def message_id(head: Headers) -> str:
    """The Message-ID with its brackets where it has them; may be empty."""
    text = head.get("message-id")
    hit = _ID.search(text)
    return hit[0] if hit else "".join(text.split())[:MAX_ID]


def references(head: Headers) -> tuple[str, ...]:
    """In-Reply-To, then References from the nearest to the farthest, once each."""
    near = _ID.finditer(head.get("in-reply-to"))
    far = reversed(list(_ID.finditer(head.get("references"))))
    ids = dict.fromkeys(hit[0] for hits in (near, far) for hit in hits)
    return tuple(ids)[:MAX_REFERENCES]
