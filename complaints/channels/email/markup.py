"""HTML mail as plain text, in one pass.

The standard library's HTMLParser takes quadratic time on crafted input, so the
tags are found here by hand. Nothing of the result is HTML: scripts, styles and
the head are gone, quotes carry ">", a link shows where it really leads.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

MAX_MARKUP = 2_000_000
_MAX_QUOTE = 5

_DROPPED = {"script", "style", "head", "title", "template", "noscript", "svg"}
_BREAKS = {"br", "div", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4"}
_BREAKS |= {"h5", "h6", "section", "article", "header", "footer", "pre", "dt", "dd"}
_PARAGRAPHS = {"p", "blockquote", "hr"}
_NAME = re.compile(r"/?[a-zA-Z][a-zA-Z0-9:-]{0,40}")
_HREF = re.compile(
    r"""\shref\s{0,5}=\s{0,5}(?:"([^"]*)"|'([^']*)'|([^\s>"']+))""", re.I
)
_ENTITY = re.compile(
    r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?"
)
_TAG_STOP = re.compile(r">|(?<=[=\s])[\"']")
_SPACES = re.compile(r"[ \t\r\n\f\xa0]+")


def to_text(markup: str) -> str:
    """The readable text of a piece of HTML. Linear; never raises."""
    writer = _Writer()
    for kind, value in _tokens(markup[:MAX_MARKUP]):
        if kind == "text":
            writer.text(_unescaped(value))
        else:
            writer.tag(value)
    return writer.result()


def looks_like_markup(text: str) -> bool:
    """Whether a "plain" text is really HTML that was labelled wrongly."""
    start = text[:500].lstrip().lower()
    if not start.startswith(("<!doctype html", "<html", "<p>", "<div", "<p ", "<body")):
        return False
    return any(
        tag in text[:MAX_MARKUP].lower() for tag in ("</p>", "</div>", "</html>")
    )


def _unescaped(text: str) -> str:
    return _ENTITY.sub(lambda hit: html.unescape(hit[0]), text)


def _tokens(markup: str) -> Iterator[tuple[str, str]]:
    """Text and tags in turn; comments and dropped elements are passed over."""
    lower = markup.lower() if len(markup.lower()) == len(markup) else markup
    position = 0
    while position < len(markup):
        at = markup.find("<", position)
        if at < 0:
            yield "text", markup[position:]
            return
        if at > position:
            yield "text", markup[position:at]
        hit = _NAME.match(markup, at + 1)
        if hit:
            end = _tag_end(markup, hit.end())
            yield "tag", markup[at + 1 : end - 1]
            position = _behind(lower, hit[0].lower(), end)
        elif markup[at + 1 : at + 2] in ("!", "?"):
            position = _comment_end(markup, at)
        else:
            yield "text", "<"
            position = at + 1


def _tag_end(markup: str, position: int) -> int:
    """Behind the ">" of a tag; one inside quotes does not count.

    A quote that is never closed is passed over. That can fail once for each
    kind of quote, everything else moves forward: the scan stays linear.
    """
    while hit := _TAG_STOP.search(markup, position):
        if hit[0] == ">":
            return hit.end()
        closing = markup.find(hit[0], hit.end())
        position = hit.end() if closing < 0 else closing + 1
    return len(markup) + 1


def _behind(lower: str, name: str, end: int) -> int:
    if name not in _DROPPED:
        return end
    closing = lower.find(f"</{name}", end)
    return len(lower) if closing < 0 else closing


def _comment_end(markup: str, at: int) -> int:
    close = "-->" if markup.startswith("<!--", at) else ">"
    end = markup.find(close, at + 2)
    # An open comment hides all that follows, in a browser as here.
    return len(markup) if end < 0 else end + len(close)


class _Writer:
    """Collects lines; knows quotes and links."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.quote = 0
        self.link = ""
        self.label: list[str] = []

    def text(self, text: str) -> None:
        self.line.append(text)
        if self.link:
            self.label.append(text[:1_000])

    def tag(self, tag: str) -> None:
        name = tag[:60].split(None, 1)[0].rstrip("/").lower()
        bare = name.lstrip("/")
        if bare in _BREAKS or bare in _PARAGRAPHS:
            self._break(forced=bare == "br")
        if bare in _PARAGRAPHS:
            self._blank()
        if bare in {"td", "th"}:
            self.line.append(" ")
        self._special(name, tag)

    def _special(self, name: str, tag: str) -> None:
        if name == "blockquote":
            self.quote += 1
        elif name == "/blockquote":
            self.quote = max(0, self.quote - 1)
        elif name == "hr":
            self.lines += ["_" * 32]
        elif name == "a":
            self.link, self.label = _target(tag), []
        elif name == "/a":
            self._close_link()

    def _close_link(self) -> None:
        label = _SPACES.sub(" ", "".join(self.label)).strip()
        if self.link and label and label.rstrip("/") not in self.link:
            self.line.append(f" <{self.link}>")
        self.link = ""

    def _break(self, *, forced: bool = False) -> None:
        """End the line; an empty one stays only where a <br> asks for it."""
        text = _SPACES.sub(" ", "".join(self.line)).strip()
        if text or (forced and self.lines and self.lines[-1]):
            prefix = ">" * min(self.quote, _MAX_QUOTE)
            self.lines.append(f"{prefix} {text}".strip() if prefix else text)
        self.line = []

    def _blank(self) -> None:
        if self.lines and self.lines[-1].strip(">"):
            self.lines.append(">" * min(self.quote, _MAX_QUOTE))

    def result(self) -> str:
        self._break()
        while self.lines and not self.lines[-1].strip(">"):
            self.lines.pop()
        return "\n".join(self.lines).strip("\n")


def _target(tag: str) -> str:
    hit = _HREF.search(tag[:4_000])
    link = _unescaped(next(filter(None, hit.groups()), "")) if hit else ""
    return link.strip() if link.lower().startswith(("http://", "https://")) else ""
