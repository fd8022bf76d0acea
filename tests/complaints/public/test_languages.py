"""Every public page in both languages, and nothing of the other one on it."""

import re
from html.parser import HTMLParser

import pytest
from django.utils import timezone

from complaints.public import demo
from complaints.public.models import Wording
from config.messages import compile_messages
from tests.complaints.public.walk import addresses, browser_in

pytestmark = pytest.mark.django_db

CHINESE = re.compile("[\u3000-\u303f\u3400-\u9fff\uff01-\uff5e]")
ENGLISH = re.compile(r"[A-Za-z]{2,}(?:[ ,'’]+[A-Za-z]{2,})+")
"""Two Latin words after each other."""

NAMES = frozenset(
    {
        "Recourse Exchange",
        "Recourse Wallet Pro",
        "Complaints department",
        "Berlin, Germany",
        "place de la Bourse",
        "Paris Cedex",
        "Lincoln House, Lincoln Place, Dublin",
        "in Regional Road, Msida MSD",
    }
)
"""Proper names, and a postal address, which is written as the post reads it."""

VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})


class Reader(HTMLParser):
    """The words of a page, but for what says that it is in another language."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language, self.words = language, list[str]()
        self.path: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        own = (given.get("lang") or self.language).lower() == self.language
        if tag not in VOID:
            self.path.append((tag, own and tag not in ("script", "style", "code")))
        for name in ("aria-label", "title", "placeholder", "alt"):
            self.handle_data(given.get(name) or "")

    def handle_endtag(self, tag: str) -> None:
        while self.path and self.path.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        words = " ".join(data.split())
        if words and all(own for _tag, own in self.path):
            self.words.append(words)


def read(page: str, language: str) -> list[str]:
    reader = Reader(language)
    reader.feed(page)
    return reader.words


@pytest.fixture(autouse=True, scope="module")
def _compiled() -> None:
    compile_messages()


@pytest.fixture
def _demo(db: None) -> None:
    demo.notices(timezone.now())


def foreign(page: str, language: str) -> list[str]:
    words = read(page, language)
    if language == "en":
        return [one for one in words if CHINESE.search(one)]
    return [
        run
        for one in words
        for run in ENGLISH.findall(one)
        if not any(run in name or name in run for name in NAMES)
    ]


@pytest.mark.usefixtures("_demo")
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_page_holds_words_of_the_other_language(language: str) -> None:
    client, found = browser_in(language), {}
    walked = addresses()
    for address in walked:
        answer = client.get(address)
        page = answer.content.decode()
        assert answer.status_code in (200, 410), address
        assert f'<html lang="{language}"' in page
        if other := foreign(page, language):
            found[address] = other

    assert found == {}
    assert len(walked) > 70


def test_the_other_language_is_noticed() -> None:
    assert foreign("<p>投诉 Nothing else here</p>", "zh-hans") == ["Nothing else here"]
    assert foreign('<p lang="en">Nothing else</p><p>USDT</p>', "zh-hans") == []
    assert foreign("<p>A complaint，free</p>", "en") == ["A complaint，free"]
    assert foreign('<b lang="zh-hans">中文</b>', "en") == []


def test_shipped_words_say_the_same_in_both_languages() -> None:
    """As many headings, rows and links, and the same figures: none was forgotten."""
    rows = Wording.objects.select_related("version__document")
    texts = {(row.version.document.code, row.language): row.body for row in rows}
    for code in {code for code, _language in texts}:
        english, chinese = texts[code, "en"], texts[code, "zh-hans"]
        for sign in (r"^#+ ", r"^- ", r"^\d\. ", r"^\|", r"\]\([^)]+\)", r"\[\[.+\]\]"):
            count = [len(re.findall(sign, one, re.M)) for one in (english, chinese)]
            assert count[0] == count[1], (code, sign)
        for figure in (r"\d[\d,.]* ?%", r"\d+\.\d+", r"\{\w+\}"):
            both = [
                sorted(one.replace(" ", "") for one in re.findall(figure, text))
                for text in (english, chinese)
            ]
            assert both[0] == both[1], (code, figure)
