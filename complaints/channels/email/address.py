"""Signed reply addresses and Message-IDs.

A sender's address is a claim, a reference number is no secret, and a
Message-ID can be invented. So what ties a mail to a case carries a signature
over (reference, recipient, direction) that only we can make: an address or a
Message-ID that was not issued by us, or not to this sender, ties nothing.

Keys come as a tuple, newest first: the first signs, all of them verify, and
what was signed under a key that is gone is refused.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass

from complaints.reference_number import ALPHABET, PREFIX, normalise

Keys = str | bytes | tuple[str | bytes, ...]

_CODE = re.compile(rf"{PREFIX}-([{ALPHABET}]{{4}})-([{ALPHABET}]{{4}})")
_MENTION = re.compile(
    rf"(?<![A-Z0-9]){PREFIX}[- ]?[{ALPHABET}]{{4}}[- ]?[{ALPHABET}]{{4}}(?![A-Z0-9])",
    re.IGNORECASE | re.ASCII,
)
# 5 bytes reference + 9 bytes for whom or which + 16 bytes (128 bits) signature:
# 30 bytes are 48 base32 characters without a spare bit, so that each token has
# one spelling.
_CODE_BYTES, _TAG_BYTES, _SIGNATURE_BYTES = 5, 9, 16
# Without ASCII "İ" and "ſ" were letters of ours in the other case.
_ANY_CASE = re.IGNORECASE | re.ASCII
_REPLY = re.compile("c-([a-z2-7]{48})@[^@ ]{1,255}", _ANY_CASE)
_MESSAGE = re.compile("<?m-([a-z2-7]{48})@[^@<> ]{1,255}>?", _ANY_CASE)

_FROM_CUSTOMER = b"reply-address:from-customer"
_TO_CUSTOMER = b"message-id:to-customer"


@dataclass(frozen=True, slots=True)
class ReplyAddress:
    """An address we issued: for which case, and (as a keyed hash) to whom."""

    reference: str
    recipient_tag: bytes
    key: bytes

    def belongs_to(self, sender: str) -> bool:
        """Whether ``sender`` is the one we gave this address to."""
        return hmac.compare_digest(self.recipient_tag, _tag(sender, self.key))


def make_reply_address(reference: str, recipient: str, domain: str, key: Keys) -> str:
    """``c-<token>@domain``, for the Reply-To of one recipient of one case.

    Raises ValueError for a malformed reference or an empty key.
    """
    signer = _keys(key)[0]
    payload = _pack(reference) + _tag(recipient, signer)
    return f"c-{_signed(payload, _FROM_CUSTOMER, signer)}@{domain}"


def read_reply_address(address: str, key: Keys) -> ReplyAddress | None:
    """What a signed address stands for; None when we did not issue it."""
    hit = _REPLY.fullmatch(address.strip())
    for candidate in _keys(key) if hit else ():
        payload = _verified(hit[1] if hit else "", _FROM_CUSTOMER, candidate)
        reference = _unpack(payload) if payload else None
        if payload and reference:
            return ReplyAddress(reference, payload[_CODE_BYTES:], candidate)
    return None


def make_message_id(
    outbox_key: str, reference: str, recipient: str, domain: str, key: Keys
) -> str:
    """``<m-<token>@domain>``; the same for the same outbox row, so that a mail
    sent twice shows once. Raises ValueError as make_reply_address does."""
    signer = _keys(key)[0]
    row = hashlib.sha256(outbox_key.encode()).digest()[:_TAG_BYTES]
    token = _signed(_pack(reference) + row, _to(recipient), signer)
    return f"<m-{token}@{domain}>"


def read_message_id(message_id: str, sender: str, key: Keys) -> str | None:
    """The reference of a mail we sent to ``sender``; None for anything else."""
    hit = _MESSAGE.fullmatch(message_id.strip())
    for candidate in _keys(key) if hit else ():
        payload = _verified(hit[1] if hit else "", _to(sender), candidate)
        if payload:
            return _unpack(payload)
    return None


def is_reply_token(address: str) -> bool:
    """Whether an address has the shape of ours, whoever made it."""
    return bool(_REPLY.fullmatch(address.strip()))


def is_message_token(message_id: str) -> bool:
    """Whether a Message-ID has the shape of ours, whoever made it."""
    return bool(_MESSAGE.fullmatch(message_id.strip()))


def find_reference(text: str) -> str | None:
    """The first reference number mentioned. A hint for people: numbers can be
    read over a shoulder or guessed at, so it opens and attaches nothing."""
    found = (normalise(hit[0]) for hit in _MENTION.finditer(text))
    return next(filter(None, found), None)


def _keys(key: Keys) -> tuple[bytes, ...]:
    given = key if isinstance(key, tuple) else (key,)
    keys = tuple(k.encode() if isinstance(k, str) else k for k in given)
    if not keys or not all(keys):
        raise ValueError("A signing key must not be empty.")
    return keys


def _clean(address: str) -> bytes:
    return address.strip().lower().encode("utf-8", "replace")


def _to(recipient: str) -> bytes:
    return _TO_CUSTOMER + b"\0" + _clean(recipient)


def _tag(recipient: str, key: bytes) -> bytes:
    return _mac(b"recipient\0" + _clean(recipient), key)[:_TAG_BYTES]


def _mac(data: bytes, key: bytes) -> bytes:
    return hmac.digest(key, b"recourse mail v1\0" + data, "sha256")


def _signature(payload: bytes, purpose: bytes, key: bytes) -> bytes:
    return _mac(purpose + b"\0" + payload, key)[:_SIGNATURE_BYTES]


def _signed(payload: bytes, purpose: bytes, key: bytes) -> str:
    token = payload + _signature(payload, purpose, key)
    return base64.b32encode(token).decode("ascii").lower()


def _verified(token: str, purpose: bytes, key: bytes) -> bytes | None:
    try:
        data = base64.b32decode(token.upper())
    except binascii.Error:
        return None
    payload, signature = data[:-_SIGNATURE_BYTES], data[-_SIGNATURE_BYTES:]
    expected = _signature(payload, purpose, key)
    return payload if hmac.compare_digest(signature, expected) else None


def _pack(reference: str) -> bytes:
    hit = _CODE.fullmatch(reference)
    if not hit:
        raise ValueError(f"Not a reference number: {reference!r}")
    number = 0
    for char in hit[1] + hit[2]:
        number = number * len(ALPHABET) + ALPHABET.index(char)
    return number.to_bytes(_CODE_BYTES)


def _unpack(payload: bytes) -> str | None:
    number = int.from_bytes(payload[:_CODE_BYTES])
    chars: list[str] = []
    for _ in range(8):
        number, rest = divmod(number, len(ALPHABET))
        chars.append(ALPHABET[rest])
    code = "".join(reversed(chars))
    return None if number else f"{PREFIX}-{code[:4]}-{code[4:]}"
