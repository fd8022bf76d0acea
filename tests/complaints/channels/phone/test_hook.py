"""The webhook: only Twilio's own signature opens it, and nothing breaks it."""

import random
import threading
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.test import Client

from appeals.demo.standins import twilio
from complaints.channels.phone.signature import is_signed, signature
from complaints.models import RawMessage
from tests.complaints.channels.bounds import flat, quick
from tests.complaints.channels.phone.line import HOOK, URL, deliver
from tests.complaints.test_concurrency import race

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("line")]

PUBLISHED = {
    "CallSid": "CA1234567890ABCDE",
    "Caller": "+14158675309",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
}
"""The example by which Twilio's own libraries are tested (twilio-python)."""

STATUSES = ("ringing", "in-progress", "completed", "busy", "failed", "no-answer")


def test_published_example_of_twilio() -> None:
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    given = signature(url, PUBLISHED.items(), "12345")
    assert given == "RSOYDt4T1cUTdK1PDd93/VVr8B8="
    assert is_signed(given, url, PUBLISHED.items(), "12345")


def test_address_with_its_standard_port_is_the_same() -> None:
    told = twilio.text("Hello")
    given = signature("https://recourse.test:443/hooks/phone/", told.items(), "t")
    assert is_signed(given, URL, told.items(), "t")


@pytest.mark.parametrize(
    ("url", "token"),
    [
        (URL, "wrong"),
        ("https://elsewhere.test/hooks/phone/", twilio.TOKEN),
        ("http://recourse.test/hooks/phone/", twilio.TOKEN),
        (URL + "?x=1", twilio.TOKEN),
    ],
)
def test_wrong_signature_keeps_nothing(url: str, token: str) -> None:
    response = deliver(twilio.text("Hello"), url, token)
    assert (response.status_code, response.json()) == (403, {"code": "bad_signature"})
    assert not RawMessage.objects.exists()


def test_missing_signature_and_changed_fields() -> None:
    kept = twilio.signed(twilio.text("Hello"), URL)
    assert Client().post(HOOK, kept["data"], kept["content_type"]).status_code == 403
    changed = kept | {"data": kept["data"].replace("Hello", "Bye")}
    assert Client().post(HOOK, **changed).status_code == 403
    more = kept | {"data": kept["data"] + "&Body=Bye"}
    assert Client().post(HOOK, **more).status_code == 403
    assert not RawMessage.objects.exists()


def test_foreign_account_is_refused() -> None:
    told = twilio.text("Hello", AccountSid="AC" + "0" * 32)
    assert deliver(told).status_code == 403


def test_public_address_counts_behind_a_proxy() -> None:
    told = twilio.text("Hello")
    response = Client().post(
        HOOK, **twilio.signed(told, URL), SERVER_NAME="127.0.0.1", SERVER_PORT="8000"
    )
    assert response.status_code == 200


@pytest.mark.parametrize("name", ["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN"])
def test_without_an_account_there_is_no_hook(settings: Any, name: str) -> None:
    setattr(settings, name, "")
    response = deliver(twilio.text("Hello"), token="")
    assert (response.status_code, response.json()) == (404, {"code": "not_configured"})


def test_other_methods_and_long_bodies(client: Any) -> None:
    assert client.get(HOOK).status_code == 405
    kind = "application/x-www-form-urlencoded"
    signed = {"X-Twilio-Signature": "A" * 27 + "="}
    answer = client.post(HOOK, b"a" * 1_000_001, kind, headers=signed)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "change", [{"CallSid": ""}, {"CallSid": "CA1"}, {"CallSid": "x" * 9000}]
)
def test_signed_and_about_nothing_is_malformed(change: dict[str, str]) -> None:
    response = deliver(twilio.call() | change)
    assert (response.status_code, response.json()) == (400, {"code": "malformed"})


@pytest.mark.django_db(transaction=True)
def test_same_call_ten_times_at_once_is_one_record() -> None:
    told = twilio.completed(twilio.call())
    codes: list[int] = []

    def run() -> None:
        try:
            codes.append(deliver(told).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _time in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert codes == [200] * 10
    assert [raw.outcome for raw in RawMessage.objects.all()] == ["held"]


@pytest.mark.drill
@pytest.mark.django_db(transaction=True)
def test_first_news_of_a_call_that_come_at_once_are_all_kept() -> None:
    """On PostgreSQL each of them finds no record of the call yet."""
    for number in range(8):
        call = twilio.call() | {"CallSid": f"CA{number:032x}"}
        told = [call | {"CallStatus": status} for status in STATUSES]

        def tell(at: int, told: list[dict[str, str]] = told) -> None:
            assert deliver(told[at]).status_code == 200

        assert race(tell, len(told)) == {"won": len(told)}
        rows = RawMessage.objects.filter(external_id__startswith=call["CallSid"])
        outcomes = sorted(rows.values_list("outcome", flat=True))
        assert outcomes == ["dropped"] * (len(told) - 1) + ["held"]


# What Twilio is told ------------------------------------------------------------------


def script(fields: dict[str, str]) -> ET.Element:
    response = deliver(fields)
    assert response["Content-Type"] == "text/xml; charset=utf-8"
    return ET.fromstring(response.content)  # noqa: S314 - our own answer


def test_ringing_call_is_put_through_and_recorded(settings: Any) -> None:
    settings.TWILIO_FORWARD_TO = "+441632960002"
    told = script(twilio.call())
    assert [part.tag for part in told] == ["Say", "Say", "Dial"]
    assert [part.get("language") for part in told.iter("Say")] == ["en-GB", "cmn-CN"]
    assert told.findtext("Dial/Number") == "+441632960002"
    dial = told.find("Dial")
    assert dial is not None
    assert dial.get("recordingStatusCallback") == URL


def test_without_anybody_there_the_caller_leaves_a_message() -> None:
    told = script(twilio.call())
    assert [part.tag for part in told] == ["Say", "Say", "Record"]


def test_nothing_is_said_after_the_call() -> None:
    ringing = twilio.call()
    for fields in (twilio.completed(ringing), twilio.recording(ringing)):
        assert len(script(fields)) == 0


# Hostile ------------------------------------------------------------------------------

STRANGE = ["", "0", "-1", "\x00", "\ud800", "x" * 5000, "<a>&'\"", "+", "٣", "💸" * 50]


def _send_mutated(seed: int, count: int) -> None:
    """Signed as they should be, with fields that nobody would expect."""
    rng = random.Random(seed)
    ringing = twilio.call()
    recorded = [
        ringing,
        twilio.completed(ringing),
        twilio.recording(ringing),
        twilio.text("Where is my money?"),
    ]
    for _number in range(count):
        told = dict(rng.choice(recorded))
        for _change in range(rng.randrange(1, 4)):
            name = rng.choice(list(told))
            if name != "AccountSid":
                told[name] = rng.choice(STRANGE).encode("utf-8", "replace").decode()
        with quick(told):
            response = deliver(told)
        assert response.status_code in (200, 400), told
        body = bytearray(urlencode(told).encode())
        body[rng.randrange(len(body))] = rng.randrange(128)
        kept = twilio.signed(told, URL) | {"data": bytes(body)}
        assert Client().post(HOOK, **kept).status_code in (200, 400, 403)
    assert not RawMessage.objects.filter(outcome="").exists()
    assert not RawMessage.objects.filter(reason="poison").exists()


def test_mutated_requests_break_nothing() -> None:
    _send_mutated(4711, 80)


@pytest.mark.drill
def test_many_mutated_requests_break_nothing() -> None:
    _send_mutated(816, 200)
    with flat():
        _send_mutated(815, 10_000)
