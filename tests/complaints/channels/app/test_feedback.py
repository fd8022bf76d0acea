"""The frame of the app: who may frame it, whose complaint it files, what it keeps."""

import html
import random
import re
from typing import Any

import pytest
from django.test import Client

from complaints.channels.app import inbound
from complaints.channels.pipeline import take_in
from complaints.models import Complaint, RawMessage
from complaints.states import Intake
from tests.complaints.channels.app import keys
from tests.people import People

URL = "/embed/feedback/"
TEXT = "My deposit of 20 USDT never came."


@pytest.fixture
def browser(db: None) -> Client:
    return Client(enforce_csrf_checks=True)


def ticket_of(response: Any) -> str:
    found = re.search(r'name="ticket" value="([^"]+)"', response.content.decode())
    assert found is not None
    return html.unescape(found[1])


def said(response: Any) -> str:
    return html.unescape(response.content.decode())


def test_guest_files_and_gets_a_number_and_a_receipt(browser: Client) -> None:
    ticket = ticket_of(browser.get(URL))

    answer = browser.post(
        URL, {"ticket": ticket, "text": TEXT, "email": "ada@people.example"}
    )

    case = Complaint.objects.get()
    assert case.reference in said(answer)
    assert (case.channel, case.description, case.language) == ("app", TEXT, "en")
    assert (case.customer.user, case.customer.email) == (None, "ada@people.example")
    assert list(case.outbox.values_list("channel", "recipient", "kind")) == [
        ("email", "ada@people.example", "receipt")
    ]
    raw = RawMessage.objects.get()
    assert (raw.provider, raw.outcome) == ("app", Intake.OPENED)
    assert browser.cookies == {}


def test_form_sent_twice_is_one_complaint(browser: Client) -> None:
    ticket = ticket_of(browser.get(URL))

    pages = [browser.post(URL, {"ticket": ticket, "text": TEXT}) for _try in range(3)]

    (case,) = Complaint.objects.all()
    assert all(case.reference in said(page) for page in pages)
    assert RawMessage.objects.count() == 1


def test_token_makes_it_the_customers_own(
    exchange: Any, browser: Client, people: People
) -> None:
    people.customer.account_id = "EX-1"
    people.customer.save()

    page = browser.post(URL, {"token": keys.signed("EX-1")})
    assert "You file as account EX-1." in said(page)
    assert 'name="email"' not in said(page)
    browser.post(URL, {"ticket": ticket_of(page), "text": TEXT})

    assert Complaint.objects.get().customer.user == people.customer


@pytest.mark.parametrize(
    "token",
    [
        "rubbish",
        "a.b.c",
        keys.signed(kid="third"),
        keys.signed(aud="https://other.test"),
        keys.signed(scope="complaints:read"),
    ],
)
def test_wrong_token_leaves_a_guest(exchange: Any, browser: Client, token: str) -> None:
    page = browser.post(URL, {"token": token})

    assert page.status_code == 200
    assert "could not make sure which account" in said(page)
    browser.post(URL, {"ticket": ticket_of(page), "text": TEXT})
    assert Complaint.objects.get().customer.user is None


def test_token_handed_over_is_used_up(exchange: Any, browser: Client) -> None:
    token = keys.signed("EX-1")
    browser.post(URL, {"token": token})

    assert "could not make sure" in said(browser.post(URL, {"token": token}))


@pytest.mark.parametrize("ticket", ["", "x", "WyJhIiwiRVgtMSJd:1:forged"])
def test_form_that_we_did_not_give_files_nothing(browser: Client, ticket: str) -> None:
    page = browser.post(URL, {"ticket": ticket, "text": TEXT})

    assert "Send it again." in said(page)
    assert TEXT in said(page)
    assert RawMessage.objects.count() == 0


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"text": ""}, "Tell us what happened."),
        ({"text": "  "}, "Tell us what happened."),
        ({"text": "x" * 50_001}, "50,000"),
        ({"text": "a\x00b"}, "Null characters"),
        ({"text": TEXT, "email": "nobody"}, "valid email"),
    ],
)
def test_what_cannot_be_taken_is_said(
    browser: Client, fields: dict[str, str], words: str
) -> None:
    ticket = ticket_of(browser.get(URL))

    page = browser.post(URL, {"ticket": ticket, **fields})

    assert page.status_code == 400
    assert words in said(page) or words.replace(",", "") in said(page)
    assert Complaint.objects.count() == 0


def test_both_languages_stay_through_the_form(browser: Client) -> None:
    page = browser.get(f"{URL}?language=zh-hans")
    assert '<html lang="zh-hans">' in said(page)

    done = browser.post(
        f"{URL}?language=zh-hans", {"ticket": ticket_of(page), "text": "充值没有到账"}
    )

    assert '<html lang="zh-hans">' in said(done)
    assert Complaint.objects.get().language == "zh-hans"


def test_only_the_named_sites_may_frame_it(browser: Client, settings: Any) -> None:
    settings.EMBED_ORIGINS = ["https://app.exchange.test", "https://m.exchange.test"]

    for page in (browser.get(URL), browser.post(URL, {"token": "x"})):
        policy = page["Content-Security-Policy"].split("; ")
        assert (
            "frame-ancestors https://app.exchange.test https://m.exchange.test"
            in policy
        )
        assert "X-Frame-Options" not in page
        assert "Set-Cookie" not in page
    assert (
        'data-handover="https://app.exchange.test https://m.exchange.test"'
        in browser.get(URL).content.decode()
    )


def test_nobody_may_frame_it_by_default(browser: Client) -> None:
    page = browser.get(URL)

    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "DENY"
    assert "data-handover" not in page.content.decode()


def test_session_of_the_desk_counts_for_nothing_there(people: People) -> None:
    signed_in = Client()
    signed_in.force_login(people.customer)

    page = signed_in.get(URL)
    signed_in.post(URL, {"ticket": ticket_of(page), "text": TEXT})

    assert Complaint.objects.get().customer.user is None


@pytest.mark.usefixtures("one_window")
def test_too_many_have_to_wait(browser: Client) -> None:
    for _try in range(10):
        browser.post(URL, {"ticket": ticket_of(browser.get(URL)), "text": TEXT})

    page = browser.post(URL, {"ticket": ticket_of(browser.get(URL)), "text": TEXT})

    assert page.status_code == 429
    assert 1 <= int(page["Retry-After"]) <= 3600
    assert Complaint.objects.count() == 10


@pytest.mark.parametrize("count", [200, pytest.param(10_000, marks=pytest.mark.drill)])
def test_bytes_that_no_form_made_are_read_without_a_fault(count: int) -> None:
    chance = random.Random(13)
    good = b'{"account":"","email":"","language":"en","number":"1","text":"x"}'
    for _number in range(count):
        raw = bytearray(good)
        for _change in range(chance.randint(1, 6)):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        assert inbound.read(bytes(raw), "f").provider == "app"


def test_bytes_that_no_form_made_are_held(db: None) -> None:
    chance = random.Random(7)
    good = b'{"account":"","email":"","language":"en","number":"1","text":"x"}'
    for number in range(60):
        raw = bytearray(good)
        for _change in range(chance.randint(1, 6)):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        taken = take_in(bytes(raw), provider="app", account=str(number))
        assert taken.outcome in (Intake.OPENED, Intake.HELD)

    for raw in (b"", b"[]", b"null", b"{}", b"\xff", b"[" * 3000):
        assert inbound.read(raw, "f").problems == ("unreadable",)
