"""Raw mail in, one ``Inbound`` out, whatever the bytes."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from datetime import datetime
from types import MappingProxyType

from complaints.channels.email import (
    automatic,
    content,
    dedupe,
    facts,
    headers,
    mime,
    people,
    phrases,
    replies,
    verdicts,
    words,
)
from complaints.channels.inbound import UNREADABLE, Inbound, unreadable
from complaints.channels.language import language_of
from complaints.channels.safetext import one_line, storable

PROVIDER = "email"
MAX_MESSAGE = 64 * 1024 * 1024
MAX_SUBJECT = 998

HEADER_TOO_LONG = "header-too-long"
TOO_LARGE = "too-large"

__all__ = ["UNREADABLE", "parse"]

logger = logging.getLogger(__name__)


def parse(
    raw: bytes,
    *,
    account: str,
    received_at: datetime | None = None,
    authserv_ids: Sequence[str] = (),
    own_addresses: Collection[str] = (),
) -> Inbound:
    """The mail as a value. Never raises; a limit or a fault is in ``problems``.

    account: our mailbox the mail came to.
    received_at: the mailbox's own time; without it our topmost Received counts.
    authserv_ids: the names under which our servers write
        Authentication-Results; without any there are no verdicts.
    own_addresses: our addresses and "@domains"; mail from them is a loop.
    """
    try:
        return _read(raw, account, received_at, authserv_ids, own_addresses)
    except Exception:
        # The raw mail is safe with the caller; one bad mail must not stop the
        # next. What gets here is a fault of ours and is to be seen.
        logger.exception("A mail could not be parsed.")
        return unreadable(
            raw, provider=PROVIDER, account=account, received_at=received_at
        )


def _read(
    raw: bytes,
    account: str,
    received_at: datetime | None,
    authserv_ids: Sequence[str],
    own_addresses: Collection[str],
) -> Inbound:
    budget = mime.Budget()
    root = mime.read(_within_limits(raw, budget), budget)
    head = root.headers
    if not head.complete:
        budget.problems.add(HEADER_TOO_LONG)
    found = content.collect(root)
    subject = one_line(words.decode(head.raw("subject")), MAX_SUBJECT)
    text = replies.trim(found.text, forwarded=_is_forward(subject))
    sender = people.sender(head, budget.problems)
    own = {address.lower() for address in own_addresses}
    return Inbound(
        provider=PROVIDER,
        account=account,
        external_id=dedupe.external_id(raw),
        sender=sender,
        sent_at=facts.sent_at(head),
        received_at=received_at or facts.received_at(head),
        subject=subject,
        text=text,
        full_text=found.text,
        html=found.html[0] if found.html else "",
        language=language_of(f"{subject}\n{text}"),
        attachments=tuple(found.attachments),
        recipients=people.recipients(head),
        message_id=storable(facts.message_id(head)),
        references=tuple(map(storable, facts.references(head))),
        authentication=MappingProxyType(
            verdicts.authentication(head, authserv_ids, sender.address)
        ),
        automatic=automatic.reason(root, sender, subject, found.text, own),
        raw=raw,
        problems=tuple(sorted(budget.problems | found.problems)),
    )


def _within_limits(raw: bytes, budget: mime.Budget) -> bytes:
    """All of it, or of a mail that is far too large the header block alone."""
    if len(raw) <= MAX_MESSAGE:
        return raw
    budget.problems.add(TOO_LARGE)
    _, body = headers.locate(raw, 0, len(raw))
    return raw[: min(body, headers.MAX_BLOCK)]


def _is_forward(subject: str) -> bool:
    return subject.lower().startswith(phrases.FORWARDED_SUBJECTS)
