"""Who is signed in picks a transaction instead of typing it."""

import json
import time
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from appeals.demo.standins.exchange import Exchange
from complaints.models import Draft
from complaints.portal import recent
from complaints.services import drafts
from tests.complaints.portal.forms import NEW
from tests.complaints.test_exchange import theirs
from tests.people import People

__all__ = ["theirs"]
pytestmark = pytest.mark.django_db
TYPED = {"transactions": "my own\n", "wallets": "", "orders": "", "amount": "7"}


@pytest.fixture
def draft(people: People) -> Draft:
    cache.clear()
    people.customer.account_id = "40000001"
    people.customer.save()
    return drafts.begin(user=people.customer, language="en", answers={})


@pytest.fixture
def customer(people: People) -> Client:
    client = Client()
    client.force_login(people.customer)
    return client


def url_of(draft: Draft) -> str:
    return f"{NEW}{draft.key}/transaction/"


def test_pick_fills_the_fields(
    people: People,
    customer: Client,
    draft: Draft,
    theirs: Exchange,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert len(customer.get(url_of(draft)).context["recent"]) == 5
    cache.clear()
    monkeypatch.setattr("complaints.services.recent.MOST", 60)
    page = customer.get(url_of(draft))
    offers = page.context["recent"]
    assert 'name="recent"' in page.content.decode()
    assert not any(one.chosen for one in offers)
    moved = next(one for one in offers if one.mark.startswith("withdrawals:"))
    trade = next(one for one in offers if one.mark.startswith("trades:"))

    answer = customer.post(url_of(draft), {**TYPED, "recent": moved.mark})

    assert answer["Location"].endswith("/when/")
    kept = drafts.find(draft.key, user=people.customer, held=[]).answers["transaction"]
    own, txid = kept["transactions"].splitlines()
    assert (own, len(txid)) == ("my own", 64)
    assert f"{kept['amount']} {kept['asset']}".split()[1] == moved.aside.split()[1]
    assert kept["network"] in ("Bitcoin", "Ethereum", "Tron")
    assert kept["wallets"]

    shown = customer.get(url_of(draft)).context["recent"]
    assert [one.mark for one in shown if one.chosen] == [moved.mark]
    customer.post(url_of(draft), {**kept, "recent": trade.mark})
    kept = drafts.find(draft.key, user=people.customer, held=[]).answers["transaction"]
    assert kept["transactions"] == "my own"
    assert kept["wallets"] == ""
    assert kept["orders"] == trade.mark.partition(":")[2]


@pytest.mark.parametrize("mark", ["", "withdrawals:000", "nonsense"])
def test_what_is_not_offered_changes_nothing(
    people: People, draft: Draft, theirs: Exchange, mark: str
) -> None:
    assert recent.put_in(people.customer, mark, TYPED) == TYPED


def test_silence_costs_little_and_nobody_else_sees_any(
    people: People, customer: Client, draft: Draft, theirs: Exchange, settings: Any
) -> None:
    assert recent.offers(None, "transaction", {}) == []
    assert recent.offers(people.other_customer, "transaction", {}) == []
    assert recent.offers(people.customer, "story", {}) == []
    theirs.answer = (503, b"")
    began = time.monotonic()
    for _again in range(2):
        page = customer.get(url_of(draft))
        assert page.status_code == 200
        assert "recent" not in page.content.decode().replace("recently", "")
    assert time.monotonic() - began < 5
    theirs.answer = None
    assert recent.offers(people.customer, "transaction", {}) == []
    cache.clear()
    assert recent.offers(people.customer, "transaction", {})


def test_rows_without_a_time_or_number_are_left_out(
    people: People, draft: Draft, theirs: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now().isoformat()
    rows = [{"at": "soon", "id": "1"}, {"at": now}, {"at": now, "id": "<b>"}]
    said = {"account": "40000001", "kind": "withdrawals", "rows": rows}
    theirs.answer = (200, json.dumps(said).encode())
    monkeypatch.setattr("complaints.services.recent.ASKED", ("withdrawals",))
    offers = recent.offers(people.customer, "transaction", {})
    assert [one.mark for one in offers] == ["withdrawals:<b>"]


def test_page_asks_the_database_no_more(
    customer: Client, draft: Draft, theirs: Exchange
) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert customer.get(url_of(draft)).context["recent"]
    assert len(asked) <= 12
