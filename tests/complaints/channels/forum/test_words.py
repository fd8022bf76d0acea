"""What a post may hold, how it is found, and what nobody should read in it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from complaints.channels.forum.markup import html_of
from complaints.channels.forum.privacy import public_words
from complaints.channels.forum.search import indexed, terms_of
from complaints.masking import MASK
from teams.models import User

REL = 'rel="nofollow ugc noopener noreferrer"'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("one\ntwo", "<p>one<br>\ntwo</p>\n"),
        ("**so**", "<p><strong>so</strong></p>\n"),
        ("# big", "<p># big</p>\n"),
        ("![x](https://x.example/x.png)", "img"),
        ("<script>alert(1)</script>", "&lt;script&gt;"),
        ("<b onclick=x>hi</b>", "&lt;b onclick=x&gt;"),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ("[x](data:text/html,hi)", "[x](data:text/html,hi)"),
        (
            "[our page](https://evil.example/login)",
            f'<a href="https://evil.example/login" {REL}>our page</a> (evil.example)',
        ),
        (
            "<https://good.example>",
            f'<a href="https://good.example" {REL}>https://good.example</a></p>',
        ),
        ("[recourse](https://reсourse.example)", "(xn--reourse-zjg.example)"),
        ("[x](mailto:a@b.example)", f"<a {REL}>x</a>"),
    ],
)
def test_markup(text: str, html: str) -> None:
    found = html_of(text)
    if html == "img":
        assert "<img" not in found
        assert "x.png" in found
    else:
        assert html in found


@pytest.mark.parametrize(
    ("address", "leads_to", "host"),
    [
        ("https:///evil.example/x", "https://evil.example/x", "evil.example"),
        ("HTTPS:////evil.example", "https://evil.example", "evil.example"),
        ("http:evil.example", "http://evil.example", "evil.example"),
        ("http:/evil.example/x", "http://evil.example/x", "evil.example"),
        ("//evil.example", "https://evil.example", "evil.example"),
        ("///evil.example", "https://evil.example", "evil.example"),
        ("https://%65vil.example", "https://%65vil.example", "evil.example"),
    ],
)
def test_link_says_where_a_browser_takes_it(
    address: str, leads_to: str, host: str
) -> None:
    found = html_of(f"[https://recourse.example/login]({address})")
    assert f'href="{leads_to}"' in found
    assert found.endswith(f"</a> ({host})</p>\n")


def test_link_within_the_board_stays_there() -> None:
    assert 'href="/community/"' in html_of("[here](/community/)")


@pytest.mark.parametrize("sign", "\u202a\u202b\u202d\u202e\u2066\u2067\u2068")
def test_nothing_written_turns_round_what_we_say(sign: str) -> None:
    found = html_of(f"[pay{sign} here](https://evil.example) and{sign} more")
    assert "pay here</a> (evil.example) and more" in found


def test_link_has_no_words_that_show_only_under_the_mouse() -> None:
    assert "title=" not in html_of("[x](https://evil.example 'https://ours.example')")


@given(st.text(max_size=200))
@settings(max_examples=150, deadline=None)
def test_nothing_written_becomes_markup_of_its_own(text: str) -> None:
    found = html_of(text).lower()
    for sign in ("<script", "<img", "<iframe", "<style", "<h1", "<div"):
        assert sign not in found


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Withdrawal, HELD!", ["withdrawal", "held"]),
        ("提现", ["提", "现", "提现"]),
        ("ＵＳＤＴ手续费", ["usdt", "手", "续", "费", "手续", "续费"]),
        ("😀 …", []),
    ],
)
def test_terms(text: str, terms: list[str]) -> None:
    assert terms_of(text) == terms


def test_index_stands_between_spaces() -> None:
    assert indexed("Held", "held now") == " held now "
    assert indexed("", "…") == ""


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Write to ann@example.com please", f"Write to {MASK} please"),
        ("Call +49 69 1234567", f"Call {MASK}"),
        ("电话13912345678。", f"电话{MASK}。"),
        ("身份证11010519491231002X", f"身份证{MASK}"),
        ("My account 48812345 is shut", f"My account {MASK} is shut"),
        ("I lost 1,860.50 USDT at 23:09", "I lost 1,860.50 USDT at 23:09"),
        ("legal winner thank year wave sausage worth useful legal winner thank yellow",
         MASK),
    ],
)  # fmt: skip
def test_private_words_are_unreadable(text: str, kept: str) -> None:
    assert public_words(text, User(account_id="48812345")) == kept


def test_short_or_missing_account_number_masks_nothing() -> None:
    for number in ("", "1"):
        assert public_words("11 of 11", User(account_id=number)) == "11 of 11"


@given(st.text(max_size=300))
@settings(max_examples=100, deadline=None)
def test_masking_twice_changes_nothing(text: str) -> None:
    once = public_words(text)
    assert public_words(once) == once
