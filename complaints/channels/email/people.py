"""Who a mail says it is from and to. All of it is claims."""

from __future__ import annotations

import re
from email.utils import getaddresses

from complaints.channels.email import words
from complaints.channels.email.headers import Headers
from complaints.channels.inbound import Sender
from complaints.channels.safetext import one_line

MAX_NAME = 200
MAX_ADDRESS = 320
MAX_RECIPIENTS = 200
MAX_FIELD = 8_000
MAX_FROM = 2_000
MAX_VALUES = 20

SEVERAL_SENDERS = "several-senders"

_RECIPIENT_FIELDS = ("to", "cc", "delivered-to", "x-original-to", "envelope-to")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.){0,2000}"|\([^()]{0,2000}\)')
_TWOFOLD = re.compile(r"@[^\s<>\"(),;@]{1,255}@")
_BARE = re.compile(r"[^\s<>\"(),:;@]{1,64}@[^\s<>\"(),:;@]{1,255}")


def sender(head: Headers, problems: set[str]) -> Sender:
    """The first address of the first From; an ambiguous From is a problem.

    Two From fields, or two people in one, are how a checked sender and a shown
    sender are made to differ.
    """
    values = list(head.all_raw("from"))
    people = addresses(values[0][:MAX_FROM]) if values else []
    several = len({address for _, address in people}) > 1
    if several or len(values) > 1 or _is_twofold(values):
        problems.add(SEVERAL_SENDERS)
    if not people:
        name = one_line(words.decode(values[0]), MAX_NAME) if values else ""
        return Sender(name=name)
    name, address = people[0]
    return Sender(address=address, name=name)


def _is_twofold(values: list[bytes]) -> bool:
    """Whether one address has two domains, or a way to go: programs do not agree on
    which of them it is from (``a@one.example@two.example``)."""
    shown = (_QUOTED.sub("", words.unfold(value[:MAX_FROM])) for value in values)
    return any(_TWOFOLD.search(text) for text in shown)


def recipients(head: Headers) -> tuple[str, ...]:
    """Every address the mail was sent or delivered to, once, in order."""
    found: dict[str, None] = {}
    values = [value for name in _RECIPIENT_FIELDS for value in head.all_raw(name)]
    for value in values[:MAX_VALUES]:
        found |= dict.fromkeys(address for _, address in addresses(value))
    return tuple(found)[:MAX_RECIPIENTS]


def addresses(value: bytes) -> list[tuple[str, str]]:
    """(name, address) pairs of a raw address field; what is no address is left
    out. Parsed before encoded words are decoded, so a name adds nobody."""
    text = words.unfold(value[:MAX_FIELD])
    decoded = words.decode(value[:MAX_FIELD])
    # Some programs encode the whole field, address and all; some write no
    # brackets: what looks like an address in there is better than nothing.
    return (
        _parsed(text)
        or _parsed(decoded)
        or [("", _address(hit)) for hit in _BARE.findall(decoded)]
    )


def address_of(value: bytes) -> str:
    """The first address of a raw field, or the empty string."""
    people = addresses(value)
    return people[0][1] if people else ""


def _parsed(text: str) -> list[tuple[str, str]]:
    try:
        pairs = getaddresses([text])
    except (ValueError, IndexError, RecursionError, AttributeError):
        return []
    people = [(_name(name), _address(address)) for name, address in pairs]
    return [person for person in people if person[1]]


def _name(name: str) -> str:
    return one_line(words.decode_text(name), MAX_NAME).strip("'\" ")


def _address(text: str) -> str:
    """The address with a lower-case domain, or nothing when it is none."""
    text = one_line(text, MAX_ADDRESS + 1)
    local, at, domain = text.rpartition("@")
    if not (local and at and domain) or " " in text or len(text) > MAX_ADDRESS:
        return ""
    return f"{local}@{domain.lower()}"
