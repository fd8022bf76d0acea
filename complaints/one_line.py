"""Words of one line that stand among others: the name of a tag or a view, a place."""

import unicodedata
from typing import Final

_GONE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_BLANK: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and signs that are drawn as nothing."""


def one_line(text: str) -> str:
    """``text`` without what nobody sees, its white space folded; may be empty.

    Two names that look the same are the same, none turns around what stands beside it,
    and no line break gets into whatever is written a line at a time.
    """
    return " ".join("".join(map(_seen, text)).split())


def _seen(char: str) -> str:
    if char.isspace():
        return " "
    return "" if char in _BLANK or unicodedata.category(char) in _GONE else char
