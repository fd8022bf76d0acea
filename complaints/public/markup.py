"""Markdown to the little HTML that a public page may hold.

Raw HTML is read as text, and what comes out is cleaned once more, so neither of the
two has to be without faults.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

from complaints.letter_markup import underlined

TAGS = frozenset(
    {"a", "blockquote", "br", "code", "em", "h2", "h3", "h4", "hr", "li", "ol", "p"}
    | {"pre", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"}
)
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
SCHEMES = frozenset({"http", "https", "mailto", "tel"})

BLOCK = re.compile(r"^\[\[([a-z-]{1,30})\]\][ \t]*$", re.MULTILINE)
"""A line such as [[contact]]: here stands what the configuration says."""

VALUE = re.compile(r"\{([a-z_]{1,30})\}")
_STRONG = re.compile(r"\*\*([^*\n]+?)([。，：；！？、]+)\*\*(?=\w)")
"""Strong words that end in a Chinese mark: CommonMark would not see where they end."""

_HEADING = re.compile(r"^#{1,6} +", re.MULTILINE)
_LINK = re.compile(r"\[([^\]\n]+)\]\(([^)\s]+)\)")
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|!&~])")

_reader = MarkdownIt("commonmark", {"html": False, "breaks": False}).enable("table")
_reader.disable("image")


EMPTY = SafeString()


@dataclass(frozen=True)
class Part:
    """A stretch of a page: HTML, or the name of a block; exactly one of them."""

    html: SafeString = EMPTY
    block: str = ""


def parts_of(text: str, values: Mapping[str, str] | None = None) -> list[Part]:
    """The parts of a page in order; ``{name}`` becomes the value of that name."""
    filled = VALUE.sub(lambda hit: _value(hit, values or {}), text)
    return list(_parts(filled))


def filled(text: str, values: Mapping[str, str]) -> str:
    """A line of plain text with its values in it."""
    return VALUE.sub(lambda hit: values.get(hit[1], hit[0]), text)


def plain_text(text: str, values: Mapping[str, str]) -> str:
    """The same as people write it into mails; parts drawn on the page are left out."""
    found = _HEADING.sub("# ", filled(BLOCK.sub("", text), values))
    found = _LINK.sub(r"\1 (\2)", found.replace("**", ""))
    return underlined(found).strip()


def blocks_in(text: str) -> set[str]:
    return set(BLOCK.findall(text))


def _value(hit: re.Match[str], values: Mapping[str, str]) -> str:
    """The value as text that means nothing to Markdown; unknown names stay."""
    if hit[1] not in values:
        return hit[0]
    return _SPECIAL.sub(r"\\\1", values[hit[1]])


def _parts(text: str) -> Iterator[Part]:
    pieces = BLOCK.split(text)
    for place, piece in enumerate(pieces):
        if place % 2:
            yield Part(block=piece)
        elif piece.strip():
            yield Part(html=html_of(piece))


@lru_cache(maxsize=512)
def html_of(text: str) -> SafeString:
    """One text as HTML; headings begin at the second level."""
    tokens = _reader.parse(_STRONG.sub(r"**\1**\2", text))
    for token in tokens:
        _lower(token)
    drawn = _reader.renderer.render(tokens, _reader.options, {})
    cleaned = nh3.clean(
        drawn,
        tags=set(TAGS),
        attributes=ATTRIBUTES,
        url_schemes=set(SCHEMES),
        link_rel="noopener noreferrer",
    )
    return mark_safe(_wrapped(cleaned))


def _lower(token: Token) -> None:
    """A page has one h1, which is its title."""
    if token.type in ("heading_open", "heading_close"):
        token.tag = f"h{min(4, max(2, int(token.tag[1])))}"


def _wrapped(html: str) -> str:
    """Tables may be wider than a phone. In text these signs would be escaped."""
    opened = html.replace("<table>", '<div class="scroll"><table class="q">')
    return opened.replace("</table>", "</table></div>").replace(
        "<th>", '<th scope="col">'
    )
