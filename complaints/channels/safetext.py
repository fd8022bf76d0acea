"""Text and names from outside, made fit to be stored and shown.

Nothing here escapes HTML; that is the template's work. What goes is what no
database or no reader could bear: NUL, lone surrogates, controls, and the
invisible characters that make a name look like another one.
"""

from __future__ import annotations

import re
import unicodedata

MAX_NAME = 200
MAX_CLAIMED_NAME = 1_000

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SURROGATES = re.compile("[\ud800-\udfff]")
# Direction overrides and zero-width marks. ZWJ and ZWNJ stay in running text,
# where Persian and emoji need them.
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)
_FOLDS = re.compile(r"[ \t]{0,100}[\r\n]+[ \t]{0,100}")
_SPACE = re.compile(r"\s")
_SEPARATORS = re.compile(r"[\\/]|%2f|%5c", re.IGNORECASE)


def storable(text: str) -> str:
    """The text with LF line ends and nothing a database refuses."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _SURROGATES.sub("\ufffd", _CONTROLS.sub("", text))


def one_line(text: str, limit: int) -> str:
    """At most ``limit`` characters on one line, without hidden characters.

    A line break that was smuggled into a header becomes a space, so the value
    can be put into a header again.
    """
    text = _SPACE.sub(" ", _FOLDS.sub(" ", text[: limit * 4]))
    return _INVISIBLE.sub("", storable(text)).strip()[:limit].rstrip()


def set_in(text: str) -> str:
    """The text with space before each of its lines, whatever breaks them: put under a
    line of ours, it cannot pass for another."""
    return "\n".join(f"    {line}" if line else "" for line in text.splitlines())


def claimed_name(name: str) -> str:
    """What the sender called the file, with the unstorable parts escaped."""
    text = name[:MAX_CLAIMED_NAME].encode("utf-8", "backslashreplace").decode()
    return _CONTROLS.sub(lambda hit: f"\\x{ord(hit[0]):02x}", text)[:MAX_CLAIMED_NAME]


def display_name(name: str) -> str:
    """The last path part of a file name, without hidden characters.

    Hidden characters go first, so that none of them can shield a separator or
    a leading dot from the steps that follow. May be empty.
    """
    unfolded = _FOLDS.sub(" ", name[: MAX_CLAIMED_NAME * 4])
    visible = "".join(map(_visible, unfolded))
    last = _SEPARATORS.split(visible)[-1]
    return _shorten(last.strip().rstrip(". "))


def _visible(char: str) -> str:
    if char.isspace():
        return " "
    return "" if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Cn"} else char


def _shorten(name: str) -> str:
    if len(name) <= MAX_NAME:
        return name
    stem, dot, suffix = name.rpartition(".")
    if not dot or len(suffix) > 10:
        return name[:MAX_NAME]
    return f"{stem[: MAX_NAME - len(suffix) - 1]}.{suffix}"
