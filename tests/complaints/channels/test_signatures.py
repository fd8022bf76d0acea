"""Who is let in by each provider's webhook: one table for all of them.

403 and no row: nothing signed, signed by another key, another body under this
signature, a delivery of another account, app or page whose signature is right, and
one that is played back after its provider has given up. The same delivery before that
cannot be told from the provider trying again: 200, and nothing is added (ADR 14).
"""

import base64
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

import pytest
import time_machine
from django.test import Client, RequestFactory
from django.urls import resolve
from django.utils import timezone

from appeals.demo.standins import discourse, facebook, telegram, twilio, x
from complaints.channels.phone.signature import signature as twilio_signature
from complaints.channels.webhook import MOST_REFUSED
from complaints.models import Complaint, Message, Outbox, Party, RawMessage
from tests.complaints.channels.phone.line import URL
from tests.complaints.test_concurrency import race

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
OTHER = "the-secret-of-somebody-else"
JSON, FORM = "application/json", "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Provider:
    """How one of them signs, and whose delivery is not for us.

    ``sign`` makes the header's value of a body under a key; ``foreign`` is the body of
    another tenant's delivery, None where what proves a delivery is the tenant's own;
    ``tries_for`` is how long they say that they try again.
    """

    path: str
    header: str
    key: str
    settings: dict[str, str]
    sign: Callable[[bytes, str], str]
    body: bytes
    other: bytes
    tries_for: timedelta
    foreign: bytes | None = None
    kind: str = JSON


def dumped(told: Any) -> bytes:
    return json.dumps(told).encode()


def form(fields: dict[str, str]) -> bytes:
    return str(twilio.signed(fields, URL)["data"]).encode()


def hexed(body: bytes, key: str) -> str:
    return "sha256=" + hmac.digest(key.encode(), body, "sha256").hex()


def on_x(body: bytes, key: str) -> str:
    digest = hmac.digest(key.encode(), body, "sha256")
    return "sha256=" + base64.b64encode(digest).decode()


def by_twilio(body: bytes, key: str) -> str:
    return twilio_signature(URL, parse_qsl(body.decode(), keep_blank_values=True), key)


TO_ANOTHER = "1000000001"
PROVIDERS = {
    "telegram": Provider(
        path="/hooks/telegram/",
        header="X-Telegram-Bot-Api-Secret-Token",
        key=telegram.SECRET,
        settings={
            "TELEGRAM_BOT_TOKEN": telegram.TOKEN,
            "TELEGRAM_WEBHOOK_SECRET": telegram.SECRET,
        },
        # A word of ours, the same for each body: another bot has another word.
        sign=lambda _body, key: key,
        body=dumped(telegram.message(77_001, "Hello")),
        other=dumped(telegram.message(77_001, "Bye")),
        tries_for=timedelta(hours=24),
    ),
    "x": Provider(
        path="/hooks/x/",
        header="X-Twitter-Webhooks-Signature",
        key=x.SETTINGS["X_API_SECRET"],
        settings=x.SETTINGS,
        sign=on_x,
        body=dumped(x.message("Hello")),
        other=dumped(x.message("Bye")),
        tries_for=timedelta(days=5),
        foreign=dumped(x.message("Hello") | {"for_user_id": TO_ANOTHER}),
    ),
    "facebook": Provider(
        path="/hooks/facebook/",
        header="X-Hub-Signature-256",
        key=facebook.SETTINGS["FACEBOOK_APP_SECRET"],
        settings=facebook.SETTINGS,
        sign=hexed,
        body=dumped(facebook.message("Hello")),
        other=dumped(facebook.message("Bye")),
        tries_for=timedelta(hours=36),
        foreign=dumped(facebook.message("Hello")).replace(
            facebook.PAGE.encode(), TO_ANOTHER.encode()
        ),
    ),
    "phone": Provider(
        path="/hooks/phone/",
        header="X-Twilio-Signature",
        key=twilio.TOKEN,
        settings={
            "TWILIO_ACCOUNT_SID": twilio.ACCOUNT,
            "TWILIO_AUTH_TOKEN": twilio.TOKEN,
            "TWILIO_FROM": twilio.NUMBER,
        },
        sign=by_twilio,
        body=form(twilio.text("Hello")),
        other=form(twilio.text("Bye")),
        tries_for=timedelta(hours=24),
        foreign=form(twilio.text("Hello", AccountSid="AC" + "0" * 32)),
        kind=FORM,
    ),
    "discourse": Provider(
        path="/hooks/forum/",
        header="X-Discourse-Event-Signature",
        key=discourse.SETTINGS["DISCOURSE_WEBHOOK_SECRET"],
        settings={**discourse.SETTINGS, "DISCOURSE_URL": "https://forum.example"},
        sign=hexed,
        body=dumped(discourse.post("Hello")),
        other=dumped(discourse.post("Bye")),
        tries_for=timedelta(hours=24),
    ),
}


