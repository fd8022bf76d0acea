"""References: spoken, typed wrong, guessed (T8)."""

from itertools import permutations

import pytest

from complaints.reference_number import (
    ALPHABET,
    check_character,
    new_reference,
    normalise,
)


def _packed(reference: str) -> str:
    return reference.removeprefix("RC-").replace("-", "")


def _references(count: int = 2_000) -> set[str]:
    return {new_reference() for _ in range(count)}


@pytest.mark.parametrize("shape", ["rc{0}{1}", " RC {0} {1} ", "{0}-{1}", "RC–{0}–{1}"])
def test_spelling_is_forgiven(shape: str) -> None:
    reference = new_reference()
    _prefix, one, two = reference.lower().split("-")

    assert normalise(shape.format(one, two)) == reference


def test_every_wrong_character_is_noticed() -> None:
    for reference in _references(20):
        packed = _packed(reference)
        for place, right in enumerate(packed):
            for wrong in set(ALPHABET) - {right}:
                assert normalise(packed[:place] + wrong + packed[place + 1 :]) is None


def test_one_swap_of_neighbours_in_378_is_not_noticed() -> None:
    """Whatever stands before them: 28 characters lead to each of the 28 remainders."""
    found = {
        first + one + two: check_character(first + one + two)
        for first in ALPHABET
        for one, two in permutations(ALPHABET, 2)
    }
    missed = [body for body in found if found[body] == found[body[0] + body[:0:-1]]]

    assert (len(found), len(missed)) == (21_168, 56)


def test_no_letter_is_taken_for_another() -> None:
    assert not set(ALPHABET) & set("01AEIOUL")
    assert all(set(_packed(each)) <= set(ALPHABET) for each in _references(50))


def test_known_references_tell_nothing_of_others() -> None:
    """Of ten thousand guesses none is among two thousand that are there."""
    known = _references()
    guesses = _references(10_000)

    assert len(known) == 2_000
    assert not known & guesses
    for place in range(7):
        signs = {_packed(each)[place] for each in known}
        assert signs == set(ALPHABET)
