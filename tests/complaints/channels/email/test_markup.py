import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints.channels.email.markup import looks_like_markup, to_text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<div>One</div><div>Two</div>", "One\nTwo"),
        ("One<br>Two<br><br>Three", "One\nTwo\n\nThree"),
        ("<ul><li>One<li>Two</ul>", "One\nTwo"),
        ("<tr><td>A</td><td>1</td></tr><tr><td>B</td></tr>", "A 1\nB"),
        ("a &lt;b&gt; &amp; &#20013;&#x6587;&nbsp;c", "a <b> & 中文 c"),
        ("<SCRIPT>alert(1)</SCRIPT>safe<style>p{}</style>", "safe"),
        ("<head><title>x</title></head><body>y</body>", "y"),
        ("<script>never closed", ""),
        ("a<!-- hidden -->b<!-- open", "ab"),
        ("<![if !mso]>a<![endif]>", "a"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ('<img src=x onerror="alert(1)">a', "a"),
        ('<a title="x>y">z</a>', "z"),
        ('<a href="https://evil.example/x">bank</a>', "bank <https://evil.example/x>"),
        ('<a href="https://a.example/">https://a.example</a>', "https://a.example"),
        ("<p>new</p><blockquote>a<p>b</p>c</blockquote>", "new\n\n> a\n>\n> b\n>\n> c"),
        ("", ""),
    ],
)
def test_to_text(markup, text):
    assert to_text(markup) == text


@pytest.mark.parametrize("href", ["javascript:alert(1)", "data:text/html,x", "cid:1"])
def test_to_text_names_no_link_that_is_not_of_the_web(href):
    assert to_text(f'<a href="{href}">x</a>') == "x"


@given(st.text(alphabet=st.sampled_from("<>/!-='\"&#;abp \n中")))
def test_to_text_stands_any_markup(markup):
    assert isinstance(to_text(markup), str)


def _seconds(markup: str) -> float:
    start = time.perf_counter()
    to_text(markup)
    return time.perf_counter() - start


HOSTILE = ["<", "<!--", "<a ", '<a =">', '="<b >"', "<b ='>\"", "<script", "</", "&#9"]
HOSTILE += ["<p>", '<a href="', "<blockquote>x", '"<a =', "<svg>x", "<br>", "<![CDATA["]


@pytest.mark.drill
@pytest.mark.parametrize("unit", HOSTILE)
def test_to_text_takes_linear_time(unit):
    quarter, whole = unit * (50_000 // len(unit)), unit * (200_000 // len(unit))
    # Quadratic work would take 16 times as long, and many seconds.
    assert _seconds(whole) < max(8 * _seconds(quarter), 0.5)


def test_looks_like_markup_only_where_the_whole_text_is():
    assert looks_like_markup("  <p>Dear</p>")
    assert not looks_like_markup("I typed <p>this</p>")
    assert not looks_like_markup("<p> is a tag")
