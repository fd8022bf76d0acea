"""What is said while somebody fills in: about ids and amounts, and what may help."""

from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from complaints.portal import advice
from complaints.portal.fields import reads_two_ways
from complaints.portal.questions import TransactionForm
from tests.complaints.portal.forms import NEW, answer_all
from tests.people import People

URL = f"{NEW}advice/"
BITCOIN = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        (
            {"network": "Tron", "transactions": "9f" * 31 + "9"},
            "transactions",
            "This has 63 characters; Tron IDs have 64.",
        ),
        ({"wallets": BITCOIN[:-1] + "p"}, "wallets", "seems to be mistyped"),
        (
            {"network": "Tron", "wallets": BITCOIN},
            "wallets",
            "This looks like Bitcoin, not Tron.",
        ),
        ({"transactions": BITCOIN}, "transactions", "not a transaction ID"),
        ({"amount": "1,860"}, "amount", "We read this as 1,860.00."),
        ({"amount": "１.860"}, "amount", "We read this as 1.86."),
        ({"amount": "much"}, "amount", "Enter the amount as a number"),
        ({"network": "No such"}, "network", "not one of the available choices"),
    ],
)
def test_advice_is_given_at_once(
    client: Client, typed: dict[str, str], field: str, words: str
) -> None:
    answer = client.post(URL, typed)

    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store, private"
    assert set(answer.json()["advice"]) == {field}
    assert words in answer.json()["advice"][field]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "typed",
    [{}, {"wallets": BITCOIN, "network": "Bitcoin"}, {"amount": "1,860.50"}],
)
def test_nothing_is_said_where_nothing_is_wrong(
    client: Client, typed: dict[str, str]
) -> None:
    assert client.post(URL, typed).json() == {"advice": {}}


@given(st.dictionaries(st.sampled_from(list(TransactionForm.base_fields)), st.text()))
def test_no_text_breaks_the_advice(typed: dict[str, str]) -> None:
    words = advice.tips(TransactionForm(typed))

    assert all(isinstance(said, str) and said for said in words.values())


@pytest.mark.parametrize(
    ("text", "doubtful"),
    [
        ("1,860", True),
        ("1.860", True),
        (" １,８６０ ", True),
        ("0.125", False),
        ("1,860.5", False),
        ("1860", False),
        ("1,86", False),
        ("1.860.500", False),
    ],
)
def test_which_amounts_read_two_ways(text: str, doubtful: bool) -> None:
    assert reads_two_ways(text) is doubtful


@pytest.mark.django_db
@pytest.mark.usefixtures("one_window")
def test_advice_is_asked_by_post_and_not_without_end(
    client: Client, monkeypatch: Any
) -> None:
    monkeypatch.setattr(advice, "ASKED", advice.Limit("advice", tries=2, seconds=60))
    answers = [client.post(URL, {}).status_code for _ in range(3)]

    assert answers == [200, 200, 429]
    assert client.post(URL, {}).headers["Retry-After"]
    assert client.get(URL).status_code == 405


# What may help ------------------------------------------------------------------------


@pytest.mark.django_db
def test_articles_stand_by_the_answers_to_check(people: People) -> None:
    client = Client()
    client.force_login(people.customer)
    words = {"subject": "My position was liquidated", "description": "At a bad price"}

    page = client.get(answer_all(client, **words)["Location"]).content.decode()

    assert "This may help at once" in page
    assert 'href="/learn/liquidation/"' in page


@pytest.mark.django_db
def test_story_asks_for_articles_while_it_is_typed(client: Client) -> None:
    first = client.post(NEW, {"at_risk": "no", "category": ""})
    page = client.get(first["Location"]).content.decode()

    assert 'data-suggest="/learn/suggest/" data-from="subject description"' in page
