"""Which of our two languages a text is in, by the script it is written in."""

from __future__ import annotations

import re

SAMPLE = 5_000

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")
_OTHER = re.compile(
    "[\u0370-\u1cff\u3040-\u30ff\uac00-\ud7af\u3130-\u318f]"
    # Greek to Vedic, kana, Hangul: scripts we have no pages in.
)
# A Han character says about as much as three Latin letters.
_HAN_WEIGHT = 3


def language_of(text: str) -> str:
    """``zh-hans``, ``en`` or, where neither script leads, the empty string."""
    sample = text[:SAMPLE]
    han = _HAN_WEIGHT * len(_HAN.findall(sample))
    latin = len(_LATIN.findall(sample))
    other = _HAN_WEIGHT * len(_OTHER.findall(sample))
    if other * 3 > max(han, latin):
        return ""
    if han and han >= latin:
        return "zh-hans"
    return "en" if latin else ""