@pytest.fixture(params=PROVIDERS)
def provider(request: Any, settings: Any) -> Provider:
    found = PROVIDERS[request.param]
    for name, value in found.settings.items():
        setattr(settings, name, value)
    return found


def post(provider: Provider, body: bytes, **headers: str) -> Any:
    more = {"X-Discourse-Event": "post_created", "X-Discourse-Event-Type": "post"}
    given = {**more, **headers}
    return Client().post(provider.path, body, provider.kind, headers=given)


def everything() -> list[int]:
    return [model.objects.count() for model in (RawMessage, Party, Message, Outbox)]


def unproven(provider: Provider) -> dict[str, tuple[bytes, dict[str, str]]]:
    sign, body, name = provider.sign, provider.body, provider.header
    right = sign(body, provider.key)
    found = {
        "missing": (body, {}),
        "empty": (body, {name: ""}),
        "cut": (body, {name: right[:-1]}),
        "not ASCII": (body, {name: "é" + right}),
        "of another app": (body, {name: sign(body, OTHER)}),
    }
    if sign(provider.other, provider.key) != right:
        found["of another body"] = (provider.other, {name: right})
        found["with a byte more"] = (body + b" ", {name: right})
    if provider.foreign is not None:
        proof = sign(provider.foreign, provider.key)
        found["for another account"] = (provider.foreign, {name: proof})
    return found


def test_unproven_and_foreign_deliveries_are_refused_and_leave_no_row(
    provider: Provider,
) -> None:
    for name, (body, headers) in unproven(provider).items():
        answer = post(provider, body, **headers)
        assert answer.status_code == 403, name
        assert answer.json() == {"code": "bad_signature"}, name
    assert everything() == [0, 0, 0, 0]


