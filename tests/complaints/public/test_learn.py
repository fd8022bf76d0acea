"""Articles are found in both languages, voted on once, and suggested while filing."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from complaints.public import publish, votes
from complaints.public.models import Document, Kind, Vote
from complaints.public.search import search, stem, suggest, terms_of
from tests.complaints.public import drafts
from tests.people import People

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ADDRESS = "/learn/liquidation/"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Withdrawals of USDT", ["withdraw", "usdt"]),
        ("爆仓", ["爆", "仓", "爆仓"]),
        ("充ＵＳＤＴ没到", ["usdt", "充", "没", "到", "没到"]),
        ("the and of", []),
    ],
)
def test_terms_of_a_text(text: str, found: list[str]) -> None:
    assert list(terms_of(text)) == found


@pytest.mark.parametrize(
    ("first", "second"),
    [("withdrawals", "withdrawal"), ("fees", "fee"), ("liquidated", "liquidation")],
)
def test_forms_of_a_word_share_a_stem(first: str, second: str) -> None:
    assert stem(first) == stem(second)


@pytest.mark.parametrize(
    ("language", "text", "first"),
    [
        ("en", "liquidated", "liquidation"),
        ("en", "wrong network", "wrong-network"),
        ("en", "fee", "funding-and-fees"),
        ("en", "FREEZE", "somebody-in-my-account"),
        ("zh-hans", "爆仓", "liquidation"),
        ("zh-hans", "强平", "liquidation"),
        ("zh-hans", "冻卡", "p2p-frozen-bank-account"),
        ("zh-hans", "充值", "deposit-not-credited"),
        ("zh-hans", "提现", "withdrawal-on-hold"),
        ("zh-hans", "TRC20", "wrong-network"),
        ("zh-hans", "盗", "somebody-in-my-account"),
    ],
)
def test_search_finds_the_article_first(language: str, text: str, first: str) -> None:
    assert search(text, language)[0].code == first


@pytest.mark.parametrize(
    ("language", "text", "first"),
    [
        ("en", "My USDT withdrawal is stuck for three days", "withdrawal-on-hold"),
        ("en", "somebody hacked my account last night", "somebody-in-my-account"),
        ("en", "I sent it with TRC20 to the wrong network", "wrong-network"),
        ("zh-hans", "我的提现三天了还没到账", "withdrawal-on-hold"),
        ("zh-hans", "账户被盗，币被转走了", "somebody-in-my-account"),
    ],
)
def test_suggestions_fit_a_complaint(language: str, text: str, first: str) -> None:
    found = suggest(text, language)

    assert found[0].code == first
    assert len(found) <= 3


@pytest.mark.parametrize("text", ["", "hello", "你好", "?!", "\x00" * 10, "  "])
def test_nothing_is_suggested_for_what_says_nothing(text: str) -> None:
    assert suggest(text, "en") == suggest(text, "zh-hans") == []


def test_long_text_is_read_in_part_and_quickly() -> None:
    assert search("liquidation " + "spam " * 100_000, "en")[0].code == "liquidation"


def test_search_follows_what_is_published_and_withdrawn(people: People) -> None:
    assert search("zebra", "en") == []
    article = drafts.document("zebra", Kind.ARTICLE)
    version = drafts.written(people, article, title=("Zebra", "斑马"))
    assert search("zebra", "en") == []

    publish.publish(version=version, actor=people.head)
    assert [one.code for one in search("zebra", "en")] == ["zebra"]
    assert [one.code for one in search("斑马", "zh-hans")] == ["zebra"]

    publish.withdraw(document=article, actor=people.head)
    assert search("zebra", "en") == []


def test_article_of_tomorrow_is_not_found_today(people: People) -> None:
    now = timezone.now()
    version = drafts.written(
        people, drafts.document("zebra", Kind.ARTICLE), title=("Zebra", "斑马")
    )
    version.effective_from = now + timedelta(days=1)
    version.save()
    publish.publish(version=version, actor=people.head)

    assert search("zebra", "en", now=now) == []
    assert len(search("zebra", "en", now=now + timedelta(days=2))) == 1


def test_search_page_says_what_it_found(client: Client) -> None:
    page = client.get("/learn/", {"q": "liquidated"}).content.decode()
    assert "about “liquidated”" in page
    assert ADDRESS in page

    page = client.get("/learn/", {"q": "xyzzy"}).content.decode()
    assert "Nothing about “xyzzy”" in page
    assert ADDRESS in page  # all articles follow


def test_search_word_comes_back_escaped(client: Client) -> None:
    page = client.get("/learn/", {"q": '"><script>alert(1)</script>'}).content.decode()

    assert "<script>alert" not in page


# Votes ----------------------------------------------------------------------------


def say(client: Client, helpful: str = "yes") -> None:
    answer = client.post(f"{ADDRESS}vote/", {"helpful": helpful})
    assert answer.headers["Location"] == f"{ADDRESS}#helpful"


def counted() -> tuple[int, int]:
    return votes.counted(Document.objects.get(code="liquidation"))


def test_visitor_has_one_vote_and_may_change_it(client: Client) -> None:
    say(client)
    say(client)
    assert counted() == (1, 0)

    say(client, "no")

    assert counted() == (0, 1)
    page = client.get(ADDRESS).content.decode()
    assert 'value="no" aria-pressed="true"' in page
    assert "your answer is counted" in page


def test_visitors_are_counted_apart_and_not_known(client: Client) -> None:
    say(client)
    say(Client())

    assert counted() == (2, 0)
    kept = set(Vote.objects.values_list("voter", flat=True))
    assert client.session["voter"] not in kept
    assert {len(one) for one in kept} == {64}


def test_reading_makes_no_session(client: Client) -> None:
    client.get(ADDRESS)

    assert "sessionid" not in client.cookies
    assert not Vote.objects.exists()


def test_vote_of_another_word_counts_for_nothing(client: Client) -> None:
    say(client, "maybe")

    assert counted() == (0, 0)
    assert client.post("/learn/privacy/vote/", {"helpful": "yes"}).status_code == 404
    assert client.get(f"{ADDRESS}vote/").status_code == 405


def test_thirty_votes_of_one_address_are_enough(client: Client) -> None:
    for _number in range(32):
        say(Client())

    assert counted() == (30, 0)


# Suggestions ----------------------------------------------------------------------


def test_suggestions_come_as_json(client: Client) -> None:
    answer = client.get("/learn/suggest/", {"q": "I was liquidated"})

    assert answer.json()["suggestions"][0] == {
        "title": "Why was my position liquidated?",
        "summary": "How to read the mark price, and when a liquidation was wrong.",
        "url": ADDRESS,
    }
    assert answer["Cache-Control"] == "no-store, private"


def test_suggestions_come_as_html_for_a_text_that_was_posted(client: Client) -> None:
    data = {"q": "我的仓位被强平了", "as": "html"}
    answer = client.post("/learn/suggest/", data, HTTP_ACCEPT_LANGUAGE="zh-CN")

    page = answer.content.decode()
    assert f'href="{ADDRESS}"' in page
    assert "我的仓位为什么被强平？" in page
    assert "<html" not in page


@time_machine.travel(NOON, tick=False)
def test_suggestions_are_asked_for_at_most_120_times_a_minute(client: Client) -> None:
    codes = [client.get("/learn/suggest/").status_code for _n in range(121)]

    assert codes == [200] * 120 + [429]
