"""What people say about what happened, found by its words."""

import pytest

from complaints.models import Category
from complaints.topic_words import TOPIC_WORDS, danger_in, language_of, topics_in


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("My position was LIQUIDATED at a price", "trading.liquidation"),
        ("昨晚爆仓了，亏了很多", "trading.liquidation"),
        ("Somebody else logged in and I was hacked", "security.takeover"),
        ("我的币被盗了，不是我操作的", "security.unauthorised-withdrawal"),
        ("充值三天了还是没有到账", "deposits.missing"),
        ("KYC  rejected twice", "identity.rejected"),
        ("ＡＰＩ ＫＥＹ does not work", "technical.api"),
        ("I was charged two fees", "fees.unexpected"),
        ("卖家冻卡，银行卡被冻", "p2p.frozen-bank"),
        ("A man from your support had me read out a code", "fraud.phishing"),
        ("申请提现三天，页面一直显示审核中", "withdrawals.delayed"),
        ("身份认证三次被拒，只说材料不符合要求", "identity.rejected"),
        ("The buyer marked the order as paid", "p2p.unpaid"),
        ("Eleven days without an answer", "service.no-answer"),
    ],
)
def test_topic(text: str, code: str) -> None:
    assert topics_in(text)[0].code == code


@pytest.mark.parametrize("text", ["", "coffee", "profeed", "Guten Tag"])
def test_no_topic(text: str) -> None:
    assert topics_in(text) == []


def test_more_words_come_first_and_are_named() -> None:
    first, second = topics_in("Hidden fee; my account was hacked by a SIM swap")[:2]

    assert (first.code, first.words) == ("security.takeover", ("hacked", "sim swap"))
    assert second.code == "fees.unexpected"


def test_danger() -> None:
    assert danger_in("They are DRAINED right now") == ("drained", "right now")
    assert danger_in("正在转出") == ("正在转出",)
    assert danger_in("A question") == ()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("我的提现一直没有到账", "zh-hans"),
        ("提现 USDT 一直没有到账 order 12", "zh-hans"),
        ("My withdrawal is late", "en"),
        ("12345 !!", ""),
    ],
)
def test_language_of(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.django_db
def test_every_topic_is_a_category() -> None:
    assert set(TOPIC_WORDS) <= set(Category.objects.values_list("code", flat=True))
