import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints.channels.email.address import (
    find_reference,
    is_message_token,
    is_reply_token,
    make_message_id,
    make_reply_address,
    read_message_id,
    read_reply_address,
)
from complaints.reference_number import ALPHABET, new_reference

KEY = b"k" * 32
NEW_KEY = b"n" * 32
REFERENCE = "RC-7K4M-93XD"
ANN = "Ann@Example.com"
DOMAIN = "desk.example.org"

references = st.text(ALPHABET, min_size=8, max_size=8).map(
    lambda code: f"RC-{code[:4]}-{code[4:]}"
)
people = st.emails()


def an_address() -> str:
    return make_reply_address(REFERENCE, ANN, DOMAIN, KEY)


def a_message_id() -> str:
    return make_message_id("letter:1", REFERENCE, ANN, DOMAIN, KEY)


@given(references, people)
def test_reply_address_names_its_case_and_its_recipient(reference, person):
    address = make_reply_address(reference, person, DOMAIN, KEY)
    read = read_reply_address(address, KEY)
    assert read is not None
    assert read.reference == reference
    assert read.belongs_to(person)
    assert read.belongs_to(f" {person.upper()} ") == (
        person.upper().lower() == person.lower()
    )
    assert not read.belongs_to(f"x{person}")


@given(references, people)
def test_reply_address_fits_the_limit_of_a_local_part(reference, person):
    local, _, domain = make_reply_address(reference, person, DOMAIN, KEY).partition("@")
    assert re.fullmatch("c-[a-z2-7]{48}", local)
    assert len(local) <= 64
    assert domain == DOMAIN


def test_reply_address_survives_a_server_that_changes_case():
    assert read_reply_address(an_address().upper(), KEY) is not None


@given(st.data())
def test_reply_address_with_one_character_changed_is_refused(data):
    address = an_address()
    token = address.removeprefix("c-").partition("@")[0]
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from(sorted(set("abcdefghijklmnopqrstuvwxyz234567"))))
    if other == token[at]:
        return
    forged = f"c-{token[:at]}{other}{token[at + 1 :]}@{DOMAIN}"
    assert read_reply_address(forged, KEY) is None


@pytest.mark.parametrize("length", range(48))
def test_reply_address_cut_short_is_refused(length):
    token = an_address().removeprefix("c-")[:length]
    assert read_reply_address(f"c-{token}@{DOMAIN}", KEY) is None


@given(st.text() | st.emails())
def test_reply_address_that_is_anything_else_is_refused(text):
    assert read_reply_address(text, KEY) is None


def test_reply_address_of_another_key_is_refused():
    assert read_reply_address(an_address(), NEW_KEY) is None


def test_reply_address_of_the_key_before_is_read_until_it_is_gone():
    assert read_reply_address(an_address(), (NEW_KEY, KEY)) is not None
    fresh = make_reply_address(REFERENCE, ANN, DOMAIN, (NEW_KEY, KEY))
    assert read_reply_address(fresh, NEW_KEY) is not None
    assert read_reply_address(fresh, KEY) is None


def test_reply_address_is_no_message_id_and_the_other_way_round():
    token = an_address().removeprefix("c-")
    assert read_message_id(f"<m-{token}>", ANN, KEY) is None
    inner = a_message_id().strip("<>").removeprefix("m-")
    assert read_reply_address(f"c-{inner}", KEY) is None


@given(references, people, st.text(max_size=40))
def test_message_id_is_read_for_its_recipient_alone(reference, person, row):
    made = make_message_id(row, reference, person, DOMAIN, KEY)
    assert made == make_message_id(row, reference, person, DOMAIN, KEY)
    assert read_message_id(made, person, KEY) == reference
    assert read_message_id(made.strip("<>"), person, KEY) == reference
    assert read_message_id(made, f"x{person}", KEY) is None
    assert read_message_id(made, person, NEW_KEY) is None


@given(st.data())
def test_message_id_mutated_attaches_to_nothing(data):
    made = a_message_id()
    at = data.draw(st.integers(3, 50))
    other = data.draw(st.characters(max_codepoint=0x3FF))
    mutated = made[:at] + other + made[at + 1 :]
    if mutated.lower() == made.lower():
        return
    assert read_message_id(mutated, ANN, KEY) is None


@pytest.mark.parametrize("letter", ["\u0130", "\u017f", "\u212a"])
def test_letters_that_only_look_like_ours_in_another_case_are_none(letter):
    """They fold to i, s and k; the mail that held one became poison."""
    token = letter + "a" * 47
    assert read_message_id(f"<m-{token}@desk.example>", ANN, KEY) is None
    assert read_reply_address(f"c-{token}@desk.example", KEY) is None
    assert not is_message_token(f"<m-{token}@desk.example>")
    assert not is_reply_token(f"c-{token}@desk.example")


@given(st.text())
def test_message_id_invented_attaches_to_nothing(text):
    assert read_message_id(text, ANN, KEY) is None
    assert read_message_id(f"<{text}>", ANN, KEY) is None


def test_message_id_differs_for_each_mail_and_each_person():
    made = {
        make_message_id(row, REFERENCE, who, DOMAIN, KEY)
        for row in ("letter:1", "letter:2")
        for who in (ANN, "bob@example.com")
    }
    assert len(made) == 4


@pytest.mark.parametrize("key", ["", b"", (), (KEY, b"")])
def test_signing_refuses_an_empty_key(key):
    with pytest.raises(ValueError, match="empty"):
        make_reply_address(REFERENCE, ANN, DOMAIN, key)
    with pytest.raises(ValueError, match="empty"):
        read_reply_address(an_address(), key)


@pytest.mark.parametrize(
    "reference", ["", "RC-7K4M-93X", "rc-7k4m-93xd", "XX-7K4M-93XD"]
)
def test_signing_refuses_what_is_no_reference(reference):
    with pytest.raises(ValueError, match="reference"):
        make_reply_address(reference, ANN, DOMAIN, KEY)


@pytest.mark.parametrize(
    "text", ["Re: [{}] my money", "投诉{}。", "{}", "case\n{}, again", "({})"]
)
def test_find_reference_in_a_text(text):
    reference = new_reference()
    assert find_reference(text.format(reference)) == reference
    assert find_reference(text.format(reference.lower())) == reference
    assert find_reference(text.format(reference.replace("-", ""))) == reference


@pytest.mark.parametrize("text", ["", "RC-1234-5678", "XRC-7K4M-93XD", "RC-7K4M-93X"])
def test_find_reference_finds_none(text):
    assert find_reference(text) is None
