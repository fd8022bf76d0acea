"""What is to hold of every page that a customer can be shown."""

import re

import pytest
from babel.messages.catalog import Catalog

from config.messages import compile_messages
from tests import customer_pages
from tests.complaints.public.test_languages import read
from tests.customer_pages import ELSEWHERE, Town, build, walk_all
from tests.people import People
from tests.test_translations import catalogue, english_on, kept_texts

__all__ = ["catalogue"]

pytestmark = pytest.mark.django_db
MOST = 12
CHINESE = re.compile("[\u3000-\u303f\u3400-\u9fff\uff01-\uff5e]")


@pytest.fixture(autouse=True, scope="module")
def _compiled() -> None:
    compile_messages()


@pytest.fixture
def town(people: People) -> Town:
    return build(people)


def test_every_page_is_in_chinese_and_asks_little(
    town: Town, catalogue: Catalog
) -> None:
    english, costly, written = {}, {}, kept_texts()
    for visit, answer, asked in walk_all(town, "zh-hans"):
        assert (visit, answer.status_code) == (visit, visit.status)
        page = answer.content.decode()
        assert visit.kept or '<html lang="zh-hans"' in page, visit
        if words := english_on(page, catalogue, written):
            english[visit.url] = words
        if asked > MOST:
            costly[visit.url] = asked

    assert (english, costly) == ({}, {})
    assert customer_pages.wanted() - customer_pages.names(town) == set(ELSEWHERE)


@pytest.mark.drill
def test_no_page_in_english_holds_chinese(town: Town) -> None:
    """But where it says so."""
    chinese = {}
    for visit, answer, _asked in walk_all(town, "en"):
        page = answer.content.decode()
        assert '<html lang="en"' in page, visit
        if words := list(filter(CHINESE.search, read(page, "en"))):
            chinese[visit.url] = words

    assert chinese == {}
