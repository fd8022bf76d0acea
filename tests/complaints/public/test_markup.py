"""Markdown of staff becomes the little HTML that a page may hold, and no more."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from complaints.public.markup import (
    ATTRIBUTES,
    TAGS,
    Part,
    html_of,
    parts_of,
    plain_text,
)

TABLE = (
    '<div class="scroll"><table class="q">\n<thead>\n<tr>\n'
    '<th scope="col">a</th>\n<th scope="col">b</th>\n</tr>\n</thead>\n'
    "<tbody>\n<tr>\n<td>1</td>\n<td>2</td>\n</tr>\n</tbody>\n"
    "</table></div>\n"
)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# One", "<h2>One</h2>\n"),
        ("## Two\n\n### Three", "<h2>Two</h2>\n<h3>Three</h3>\n"),
        ("###### Six", "<h4>Six</h4>\n"),
        ("**a** *b* `c`", "<p><strong>a</strong> <em>b</em> <code>c</code></p>\n"),
        ("**通行密钥。**只在", "<p><strong>通行密钥</strong>。只在</p>\n"),
        ("**时间：**写明", "<p><strong>时间</strong>：写明</p>\n"),
        ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>\n"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
        (
            "![x](https://a.example)",
            '<p>!<a href="https://a.example" rel="noopener noreferrer">x</a></p>\n',
        ),
        ("[x](javascript:alert(1))", None),
        ("[x](data:text/html,1)", None),
        ("[x](JaVaScRiPt&#58;alert(1))", None),
        (
            "[x](/security/)",
            '<p><a href="/security/" rel="noopener noreferrer">x</a></p>\n',
        ),
        (
            "|a|b|\n|-|-|\n|1|2|",
            TABLE,
        ),
    ],
)
def test_markdown_becomes_html(text: str, html: str | None) -> None:
    drawn = html_of(text)

    if html is None:
        assert not re.search(r"<(img|a)\b|javascript:[^)]*\"", drawn)
    else:
        assert drawn == html


def test_blocks_and_values_stand_in_their_places() -> None:
    text = "Before {years}.\n\n[[contact]]\n\nAfter [[contact]] {unknown}."

    assert parts_of(text, {"years": "5 *or* <6>"}) == [
        Part(html=html_of("Before 5 \\*or\\* \\<6\\>.\n\n")),
        Part(block="contact"),
        Part(html=html_of("\n\nAfter [[contact]] {unknown}.")),
    ]
    assert (
        "<p>Before 5 *or* &lt;6&gt;.</p>"
        in parts_of(text, {"years": "5 *or* <6>"})[0].html
    )


class Elements(HTMLParser):
    """Every element with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_naughty_strings_bring_no_element_of_their_own(corpus: Path) -> None:
    strings = json.loads((corpus / "strings" / "blns.json").read_text("utf-8"))
    allowed = {"a": {"href", "rel"}, "ol": {"start"}, "th": {"scope"}}
    allowed |= {"div": {"class"}, "table": {"class"}}
    for text in strings:
        reader = Elements()
        reader.feed(
            html_of(text) + html_of(f"[a]({text})\n\n- {text}\n\n|{text}|\n|-|")
        )
        for tag, attributes in reader.found:
            assert tag in TAGS | {"div"}, text
            assert set(attributes) <= allowed.get(tag, set()), text
            href = attributes.get("href") or "/"
            assert not re.match(r"\s*(javascript|data|vbscript)", href, re.I), text
    assert len(strings) > 400
    assert set(ATTRIBUTES) == {"a", "ol"}


def test_page_as_plain_text_for_mails() -> None:
    text = "## What **now**\n\nAsk [us](https://a.example/) or {who}."

    assert plain_text(text, {"who": "them"}) == (
        "What now\n--------\n\nAsk us (https://a.example/) or them."
    )