def test_who_is_refused_too_often_is_named_once_and_the_provider_is_let_in(
    provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever has an account with the same provider calls from its addresses."""
    wrong = {provider.header: provider.sign(provider.body, OTHER)}
    right = {provider.header: provider.sign(provider.body, provider.key)}

    def named() -> list[str]:
        return [each for each in caplog.messages if "refused too often" in each]

    with time_machine.travel(timezone.now().replace(second=0), tick=False):
        for _time in range(MOST_REFUSED):
            assert post(provider, provider.body, **wrong).status_code == 403
        assert named() == []
        for _time in range(3):
            assert post(provider, provider.body, **wrong).status_code == 403
        taken = post(provider, provider.body, **right)

    assert taken.status_code == 200
    assert everything()[0] == 1
    (said,) = named()
    assert provider.path in said


@pytest.mark.parametrize("name", [name for name in PROVIDERS if name != "telegram"])
def test_what_is_not_even_shaped_like_a_signature_is_refused_unread(
    name: str, settings: Any
) -> None:
    one = PROVIDERS[name]
    for each, value in one.settings.items():
        setattr(settings, each, value)
    right = one.sign(one.body, one.key)
    for shown in (
        "x",
        right[:-1],
        right + "0",
        "sha512=" + right,
        " " + right,
        right * 2,
    ):
        request = RequestFactory().post(
            one.path, one.body, one.kind, headers={one.header: shown}
        )
        hook = resolve(one.path).func
        early = hook.early(request)
        assert early is not None, shown
        assert early.status_code == 403, shown
    fitting = RequestFactory().post(one.path, headers={one.header: right})
    assert resolve(one.path).func.early(fitting) is None


def test_the_same_delivery_again_is_taken_and_adds_nothing(provider: Provider) -> None:
    proof = {provider.header: provider.sign(provider.body, provider.key)}
    assert post(provider, provider.body, **proof).status_code == 200
    once = everything()
    assert once[0] == 1

    assert post(provider, provider.body, **proof).status_code == 200
    assert everything() == once


def test_a_delivery_is_taken_again_for_as_long_as_its_provider_tries(
    provider: Provider,
) -> None:
    proof = {provider.header: provider.sign(provider.body, provider.key)}
    assert post(provider, provider.body, **proof).status_code == 200
    once = everything()

    with time_machine.travel(timezone.now() + provider.tries_for - MINUTE):
        assert post(provider, provider.body, **proof).status_code == 200
    assert everything() == once


def test_a_delivery_played_back_after_its_provider_gave_up_is_refused(
    provider: Provider,
) -> None:
    proof = {provider.header: provider.sign(provider.body, provider.key)}
    assert post(provider, provider.body, **proof).status_code == 200
    once = everything()

    for late in (provider.tries_for + MINUTE, timedelta(days=400)):
        with time_machine.travel(timezone.now() + late):
            answer = post(provider, provider.body, **proof)
        assert answer.status_code == 403
        assert answer.json() == {"code": "bad_signature"}
    assert everything() == once


def test_what_came_before_receipts_were_kept_is_never_taken_for_a_replay(
    provider: Provider,
) -> None:
    proof = {provider.header: provider.sign(provider.body, provider.key)}
    post(provider, provider.body, **proof)
    RawMessage.objects.update(stored_at=None)
    with time_machine.travel(timezone.now() + timedelta(days=400)):
        assert post(provider, provider.body, **proof).status_code == 200


def test_it_counts_from_the_first_receipt_and_not_from_what_the_sender_says(
    provider: Provider,
) -> None:
    """A provider that was down for days delivers late, and tries twice all the same."""
    proof = {provider.header: provider.sign(provider.body, provider.key)}
    with time_machine.travel(timezone.now() + timedelta(days=30)):
        for _time in range(2):
            assert post(provider, provider.body, **proof).status_code == 200
    assert everything()[0] == 1


def test_what_is_new_is_taken_though_it_is_told_with_what_is_long_known(
    settings: Any,
) -> None:
    """Meta and X tell of several things at once, and not of the same ones each time."""
    for name in ("facebook", "x"):
        one = PROVIDERS[name]
        for each, value in one.settings.items():
            setattr(settings, each, value)
        many = "entry" if name == "facebook" else "direct_message_events"
        told = json.loads(one.body)
        told[many] += json.loads(one.other)[many]
        stored = RawMessage.objects.count()

        proof = {one.header: one.sign(one.body, one.key)}
        assert post(one, one.body, **proof).status_code == 200
        with time_machine.travel(timezone.now() + timedelta(days=30)):
            proof = {one.header: one.sign(dumped(told), one.key)}
            assert post(one, dumped(told), **proof).status_code == 200
        assert RawMessage.objects.count() == stored + 2, name


@pytest.mark.drill
@pytest.mark.django_db(transaction=True)
def test_the_same_delivery_ten_times_at_once_is_one_message(provider: Provider) -> None:
    proof = {provider.header: provider.sign(provider.body, provider.key)}

    def deliver(_number: int) -> None:
        assert post(provider, provider.body, **proof).status_code == 200

    assert race(deliver, 10) == {"won": 10}
    messages, parties, _said, notices = everything()
    assert messages == 1
    assert (parties, notices) <= (1, 2)


SAID: dict[str, Callable[[str], dict[str, Any]]] = {
    "x": x.message,
    "facebook": facebook.message,
    "discourse": lambda text: discourse.post(text, topic_archetype="private_message"),
}
"""What a person says in private to an account of ours on a platform."""


@pytest.mark.drill
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", SAID)
def test_what_a_new_account_says_at_once_is_one_customer_and_one_complaint(
    name: str, settings: Any
) -> None:
    one = PROVIDERS[name]
    for each, value in one.settings.items():
        setattr(settings, each, value)
    bodies = [dumped(SAID[name](f"It is number {number}.")) for number in range(6)]

    def deliver(number: int) -> None:
        proof = {one.header: one.sign(bodies[number], one.key)}
        assert post(one, bodies[number], **proof).status_code == 200

    with discourse.Discourse().server() as forum:
        # It is asked who takes part in a private message.
        settings.DISCOURSE_URL = forum.url
        assert race(deliver, 6) == {"won": 6}
    outcomes = sorted(RawMessage.objects.values_list("outcome", flat=True))
    assert outcomes == ["appended"] * 5 + ["opened"]
    assert (Party.objects.count(), Complaint.objects.count()) == (1, 1)


def test_a_delivery_of_another_account_is_refused_wherever_one_is_named() -> None:
    """What has none is proven by a secret that no other account has."""
    named = {name for name, one in PROVIDERS.items() if one.foreign is not None}
    assert named == {"x", "facebook", "phone"}
