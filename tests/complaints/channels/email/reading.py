"""Reading a mail and asking at once what must hold for every mail."""

import hashlib
from typing import Any

from complaints.channels.email.parse import UNREADABLE, parse
from complaints.channels.inbound import Inbound


def read(raw: bytes, **given_by_server: Any) -> Inbound:
    """The mail, having stood what every mail must stand."""
    inbound = parse(raw, account="desk", **given_by_server)
    assert UNREADABLE not in inbound.problems
    assert inbound.raw == raw
    for text in every_text(inbound):
        text.encode("utf-8")
        assert "\0" not in text
    for line in (inbound.subject, inbound.sender.name, inbound.message_id):
        assert "\n" not in line
        assert "\r" not in line
    for attachment in inbound.attachments:
        assert attachment.sha256 == hashlib.sha256(attachment.content).hexdigest()
        assert attachment.size == len(attachment.content)
        assert attachment.name
        assert "/" not in attachment.name
        assert len(attachment.name) <= 200
    return inbound


def every_text(inbound: Inbound) -> list[str]:
    names = [a.name + a.claimed_name + a.content_type for a in inbound.attachments]
    return [
        inbound.subject,
        inbound.text,
        inbound.full_text,
        inbound.html,
        inbound.sender.name,
        inbound.sender.address,
        inbound.message_id,
        *inbound.references,
        *inbound.recipients,
        *names,
    ]
