"""What members write, as the little HTML that a post may hold.

Text only: no pictures, no raw HTML, no headings. Links lead to the web alone and say
to which host, since a link that reads like ours and leads elsewhere is how accounts
are robbed.
"""

import re
from functools import lru_cache
from urllib.parse import unquote, urlsplit

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

TAGS = {"a", "blockquote", "br", "code", "em", "li", "ol", "p", "pre", "strong", "ul"}
ATTRIBUTES: dict[str, set[str]] = {"a": {"href"}, "ol": {"start"}, "*": set()}
SCHEMES = {"https", "http"}
REL = "nofollow ugc noopener noreferrer"

_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""What turns the direction of all that follows, the host of a link with it."""

_WEB = re.compile(r"(https?:)/*", re.I)
_SLASHES = re.compile(r"//+")

_reader = MarkdownIt("commonmark", {"html": False, "breaks": True})
_reader.disable(["image", "heading", "lheading", "hr", "reference"])


@lru_cache(maxsize=1024)
def html_of(text: str) -> SafeString:
    """One post as HTML; what comes out is cleaned whatever went in."""
    tokens = _reader.parse(_TURNS.sub("", text))
    for token in tokens:
        if token.children:
            token.children = _with_hosts(token.children)
    drawn = _reader.renderer.render(tokens, _reader.options, {})
    cleaned = nh3.clean(
        drawn,
        tags=set(TAGS),
        attributes=ATTRIBUTES,
        url_schemes=set(SCHEMES),
        link_rel=REL,
    )
    return mark_safe(cleaned)


def _with_hosts(tokens: list[Token]) -> list[Token]:
    """The same with the host written behind each link whose words do not say it."""
    found: list[Token] = []
    host, words = "", ""
    for token in tokens:
        found.append(token)
        if token.type == "link_open":
            address = _address(str(token.attrGet("href") or ""))
            token.attrSet("href", address)
            host, words = _host(address), ""
        elif token.type == "link_close":
            if host and words.strip().removeprefix("https://").rstrip("/") != host:
                found.append(Token("text", "", 0, content=f" ({host})"))
            host = ""
        else:
            words += token.content
    return found


def _address(text: str) -> str:
    """As a browser reads it, for which any number of slashes are two."""
    if web := _WEB.match(text):
        return f"{web[1].lower()}//{text[web.end() :]}"
    return _SLASHES.sub("https://", text, count=1) if text.startswith("//") else text


def _host(address: str) -> str:
    """As it is looked up: a name in foreign letters shows itself as ``xn--…``."""
    try:
        host = unquote(urlsplit(address).hostname or "")
        return host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        return "?"
