"""What is to hold of every page that a customer can be shown."""

import re
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from babel.messages.catalog import Catalog

from complaints.channels.chat.files import FILE_LIMIT as CHAT_FILE
from complaints.services.evidence import FILE_LIMIT
from config.body_bounds import bound_of
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
        assert files_fit(visit.url, page), visit
        if words := english_on(page, catalogue, written):
            english[visit.url] = words
        if asked > MOST:
            costly[visit.url] = asked

    assert (english, costly) == ({}, {})
    assert customer_pages.wanted() - customer_pages.names(town) == set(ELSEWHERE)


def files_fit(url: str, page: str) -> bool:
    """Whether each form on it may send as many files as it has fields for."""
    for form in re.findall(r"<form\b.*?</form>", page, re.DOTALL):
        fields = len(re.findall(r"<input[^>]*type=.file.", form))
        named = re.match(r"<form[^>]*action=\"([^\"]+)\"", form)
        path = urlsplit(urljoin(url, unescape(named[1]) if named else url)).path
        largest = CHAT_FILE if "chat" in path else FILE_LIMIT
        if fields and bound_of(path, "multipart/form-data; x") < fields * largest:
            return path == "/figures/check/"  # a receipt is a few lines of text
    return True


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
