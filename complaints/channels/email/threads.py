"""Which case a mail answers. Only what we signed for its sender ties it to one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Q

from complaints.channels.email.address import (
    Keys,
    is_message_token,
    is_reply_token,
    read_message_id,
    read_reply_address,
)
from complaints.channels.inbound import Inbound
from complaints.channels.reasons import Reason
from complaints.models import Complaint, ContactKind, Outbox


@dataclass(frozen=True, slots=True)
class Thread:
    """The reference a mail proves to answer, or why its claim does not hold."""

    reference: str = ""
    problem: str = ""


def thread_of(inbound: Inbound, *, key: Keys, domain: str) -> Thread | None:
    """The case that the mail answers; None where it does not even claim to.

    The address it was sent to goes before the mails it refers to.
    """
    sender = inbound.sender.address
    tokens = [read_reply_address(to, key) for to in inbound.recipients]
    issued = [token for token in tokens if token is not None]
    mine = {token.reference for token in issued if token.belongs_to(sender)}
    if len(mine) > 1:
        return Thread(problem=Reason.AMBIGUOUS)
    reference = mine.pop() if mine else _answered(inbound, key)
    if reference:
        return Thread(reference)
    if issued or _known(inbound.references):
        return Thread(problem=Reason.SENDER_MISMATCH)
    return Thread(problem=Reason.BAD_TOKEN) if _claims(inbound, domain) else None


def _answered(inbound: Inbound, key: Keys) -> str:
    """The case of the nearest mail of ours to this sender that it refers to."""
    sender = inbound.sender.address
    found = (read_message_id(id_, sender, key) for id_ in inbound.references)
    return next(filter(None, found), "")


def _known(references: Iterable[str]) -> bool:
    ours = [id_ for id_ in references if is_message_token(id_)]
    return bool(ours) and Outbox.objects.filter(message_id__in=ours).exists()


def _claims(inbound: Inbound, domain: str) -> bool:
    """Whether something in it has the shape of our tokens, at our domain."""
    return any(_ours(inbound, domain))


def _ours(inbound: Inbound, domain: str) -> Iterator[bool]:
    end = f"@{domain.lower()}"
    for to in inbound.recipients:
        yield to.lower().endswith(end) and is_reply_token(to)
    for id_ in inbound.references:
        yield id_.lower().rstrip(">").endswith(end) and is_message_token(id_)


def answers_us(inbound: Inbound, *, key: Keys) -> bool:
    """Whether the mail answers one that we sent, by whomever."""
    addressed = any(read_reply_address(to, key) for to in inbound.recipients)
    return addressed or bool(_answered(inbound, key)) or _known(inbound.references)


def is_on_case(address: str, complaint: Complaint) -> bool:
    """Whether letters of the case go to this address: the customer's or a speaker's."""
    party = complaint.customer
    named = Q(email__iexact=address)
    return (
        party.erased_at is None
        and party.contacts.filter(
            kind=ContactKind.EMAIL, value__iexact=address
        ).exists()
    ) or (
        complaint.contact_details.filter(named, of_representative=False).exists()
        or complaint.representatives.filter(named).exists()
    )
