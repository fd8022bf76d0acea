"""What a bounce says about the mail that came back (RFC 3464)."""

from __future__ import annotations

from dataclasses import dataclass

from complaints.channels.email import facts, headers, mime, people
from complaints.channels.safetext import one_line

MAX_FACTS = 100

_RETURNED = ("message/rfc822", "message/global", "text/rfc822-headers")


@dataclass(frozen=True, slots=True)
class DeliveryFact:
    """The fate of one recipient.

    action: failed, delayed, delivered, relayed, expanded, or empty.
    status: an enhanced status code such as 5.1.1, or empty.
    original_message_id: of the mail that came back, with brackets, or empty.
    """

    recipient: str
    action: str
    status: str
    diagnostic: str
    original_message_id: str


def delivery_facts(raw: bytes) -> tuple[DeliveryFact, ...]:
    """What the report parts say, a fact a recipient; empty without any.

    Where a server sent no report, its X-Failed-Recipients is believed.
    """
    root = mime.read(raw, mime.Budget())
    returned = _returned_id(root)
    found = [
        _fact(group, returned)
        for part in root.walk()
        if part.content_type
        in {"message/delivery-status", "message/global-delivery-status"}
        for group in _groups(part.content())
        if group.has("final-recipient") or group.has("original-recipient")
    ]
    return tuple((found or _failed(root, returned))[:MAX_FACTS])


def _groups(content: bytes) -> list[headers.Headers]:
    """The blocks of a report: one about the message, one a recipient."""
    blocks = content.replace(b"\r\n", b"\n").split(b"\n\n")
    return [headers.split(block.lstrip(b"\n"))[0] for block in blocks[:1_000]]


def _fact(group: headers.Headers, returned: str) -> DeliveryFact:
    recipient = group.get("final-recipient") or group.get("original-recipient")
    address = recipient.rpartition(";")[2].strip()
    return DeliveryFact(
        recipient=people.address_of(address.encode()) or one_line(address, 320),
        action=one_line(group.get("action"), 20).lower(),
        status=one_line(group.get("status"), 20).split(" ")[0],
        diagnostic=one_line(group.get("diagnostic-code"), 1_000),
        original_message_id=returned,
    )


def _failed(root: mime.Part, returned: str) -> list[DeliveryFact]:
    failed = root.headers.raw("x-failed-recipients")
    named = people.addresses(failed)
    return [DeliveryFact(address, "failed", "", "", returned) for _, address in named]


def _returned_id(root: mime.Part) -> str:
    """The Message-ID of the mail that is enclosed in the report."""
    for part in root.walk():
        if part.content_type in _RETURNED and part is not root:
            enclosed, _ = headers.split(part.content())
            found = facts.message_id(enclosed)
            if found:
                return one_line(found, facts.MAX_ID)
    return ""
