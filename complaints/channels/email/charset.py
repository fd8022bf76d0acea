"""Bytes to text by the label a sender gave them, or in spite of it."""

from __future__ import annotations

import codecs
import re

# What real senders mean by a label, where the standard's reading is narrower.
_MEANT = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso2022_jp": "iso2022_jp_ext",
}
# Labels Python's own table does not know.
_ALIASES = {
    "ks_c_5601-1987": "cp949",
    "ks_c_5601-1989": "cp949",
    "x-gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "utf8mb4": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "cp-850": "cp850",
    "iso-8859-8-i": "iso8859-8",
}
# Codecs that are no character sets, or take more than linear time.
_REFUSED = {"punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined"}
_ALONE = re.compile("(?<![\x80-\uffff])[\u4e00-\u9fff](?![\x80-\uffff])")
_SINGLE_BYTE = {"cp1252"}


def decode(data: bytes, label: str = "") -> str:
    """The text of ``data``; unreadable bytes become U+FFFD. Never raises."""
    codec = _codec(label)
    if codec is None:
        return _guess(data)
    if codec in _SINGLE_BYTE:
        # Any bytes read as cp1252, so valid UTF-8 is the better witness.
        return _try(data, "utf-8") or data.decode(codec, "replace")
    text = _try(data, codec)
    if text is not None:
        return text
    return _try(data, "utf-8") or _try_han(data) or _replace(data, codec)


def _codec(label: str) -> str | None:
    label = label.strip().strip("'\"").lower()[:40]
    try:
        name = codecs.lookup(_ALIASES.get(label, label)).name
        b"a".decode(name, "replace")  # of no bytes Python asks no codec
    except (LookupError, ValueError, UnicodeError):
        return None
    name = _MEANT.get(name, name)
    return None if name in _REFUSED else name


def _try(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, ValueError):
        return None


def _replace(data: bytes, codec: str) -> str:
    """What the codec makes of it; Western text where it makes nothing at all."""
    try:
        text = data.decode(codec, "replace")
    except (UnicodeError, ValueError):
        return data.decode("cp1252", "replace")
    if any("\x7f" < char != "\ufffd" for char in text):
        return text
    return data.decode("cp1252", "replace")


def _guess(data: bytes) -> str:
    """Text without a usable label: Unicode, mail's Japanese, Chinese, Western."""
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return data.decode("utf-16", "replace")
    if b"\x1b$" in data or b"\x1b(" in data:
        japanese = _try(data, "iso2022_jp_ext")
        if japanese is not None:
            return japanese
    text = _try(data, "utf-8")
    if text is not None:
        return text
    return _try_han(data) or data.decode("cp1252", "replace")


def _try_han(data: bytes) -> str | None:
    """GB18030, if what is not ASCII turns out to be runs of common Chinese.

    A single Han character between Latin letters is a misread accent.
    """
    text = _try(data, "gb18030")
    if text is None:
        return None
    sample = text[:5_000]
    foreign = [char for char in sample if char > "\x7f"]
    alone = len(_ALONE.findall(sample))
    common = sum(
        "\u4e00" <= c <= "\u9fff" or "\u3000" <= c <= "\uff5e" for c in foreign
    )
    likely = common * 10 >= len(foreign) * 9 and alone * 2 <= len(foreign)
    return text if likely else None
