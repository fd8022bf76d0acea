"""Checksums of addresses: base58check, bech32 and bech32m, EIP-55.

Each function answers with the bytes or a bool and never raises for any text.
"""

import hashlib
from collections.abc import Iterable
from typing import Final

from Crypto.Hash import keccak

BASE58: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
BECH32: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
LONGEST: Final = 128
"""Longer texts are no address; decoding them would only cost time."""

_GENERATOR: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32_CONST: Final = 1
_BECH32M_CONST: Final = 0x2BC830A3
_LONGEST_BECH32: Final = 90


def base58(text: str) -> bytes | None:
    """The bytes that ``text`` spells in base58, None where it spells none."""
    if not text or len(text) > LONGEST or not set(text) <= set(BASE58):
        return None
    number = 0
    for character in text:
        number = number * 58 + BASE58.index(character)
    zeros = len(text) - len(text.lstrip(BASE58[0]))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def base58check(text: str) -> bytes | None:
    """Version and payload where the four bytes of checksum are right, else None."""
    packed = base58(text)
    if packed is None or len(packed) < 5:
        return None
    body, check = packed[:-4], packed[-4:]
    twice = hashlib.sha256(hashlib.sha256(body).digest()).digest()
    return body if twice[:4] == check else None


def segwit(text: str) -> tuple[int, bytes] | None:
    """(witness version, program) of a Bitcoin address by BIP-173 and BIP-350.

    Main and test network; None for everything that those two call invalid.
    """
    found = _bech32(text)
    if found is None:
        return None
    prefix, data, constant = found
    program = _regroup(data[1:])
    if prefix not in ("bc", "tb") or not data or program is None:
        return None
    version, right = data[0], _BECH32M_CONST if data[0] else _BECH32_CONST
    fits = version <= 16 and 2 <= len(program) <= 40 and constant == right
    if not fits or (version == 0 and len(program) not in (20, 32)):
        return None
    return version, program


def _bech32(text: str) -> tuple[str, list[int], int] | None:
    """Prefix, data without checksum, and the constant that the checksum gives."""
    mixed = text.lower() != text and text.upper() != text
    printable = all(33 <= ord(character) <= 126 for character in text)
    if mixed or not printable or not 8 <= len(text) <= _LONGEST_BECH32:
        return None
    prefix, _one, tail = text.lower().rpartition("1")
    if not prefix or len(tail) < 6 or not set(tail) <= set(BECH32):
        return None
    data = [BECH32.index(character) for character in tail]
    high, low = [ord(c) >> 5 for c in prefix], [ord(c) & 31 for c in prefix]
    return prefix, data[:-6], _polymod([*high, 0, *low, *data])


def _polymod(values: Iterable[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATOR):
            check ^= generator if top >> bit & 1 else 0
    return check


def _regroup(fives: Iterable[int]) -> bytes | None:
    """Groups of five bits as bytes; None where padding is too long or not zero."""
    pending, bits, out = 0, 0, bytearray()
    for five in fives:
        pending, bits = pending << 5 | five, bits + 5
        if bits >= 8:
            bits -= 8
            out.append(pending >> bits & 255)
            pending &= (1 << bits) - 1
    return None if bits >= 5 or pending else bytes(out)


def eip55(digits: str) -> str:
    """Forty hex digits with the capitals of EIP-55."""
    low = digits.lower()
    hashed = keccak.new(digest_bits=256, data=low.encode()).hexdigest()
    return "".join(
        character.upper() if int(nibble, 16) >= 8 else character
        for character, nibble in zip(low, hashed, strict=False)
    )
