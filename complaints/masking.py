"""Keys to a wallet that somebody wrote into a text: recognised and made unreadable.

Whoever reads a seed phrase or a private key owns what it opens, so the register never
holds one. A seed phrase is twelve or more words of one BIP-39 list in a row (eight
where it is called so); a private key is one by its own check sum, or is called one.
A transaction hash has the shape of a private key and stays.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from mnemonic import Mnemonic

MASK = "[▇▇▇▇▇▇]"
"""What stands in place of a secret; it says nothing, so it needs no translation."""

FEWEST = 12
FEWEST_NAMED = 8

_WORD = re.compile(r"[^\W\d_]+")
_GAP = re.compile(r"[\s\d.,;:、，。；：)(\]\[|/\\'\"“”„*#_+=>-]{1,24}")
_NAMED_SEED = re.compile(
    r"seed|recovery\s+(?:phrase|words)|mnemonic|助记词|助記詞|恢复短语|恢復短語", re.I
)
_NAMED_KEY = re.compile(
    r"(?:private|secret|priv|signing)[\s_-]*key|\bWIF\b|私钥|私鑰|密钥|密鑰", re.I
)
_ELSE = re.compile(
    r"\btx|hash|transact|order|address|signature|交易|哈希|订单|地址|签名", re.I
)
_BASE58 = "1-9A-HJ-NP-Za-km-z"
_WIF = re.compile(rf"(?<![A-Za-z0-9])[59KLc][{_BASE58}]{{50,51}}(?![A-Za-z0-9])")
_EXTENDED = re.compile(rf"(?<!\w)[xyztuvXYZ]prv[{_BASE58}]{{100,112}}(?!\w)")
_RAW = re.compile(rf"(?<!\w)(?:(?:0x)?[0-9a-f]{{64}}|[{_BASE58}]{{64,90}})(?!\w)", re.I)
_NEAR = 60
_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def mask(text: str) -> str:
    """``text`` with every wallet secret in it replaced by ``MASK``."""
    spans = sorted(_spans(text)) if len(text) >= 2 * FEWEST_NAMED else []
    kept, end = [], 0
    for start, stop in spans:
        if start >= end:
            kept += [text[end:start], MASK]
        end = max(end, stop)
    return "".join([*kept, text[end:]])


def mask_all(value: Any) -> Any:
    """The same for every text inside of mappings, tuples and lists."""
    if type(value) is str:
        return mask(value)
    if isinstance(value, Mapping):
        return {key: mask_all(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(mask_all(item) for item in value)
    return value


def holds_mask(value: Any) -> bool:
    """Whether a secret was taken out of any text inside."""
    if isinstance(value, str):
        return MASK in value
    if isinstance(value, Mapping):
        return any(map(holds_mask, value.values()))
    return isinstance(value, tuple | list) and any(map(holds_mask, value))


def _spans(text: str) -> Iterator[tuple[int, int]]:
    yield from _phrases(text)
    yield from (hit.span() for hit in _EXTENDED.finditer(text))
    yield from (hit.span() for hit in _WIF.finditer(text) if _checks(hit[0]))
    yield from (hit.span() for hit in _RAW.finditer(text) if _is_called_key(text, hit))


# Seed phrases -------------------------------------------------------------------------


def _phrases(text: str) -> Iterator[tuple[int, int]]:
    fewest = FEWEST_NAMED if _NAMED_SEED.search(text) else FEWEST
    known = _lists()
    run: list[re.Match[str]] = []
    alive: frozenset[str] = frozenset()
    for word in _WORD.finditer(text):
        of = known.get(_folded(word[0]), frozenset())
        follows = bool(run) and _GAP.fullmatch(text, run[-1].end(), word.start())
        if follows and alive & of:
            run.append(word)
            alive &= of
            continue
        yield from _long_enough(run, fewest)
        run, alive = ([word], of) if of else ([], frozenset())
    yield from _long_enough(run, fewest)


def _long_enough(run: list[re.Match[str]], fewest: int) -> Iterator[tuple[int, int]]:
    if len(run) >= fewest and len({word[0] for word in run}) > 1:
        yield run[0].start(), run[-1].end()


def _folded(word: str) -> str:
    return (
        word.lower() if word.isascii() else unicodedata.normalize("NFKD", word.lower())
    )


@cache
def _lists() -> dict[str, frozenset[str]]:
    """Word -> the languages of whose list it is; read once, 20,000 words."""
    found: dict[str, set[str]] = {}
    for language in Mnemonic.list_languages():
        for word in Mnemonic(language).wordlist:
            found.setdefault(_folded(word), set()).add(language)
    return {word: frozenset(languages) for word, languages in found.items()}


# Private keys -------------------------------------------------------------------------


def _checks(text: str) -> bool:
    """Whether the Base58 text ends with the check sum of what comes before."""
    number = 0
    for char in text:
        number = number * 58 + _ALPHABET.index(char)
    data = number.to_bytes((number.bit_length() + 7) // 8, "big")
    body, check = data[:-4], data[-4:]
    return hashlib.sha256(hashlib.sha256(body).digest()).digest()[:4] == check


def _is_called_key(text: str, hit: re.Match[str]) -> bool:
    """Whether the words just before call it a private key, and nothing else."""
    before = text[max(0, hit.start() - _NEAR) : hit.start()]
    named = list(_NAMED_KEY.finditer(before))
    return bool(named) and not _ELSE.search(before, named[-1].end())
