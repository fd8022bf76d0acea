"""Dates, threads and verdicts from the header block."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from complaints.channels.email.headers import Headers, unfolded

MAX_ID = 998
MAX_REFERENCES = 100

METHODS = ("spf", "dkim", "dmarc")

_ID = re.compile(r"<([^<>\s]{1,996})>")
_COMMENT = re.compile(r"\([^()]*\)")
_VERDICT = re.compile(r"\s*(spf|dkim|dmarc)(?:/1)?\s*=\s*([a-z]{1,20})", re.IGNORECASE)


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


def authentication(head: Headers, authserv_ids: Sequence[str]) -> Mapping[str, str]:
    """spf, dkim and dmarc as our own server judged them (RFC 8601).

    Only fields under one of our names count, the topmost run of them, and in
    it the first verdict of each method: a sender can write such fields too, but
    only below ours. Our server must strip fields that claim its name.
    """
    ours = {name.lower() for name in authserv_ids}
    verdicts: dict[str, str] = {}
    for name, value in _top_results(head, ours):
        if name in ours:
            for method, verdict in _verdicts(value):
                verdicts.setdefault(method, verdict)
    return verdicts


def _top_results(head: Headers, ours: set[str]) -> Iterator[tuple[str, str]]:
    started = False
    for key, raw in head.fields:
        if key == "received" and started:
            return
        if key == "authentication-results":
            name, _, rest = unfolded(raw).partition(";")
            name = (name.split() or [""])[0].lower()
            started = started or name in ours
            yield name, rest


def _verdicts(text: str) -> Iterator[tuple[str, str]]:
    for part in _COMMENT.sub("", text[:10_000]).split(";"):
        hit = _VERDICT.match(part)
        if hit:
            yield hit[1].lower(), hit[2].lower()
