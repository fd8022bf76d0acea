"""What our mails answer, so that the customer's program shows one conversation."""

from __future__ import annotations

import re
from itertools import chain

from complaints.models import Outbox, RawMessage
from complaints.outbox import STAFF
from complaints.states import Channel, Intake

MOST = 10
"""References of one mail: the first and the latest; RFC 5322 lets the middle go."""

_ID = re.compile(r"<[!-;=?-~]{1,250}>")


def headers_of(row: Outbox) -> dict[str, str]:
    """In-Reply-To and References of a notice on a case; nothing for its first mail.

    Only what was said between us and this very recipient: an identifier of somebody
    else's mail is none of theirs.
    """
    if row.complaint_id is None or row.kind == STAFF:
        return {}
    theirs, ours = _theirs(row), _ours(row)
    known = list(dict.fromkeys(filter(_ID.fullmatch, chain(theirs[:1], ours, theirs))))
    if not known:
        return {}
    answered = theirs[-1] if theirs and theirs[-1] in known else known[-1]
    kept = known if len(known) <= MOST else [known[0], *known[1 - MOST :]]
    return {"In-Reply-To": answered, "References": " ".join(kept)}


def _theirs(row: Outbox) -> list[str]:
    """The Message-IDs of the recipient's mails on the case, oldest first."""
    mails = RawMessage.objects.filter(
        complaint=row.complaint_id,
        provider=Channel.EMAIL,
        sender__iexact=row.recipient,
        outcome__in=(Intake.OPENED, Intake.APPENDED),
    )
    ids = mails.order_by("-received_at", "-pk").values_list("verdicts", flat=True)
    return [kept.get("message_id", "") for kept in ids[:MOST]][::-1]


def _ours(row: Outbox) -> list[str]:
    """The Message-IDs of what we wrote to the recipient about the case before."""
    mails = Outbox.objects.filter(
        complaint=row.complaint_id,
        channel=Channel.EMAIL,
        recipient__iexact=row.recipient,
        pk__lt=row.pk,
    ).exclude(message_id="")
    ids = mails.exclude(kind=STAFF).order_by("-pk").values_list("message_id", flat=True)
    return list(ids[:MOST])[::-1]
