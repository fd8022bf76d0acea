"""The sheet of our mails: the tokens of the design system, as mail programs take them.

Few of them know custom properties, and none may load a file. So each ``var(--name)``
of ``letter_mail.css`` is replaced by the value in ``tokens.css``, once for light and
once, in a media query, for dark.
"""

import re
from functools import lru_cache
from typing import Final

from config.paths import BASE_DIR

FOLDER: Final = BASE_DIR / "static" / "css"
DARK: Final = "@media (prefers-color-scheme: dark)"

_TOKEN = re.compile(r"(--[\w-]+):\s*([^;]+);")
_USE = re.compile(r"var\((--[\w-]+)\)")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_COLOURED = re.compile(r"\b(?:color|background|background-color|border[\w-]*)\s*:")


@lru_cache(maxsize=1)
def sheet() -> str:
    """The whole sheet, small enough for programs that cut long ones off (8 kB)."""
    rules = _squeezed((FOLDER / "letter_mail.css").read_text(encoding="utf-8"))
    light, dark = _tokens()
    coloured = "".join(_coloured(rules))
    return f"{_filled(rules, light)}\n{DARK}{{{_filled(coloured, light | dark)}}}"


def _tokens() -> tuple[dict[str, str], dict[str, str]]:
    """Values for light and for dark; the first blocks of each in ``tokens.css``."""
    text = _COMMENT.sub("", (FOLDER / "tokens.css").read_text(encoding="utf-8"))
    light = text[: text.index(DARK)]
    dark = text[text.index(DARK) :].partition("}")[0]
    return _values(light), _values(dark)


def _values(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in _TOKEN.findall(text):
        found.setdefault(name, " ".join(value.split()))
    return found


def _filled(rules: str, tokens: dict[str, str]) -> str:
    return _USE.sub(lambda use: tokens[use[1]], rules)


def _coloured(rules: str) -> list[str]:
    """The rules with only those declarations that name a colour."""
    kept = []
    for selector, body in _RULE.findall(rules):
        lines = [line for line in body.split(";") if _COLOURED.match(line.strip())]
        if any("var(" in line for line in lines):
            kept.append(f"{selector}{{{';'.join(lines)}}}")
    return kept


def _squeezed(text: str) -> str:
    return re.sub(r"\s*\n\s*", "", _COMMENT.sub("", text))
