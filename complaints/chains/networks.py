"""The networks that customers move assets on, and what their ids look like."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from complaints.chains import codes

HEX_64: Final = re.compile(r"[0-9A-Fa-f]{64}")
EVM_ADDRESS: Final = re.compile(r"0[xX]([0-9A-Fa-f]{40})")
EVM_TRANSACTION: Final = re.compile(r"0[xX][0-9A-Fa-f]{64}")

BITCOIN_VERSIONS: Final = frozenset({0x00, 0x05, 0x6F, 0xC4})
TRON_VERSION: Final = 0x41


@dataclass(frozen=True)
class Network:
    """``length`` is how long its transaction ids are, as people see them."""

    code: str
    name: str
    length: int
    is_address: Callable[[str], bool]
    is_transaction: Callable[[str], bool]


def _bitcoin_address(text: str) -> bool:
    if text[:3].lower() in ("bc1", "tb1"):
        return codes.segwit(text) is not None
    body = codes.base58check(text)
    return body is not None and len(body) == 21 and body[0] in BITCOIN_VERSIONS


def _evm_address(text: str) -> bool:
    match = EVM_ADDRESS.fullmatch(text)
    if match is None:
        return False
    digits = match[1]
    plain = digits in (digits.lower(), digits.upper())
    return plain or digits == codes.eip55(digits)


def _tron_address(text: str) -> bool:
    body = codes.base58check(text)
    return body is not None and len(body) == 21 and body[0] == TRON_VERSION


def _solana_address(text: str) -> bool:
    packed = codes.base58(text)
    return packed is not None and len(packed) == 32


def _solana_transaction(text: str) -> bool:
    packed = codes.base58(text)
    return packed is not None and len(packed) == 64


def _hex(text: str) -> bool:
    return bool(HEX_64.fullmatch(text))


def _evm_transaction(text: str) -> bool:
    return bool(EVM_TRANSACTION.fullmatch(text))


def _evm(code: str, name: str) -> Network:
    return Network(code, name, 66, _evm_address, _evm_transaction)


NETWORKS: Final[tuple[Network, ...]] = (
    Network("bitcoin", "Bitcoin", 64, _bitcoin_address, _hex),
    _evm("ethereum", "Ethereum"),
    Network("tron", "Tron", 64, _tron_address, _hex),
    Network("solana", "Solana", 88, _solana_address, _solana_transaction),
    _evm("bsc", "BNB Smart Chain"),
    _evm("polygon", "Polygon"),
    _evm("arbitrum", "Arbitrum"),
)

_BY_NAME = {
    word: network
    for network in NETWORKS
    for word in (network.code, network.name.lower())
}


def network_of(name: str) -> Network | None:
    """The network of that code or name, None for one that is not known here."""
    return _BY_NAME.get(name.strip().lower())
