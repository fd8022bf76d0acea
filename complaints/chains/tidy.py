"""What was typed or pasted, without what cannot belong to an id."""

import re
import unicodedata

_PARTS = re.compile(r"[/#?&=]+")
_SURROGATES = re.compile("[\ud800-\udfff]")
_GONE = frozenset({"Cc", "Cf"})
"""Controls and marks that nobody sees."""

_ID = re.compile(r"[0-9A-Za-z]{25,120}")


def plain(text: str) -> str:
    """Full-width forms made plain; spaces and invisible marks taken out."""
    folded = unicodedata.normalize("NFKC", _SURROGATES.sub("\ufffd", text))
    kept = (c for c in folded if not (c.isspace() or unicodedata.category(c) in _GONE))
    return unicodedata.normalize("NFKC", "".join(kept))


def tidy(text: str) -> str:
    """The id in ``text``: of an explorer's address the part that is one.

    ``https://tronscan.org/#/transaction/9f3c…`` gives ``9f3c…``; text without a
    slash only loses spaces, quotes and a full stop behind it.
    """
    packed = plain(text).strip("\"'“”‘’<>()[],;.。，；、")
    if "/" not in packed:
        return packed
    known = [part for part in _PARTS.split(packed) if _ID.fullmatch(part)]
    return max(known, key=len) if known else packed
