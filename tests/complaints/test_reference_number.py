"""References: spoken, typed wrong, guessed (T8)."""

import pytest

from complaints.reference_number import ALPHABET, new_reference, normalise


def _packed(reference: str) -> str:
    return reference.removeprefix("RC-").replace("-", "")


def _references(count: int = 2_000) -> set[str]:
    return {new_reference() for _ in range(count)}


@pytest.mark.parametrize("shape", ["rc{0}{1}", " RC {0} {1} ", "{0}-{1}", "RC–{0}–{1}"])
def test_spelling_is_forgiven(shape: str) -> None:
    reference = new_reference()
    _prefix, one, two = reference.lower().split("-")

    assert normalise(shape.format(one, two)) == reference


def test_every_wrong_character_and_nearly_every_swap_is_noticed() -> None:
    missed = tried = 0
    for reference in _references(20):
        packed = _packed(reference)
        for place, right in enumerate(packed):
            for wrong in set(ALPHABET) - {right}:
                assert normalise(packed[:place] + wrong + packed[place + 1 :]) is None
        for place in range(len(packed) - 1):
            one, two = packed[place : place + 2]
            swapped = packed[:place] + two + one + packed[place + 2 :]
            tried += one != two
            missed += one != two and normalise(swapped) is not None
    assert missed <= tried / 20


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
