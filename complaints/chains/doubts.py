"""What seems wrong with an id; advice, never a refusal."""

from collections.abc import Callable
from dataclasses import dataclass

from complaints.chains import codes
from complaints.chains.networks import EVM_ADDRESS, NETWORKS, Network, network_of

Fits = Callable[[Network], bool]


@dataclass(frozen=True)
class Doubt:
    """``code``: length, letters, checksum, network, address, transaction.

    ``found`` and ``right`` are lengths in characters (0 where they do not matter);
    ``network`` is the name of the network meant, ``fits`` of the one it looks like.
    """

    code: str
    network: str = ""
    found: int = 0
    right: int = 0
    fits: str = ""


def doubt_transaction(value: str, network: str = "") -> Doubt | None:
    """What seems wrong with a transaction id, None where nothing does."""
    meant = network_of(network)
    if meant is None:
        return _unknown(value, lambda one: one.is_transaction(value), "address")
    if meant.is_transaction(value):
        return None
    if any(one.is_address(value) for one in NETWORKS):
        return Doubt("address", meant.name)
    if other := _other(meant, lambda one: one.is_transaction(value)):
        return Doubt("network", meant.name, fits=other)
    return _of_transaction(value, meant)


def _of_transaction(value: str, meant: Network) -> Doubt:
    if meant.code == "solana":
        known = set(value) <= set(codes.BASE58)
        return Doubt("length" if known else "letters", meant.name, len(value), 88)
    digits = value[2:] if value[:2].lower() == "0x" else value
    if not all(c in "0123456789abcdefABCDEF" for c in digits):
        return Doubt("letters", meant.name, len(value), meant.length)
    return Doubt("length", meant.name, len(value), meant.length)


def doubt_address(value: str, network: str = "") -> Doubt | None:
    """What seems wrong with a wallet address, None where nothing does."""
    meant = network_of(network)
    if meant is None:
        return _unknown(value, lambda one: one.is_address(value), "transaction")
    if meant.is_address(value):
        return None
    if other := _other(meant, lambda one: one.is_address(value)):
        return Doubt("network", meant.name, fits=other)
    if meant.is_transaction(value):
        return Doubt("transaction", meant.name)
    return Doubt("checksum" if _shaped(value, meant) else "shape", meant.name)


def _shaped(value: str, meant: Network) -> bool:
    """It looks like an address but for a character or two."""
    if meant.is_address.__name__ == "_evm_address":
        return bool(EVM_ADDRESS.fullmatch(value))
    if meant.code == "bitcoin" and value[:3].lower() == "bc1":
        return 14 <= len(value) <= 90
    known = bool(value) and set(value) <= set(codes.BASE58)
    return known and meant.code != "solana" and 26 <= len(value) <= 35


def _other(meant: Network, fits: Fits) -> str:
    found = next((one for one in NETWORKS if one != meant and fits(one)), None)
    return found.name if found else ""


def _unknown(value: str, fits: Fits, otherwise: str) -> Doubt | None:
    """Without a network only what is plainly the other thing, or mistyped, is said."""
    if any(fits(one) for one in NETWORKS):
        return None
    if otherwise == "address" and any(one.is_address(value) for one in NETWORKS):
        return Doubt("address")
    if otherwise == "transaction":
        if any(one.is_transaction(value) for one in NETWORKS):
            return Doubt("transaction")
        mistyped = EVM_ADDRESS.fullmatch(value) or value[:3].lower() == "bc1"
        return Doubt("checksum") if mistyped else None
    return None
