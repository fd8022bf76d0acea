"""Ids of the networks: the official vectors, and what must hold of any text."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints.chains import (
    NETWORKS,
    Doubt,
    codes,
    doubt_address,
    doubt_transaction,
    network_of,
    tidy,
)

# BIP-173 and BIP-350: valid addresses of the main and the test network.
SEGWIT = [
    "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
    "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7",
    "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y",
    "BC1SW50QGDZ25J",
    "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs",
    "tb1qqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesrxh6hy",
    "tb1pqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesf3hn0c",
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
]
# BIP-350: addresses that are not valid, each for a reason of its own.
NOT_SEGWIT = [
    "tc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq5zuyut",
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
    "tb1z0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqglt7rf",
    "BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL",
    "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh",
    "tb1q0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq24jc47",
    "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4",
    "BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R",
    "bc1pw5dgrnzv",
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav",
    "BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P",
    "tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq47Zagq",
    "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf",
    "tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vpggkg4j",
    "bc1gmk9yu",
]
# EIP-55: all of its test cases.
EIP55 = [
    "52908400098527886E0F7030069857D2E4169EE7",
    "8617E340B3D01FA5F11F306F4090FD50E238070D",
    "de709f2102306220921060314715629080e2fb77",
    "27b1fdb04752bbc536007a920d24acb045561c26",
    "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "fB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "dbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
    "D1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
]
BITCOIN = ["1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "3P14159f73E4gFr7JterCCQh9QjiTjiZrG"]
TRON = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
SOLANA = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
HEX = "9f3c51d20b6e4a87c1f0a9e4472d5b3c86e19a7d05f4b2c3e8d1a6f75a697c42"


@pytest.mark.parametrize("address", [*SEGWIT, *BITCOIN])
def test_bitcoin_addresses_are_good(address: str) -> None:
    assert doubt_address(address, "bitcoin") is None


@pytest.mark.parametrize("address", NOT_SEGWIT)
def test_invalid_segwit_addresses_are_doubted(address: str) -> None:
    assert codes.segwit(address) is None
    assert doubt_address(address, "Bitcoin") is not None


@pytest.mark.parametrize("digits", EIP55)
def test_ethereum_checksum(digits: str) -> None:
    assert codes.eip55(digits) == digits
    assert doubt_address(f"0x{digits}", "ethereum") is None


def test_wrong_capital_is_seen() -> None:
    wrong = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed"
    assert doubt_address(wrong, "Ethereum") == Doubt("checksum", "Ethereum")
    assert doubt_address(wrong.lower(), "Ethereum") is None
    assert doubt_address(wrong, "") == Doubt("checksum")


@pytest.mark.parametrize(
    ("address", "network"), [(TRON, "tron"), (SOLANA, "solana"), (TRON, "")]
)
def test_other_addresses_are_good(address: str, network: str) -> None:
    assert doubt_address(address, network) is None


@pytest.mark.parametrize(
    ("address", "network", "doubt"),
    [
        (TRON, "bitcoin", Doubt("network", "Bitcoin", fits="Tron")),
        (TRON[:-1] + "u", "tron", Doubt("checksum", "Tron")),
        (HEX, "tron", Doubt("transaction", "Tron")),
        ("my wallet", "solana", Doubt("shape", "Solana")),
        (SOLANA[:-3], "solana", Doubt("shape", "Solana")),
    ],
)
def test_what_seems_wrong_with_an_address(
    address: str, network: str, doubt: Doubt
) -> None:
    assert doubt_address(address, network) == doubt


@pytest.mark.parametrize(
    ("value", "network", "doubt"),
    [
        (HEX, "tron", None),
        (HEX.upper(), "Bitcoin", None),
        (f"0x{HEX}", "Ethereum", None),
        (HEX[:-1], "Tron", Doubt("length", "Tron", 63, 64)),
        (HEX[:-1] + "g", "Tron", Doubt("letters", "Tron", 64, 64)),
        (HEX, "ethereum", Doubt("network", "Ethereum", fits="Bitcoin")),
        (TRON, "tron", Doubt("address", "Tron")),
        (TRON, "", Doubt("address")),
        ("order 17", "", None),
    ],
)
def test_what_seems_wrong_with_a_transaction(
    value: str, network: str, doubt: Doubt | None
) -> None:
    assert doubt_transaction(value, network) == doubt


def test_solana_signature_is_64_bytes() -> None:
    signature = _base58(b"\x01" + bytes(range(63)))
    assert doubt_transaction(signature, "Solana") is None
    assert doubt_transaction(signature[:-2], "Solana") is not None


def _base58(raw: bytes) -> str:
    number, out = int.from_bytes(raw, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        out = codes.BASE58[rest] + out
    return codes.BASE58[0] * (len(raw) - len(raw.lstrip(b"\0"))) + out


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (f"https://tronscan.org/#/transaction/{HEX}", HEX),
        (f"https://etherscan.io/tx/0x{HEX}?lang=zh", f"0x{HEX}"),
        (f" 0x{HEX[:30]} {HEX[30:]}\u200b。", f"0x{HEX}"),
        (f"https://solscan.io/account/{SOLANA}", SOLANA),
        ("\u201c\uff22\uff23\uff11\u201d", "BC1"),
        ("A/B", "A/B"),
        ("", ""),
    ],
)
def test_tidy(typed: str, meant: str) -> None:
    assert tidy(typed) == meant


# Any text -----------------------------------------------------------------------------


@given(st.text())
def test_any_text_is_tidied_once(text: str) -> None:
    once = tidy(text)
    assert tidy(once) == once
    assert not any(character.isspace() for character in once)


@given(st.text(), st.sampled_from(["", "?", *(one.name for one in NETWORKS)]))
def test_no_text_makes_the_judges_fall_over(text: str, network: str) -> None:
    for doubt in (doubt_address(text, network), doubt_transaction(text, network)):
        assert doubt is None or doubt.code
        assert doubt is None or doubt.network in ("", network)


@given(st.binary(min_size=1, max_size=60))
def test_base58_reads_what_was_written(raw: bytes) -> None:
    assert codes.base58(_base58(raw)) == raw


@given(st.binary(min_size=20, max_size=20), st.integers(0, 33), st.integers(1, 57))
def test_one_wrong_character_is_found(raw: bytes, place: int, shift: int) -> None:
    body = b"\x41" + raw
    check = hashlib.sha256(hashlib.sha256(body).digest()).digest()[:4]
    address = _base58(body + check)
    assert doubt_address(address, "tron") is None
    place %= len(address)
    other = codes.BASE58[(codes.BASE58.index(address[place]) + shift) % 58]
    assert doubt_address(address[:place] + other + address[place + 1 :], "tron")


@given(st.text(max_size=200))
def test_networks_are_found_by_code_and_name(text: str) -> None:
    found = network_of(text)
    assert found is None or text.strip().lower() in (found.code, found.name.lower())
