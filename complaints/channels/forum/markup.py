"""What members write, as the little HTML that a post may hold.

Text only: no pictures, no raw HTML, no headings. Links lead to the web alone and say
to which host, since a link that reads like ours and leads elsewhere is how accounts
are robbed.
"""

from functools import lru_cache
from urllib.parse import urlsplit

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

TAGS = {"a", "blockquote", "br", "code", "em", "li", "ol", "p", "pre", "strong", "ul"}
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
SCHEMES = {"https", "http"}
REL = "nofollow ugc noopener noreferrer"

_reader = MarkdownIt("commonmark", {"html": False, "breaks": True})
_reader.disable(["image", "heading", "lheading", "hr", "reference"])


@lru_cache(maxsize=1024)
def html_of(text: str) -> SafeString:
    """One post as HTML; what comes out is cleaned whatever went in."""
    tokens = _reader.parse(text)
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
            host, words = _host(str(token.attrGet("href") or "")), ""
        elif token.type == "link_close":
            if host and words.strip().removeprefix("https://").rstrip("/") != host:
                found.append(Token("text", "", 0, content=f" ({host})"))
            host = ""
        else:
            words += token.content
    return found


def _host(address: str) -> str:
    """As it is looked up: a name in foreign letters shows itself as ``xn--…``."""
    try:
        host = urlsplit(address).hostname or ""
        return host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        return "?"
