"""What somebody wrote in the frame of the app: one Inbound value, one complaint.

The bytes are made by ``feedback`` from a form; ``account`` in them was proven there by
a signed token, ``email`` was typed and proves nothing.
"""

import hashlib
import json
from typing import Any

from complaints.channels import cases
from complaints.channels.inbound import (
    NOTHING,
    Inbound,
    Sender,
    unreadable,
)
from complaints.channels.reasons import Reason, reason_of
from complaints.channels.work import Verdict, Way, Work, held
from complaints.services.intake import party_of_user
from teams.services import customer_of_account

PROVIDER = "app"
FRAME = "feedback"
"""The account of these messages: the one frame there is."""


def external_id(raw: bytes) -> str:
    """A form sent twice is the same bytes, its number included."""
    return hashlib.sha256(raw).hexdigest()


def read(raw: bytes, account: str) -> Inbound:
    """The value; for bytes that ``feedback`` did not make, one that is held."""
    try:
        said = json.loads(raw)
        return _inbound(raw, account, said)
    except (ValueError, KeyError, TypeError, RecursionError):
        return unreadable(raw, provider=PROVIDER, account=account)


def _inbound(raw: bytes, account: str, said: dict[str, Any]) -> Inbound:
    text = str(said["text"])
    return Inbound(
        provider=PROVIDER,
        account=account,
        external_id=external_id(raw),
        sender=Sender(address=str(said["email"]), handle=str(said["account"])),
        sent_at=None,
        received_at=None,
        subject="",
        text=text,
        full_text=text,
        html="",
        language=str(said["language"]),
        attachments=(),
        recipients=(),
        message_id="",
        references=(),
        authentication=NOTHING,
        automatic="",
        raw=raw,
    )


def decide(work: Work) -> Verdict:
    """A complaint: of the account that was proven, else of a customer of its own."""
    inbound = work.inbound
    if inbound.problems:
        return held(reason_of(inbound.problems[0]))
    if inbound.sender.handle:
        party = party_of_user(customer_of_account(inbound.sender.handle))
        return cases.open_case(work, party, verified=True)
    if inbound.sender.address and cases.opened_today(work) >= cases.OPENED_A_DAY:
        return held(Reason.TOO_MANY)
    return cases.open_case(work, cases.party_of(work), verified=False)


WAY = Way(provider=PROVIDER, external_id=external_id, parse=read, decide=decide)
