"""Counts in, a label and its words out."""

import json
from dataclasses import asdict

import pytest

from complaints.bayes import COMMON, Learned, guess, learn

PAST = [
    *[("the withdrawal is pending since monday", "slow")] * 4,
    *[("the withdrawal was stolen by a thief", "theft")] * 6,
    *[("提现一直没有到账", "slow")] * 3,
]


def test_what_was_said_before_is_recognised() -> None:
    learned = learn(PAST)

    slow = guess(learned, "withdrawal pending")
    theft = guess(learned, "a thief, stolen!")
    assert slow is not None
    assert theft is not None
    assert (slow.label, slow.words) == ("slow", ("pending",))
    assert (theft.label, theft.words) == ("theft", ("stolen", "thief"))
    assert 0.5 < slow.share < theft.share < 1


def test_chinese_is_recognised_by_pairs() -> None:
    found = guess(learn(PAST), "提现没有到账")

    assert found is not None
    assert found.label == "slow"


def test_nothing_known_is_no_guess() -> None:
    assert guess(learn(PAST), "entirely other matters") is None
    assert guess(learn([]), "withdrawal") is None


def test_rare_words_and_numbers_are_not_learned() -> None:
    rare = [("zebedee 4711 lost it", "loss")] * (COMMON - 1)
    learned = learn([*rare, *[("4711 lost it", "loss")] * 3])

    assert set(learned.words["loss"]) == {"lost", "it"}


def test_chance_by_hand() -> None:
    """Two labels as likely; "a" in 3 of 3 here and in 0 of 3 there: 4/5 to 1/5."""
    found = guess(learn([("aa", "x")] * 3 + [("bb", "y")] * 3), "aa")

    assert found is not None
    assert found.share == pytest.approx(0.8)


def test_it_is_kept_as_json_and_read_back() -> None:
    learned = learn(PAST)

    assert Learned(**json.loads(json.dumps(asdict(learned)))) == learned
