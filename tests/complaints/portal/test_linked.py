"""Linked accounts: a code that is shown once, what is linked, and the way back."""

import re
from typing import Any

import pytest
from django.test import Client

from complaints.models import Contact
from complaints.services import handles
from tests.people import People

pytestmark = pytest.mark.django_db
PAGE = "/accounts/linked/"


@pytest.fixture
def signed_in(people: People, client: Client) -> Client:
    client.force_login(people.customer)
    return client


def link(people: People, handle: str = "4711") -> Contact:
    code = handles.issue_code(user=people.customer)
    handles.redeem(provider="telegram", handle=handle, code=code)
    return Contact.objects.get(value=handle)


def test_code_is_shown_once_and_links(signed_in: Client, people: People) -> None:
    assert signed_in.post(PAGE, {"make": "1"})["Location"] == PAGE
    page = signed_in.get(PAGE)
    code = re.findall(r'data-copy="([2-9A-Z]{10})"', page.content.decode())[0]
    assert page["Cache-Control"] == "no-store, private"
    assert code not in signed_in.get(PAGE).content.decode()
    assert handles.redeem(provider="x", handle="9", code=code).user == people.customer


def test_bot_is_one_press_away_where_it_is_known(
    signed_in: Client, settings: Any
) -> None:
    settings.TELEGRAM_BOT_NAME = "our_bot"
    page = signed_in.post(PAGE, {"make": "1"}, follow=True).content.decode()
    assert re.search(r'href="https://t\.me/our_bot\?start=[2-9A-Z]{10}"', page)


def test_link_is_listed_and_ended(signed_in: Client, people: People) -> None:
    contact = link(people)
    assert "4711" in signed_in.get(PAGE).content.decode()
    assert signed_in.post(PAGE, {"end": contact.pk}).status_code == 302
    assert "4711" not in signed_in.get(PAGE).content.decode()
    assert handles.speaker_of("telegram", "4711") is None


@pytest.mark.parametrize("key", ["0", "x", "", "9" * 30, "-1", "٣"])
def test_only_own_links_are_ended(people: People, client: Client, key: str) -> None:
    contact = link(people)
    client.force_login(people.other_customer)
    for given in (key, str(contact.pk)):
        assert client.post(PAGE, {"end": given}).status_code == 404
    contact.refresh_from_db()
    assert contact.proved_at is not None


def test_codes_are_counted(signed_in: Client) -> None:
    for _time in range(20):
        signed_in.post(PAGE, {"make": "1"})
    signed_in.get(PAGE)
    page = signed_in.post(PAGE, {"make": "1"}, follow=True).content.decode()
    assert "You made many codes" in page


def test_guest_is_asked_to_sign_in(client: Client) -> None:
    assert client.get(PAGE).status_code == 302
    assert client.post(PAGE, {"make": "1"})["Location"].startswith("/accounts/login/")
