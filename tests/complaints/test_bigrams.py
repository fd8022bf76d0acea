"""Words as they are kept, and as they are searched for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints.bigrams import phrases_of, words_of


@pytest.mark.parametrize(
    ("text", "kept", "searched"),
    [
        ("提现失败", "提现 现失 失败 败", ["提现 现失 失败"]),
        ("USDT提现", "usdt 提现 现", ["usdt", "提现"]),
        ("币", "币", ["币*"]),
        ("Straße, two-step", "strasse two step", ["strasse", "two", "step"]),
        ("ＵＳＤＴ　１８６０", "usdt 1860", ["usdt", "1860"]),
        ("TR7NHqjeKQ", "tr7nhqjekq", ["tr7nhqjekq"]),
        ("出金できない", "出金 金で でき きな ない い", ["出金 金で でき きな ない"]),
        ("출금 실패", "출금 금 실패 패", ["출금", "실패"]),
        ("snake_case", "snake case", ["snake", "case"]),
        ("x" * 150, "x" * 100, ["x" * 100]),
        ("%' OR 1=1 --", "or 1 1", ["or", "1"]),
        (" \t。，!", "", []),
    ],
)
def test_words_and_phrases(text: str, kept: str, searched: list[str]) -> None:
    assert " ".join(words_of(text)) == kept
    assert phrases_of(text) == searched


@given(
    st.text(max_size=60),
    st.text(max_size=60),
    st.text("提现到账失败usdt1 ", min_size=1),
)
def test_what_stands_in_a_text_is_found_in_it(
    before: str, after: str, said: str
) -> None:
    """A text is found by any of its own, set apart by spaces."""
    kept = f" {' '.join(words_of(f'{before} {said} {after}'))} "
    for phrase in phrases_of(said):
        begun = phrase.removesuffix("*")
        assert (f" {begun}" if begun != phrase else f" {phrase} ") in kept
