"""The webhook: who is let in, what is taken, and that nothing breaks it."""

import json
import random
import threading
from typing import Any

import pytest
from django.db import connection

from appeals.demo.standins import telegram
from complaints.channels.telegram import update
from complaints.models import Outbox, RawMessage
from tests.complaints.channels.bounds import flat, quick
from tests.complaints.channels.telegram.bot import ADA, HOOK, deliver, say

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bot")]

RECORDED = [
    telegram.message(ADA, "/start"),
    telegram.message(ADA, "My withdrawal never came, it was a lot."),
    telegram.message(ADA, "", caption="See", **telegram.photo("p1")),
    telegram.message(
        ADA,
        document={
            "file_name": "proof.pdf",
            "mime_type": "application/pdf",
            "file_id": "d1",
            "file_unique_id": "du1",
            "file_size": 900,
        },
    ),
    telegram.press(ADA, "risk:no"),
    telegram.press(ADA, "cat:withdrawals.delayed"),
]


@pytest.mark.parametrize("secret", ["", "wrong", telegram.SECRET + "x", "é"])
def test_without_the_secret_nothing_is_kept(secret: str) -> None:
    response = deliver(telegram.message(ADA, "Hello there, it is me"), secret)
    assert (response.status_code, response.json()) == (403, {"code": "bad_signature"})
    assert not RawMessage.objects.exists()


def test_other_secret_than_our_own_is_foreign(settings: Any) -> None:
    settings.TELEGRAM_WEBHOOK_SECRET = "another"
    assert deliver(telegram.message(ADA, "Hello")).status_code == 403


@pytest.mark.parametrize("name", ["TELEGRAM_BOT_TOKEN", "TELEGRAM_WEBHOOK_SECRET"])
def test_without_a_bot_there_is_no_hook(settings: Any, name: str) -> None:
    setattr(settings, name, "")
    response = deliver(telegram.message(ADA, "Hello"), "")
    assert (response.status_code, response.json()) == (404, {"code": "not_configured"})


def test_number_that_telegram_uses_again_loses_no_message() -> None:
    """After a week without updates it counts on from anywhere."""
    first = telegram.message(ADA, "My withdrawal never came, it was a lot.")
    second = telegram.message(ADA, "And now my account is locked as well.")
    second["update_id"] = first["update_id"]
    for told in (first, first, second, second):
        assert deliver(told).status_code == 200
    assert RawMessage.objects.count() == 2


def test_other_methods_and_long_bodies(client: Any) -> None:
    assert client.get(HOOK).status_code == 405
    assert deliver(b"[" * 1_000_001).status_code == 413


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"update_id": true}',
        b'{"update_id": "1"}',
        b'{"update_id": -1}',
        b'{"update_id": 1' + b"0" * 40 + b"}",
        b'{"update_id": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_what_is_no_update_is_said_to_be_malformed(body: bytes) -> None:
    assert deliver(body).status_code in (400, 200)
    if deliver(body).status_code == 400:
        assert not RawMessage.objects.exists()


def test_button_is_told_that_it_was_heard() -> None:
    told = telegram.press(ADA, "do:file")
    assert deliver(told).json() == {
        "method": "answerCallbackQuery",
        "callback_query_id": told["callback_query"]["id"],
    }


def test_same_update_ten_times_is_one_message() -> None:
    told = telegram.message(ADA, "My withdrawal never came, it was a lot.")
    assert {deliver(told).status_code for _time in range(10)} == {200}
    assert (RawMessage.objects.count(), Outbox.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_same_update_ten_times_at_once_is_one_message() -> None:
    told = telegram.message(ADA, "My withdrawal never came, it was a lot.")
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
    assert (RawMessage.objects.count(), Outbox.objects.count()) == (1, 1)


@pytest.mark.parametrize("kind", ["group", "supergroup", "channel"])
def test_groups_are_none_of_it(kind: str) -> None:
    told = telegram.message(ADA, "My withdrawal never came, it was a lot.")
    told["message"]["chat"] = {"id": -5, "type": kind, "title": "Us"}
    deliver(told)
    raw = RawMessage.objects.get()
    assert (raw.outcome, raw.reason) == ("dropped", "not_private")
    assert not Outbox.objects.exists()


def test_bots_are_answered_by_nobody() -> None:
    told = telegram.message(ADA, "My withdrawal never came, it was a lot.")
    told["message"]["from"]["is_bot"] = True
    deliver(told)
    assert RawMessage.objects.get().reason == "not_private"


def test_bytes_are_kept_as_they_came() -> None:
    told = telegram.message(ADA, "/start")
    raw = say("hi")
    body = json.dumps(told, indent=3, ensure_ascii=False).encode()
    deliver(body)
    assert bytes(RawMessage.objects.exclude(pk=raw.pk).get().raw) == body


def test_unstorable_characters_are_left_out() -> None:
    deliver(telegram.message(ADA, "My \x00withdrawal\ud800 never came. \u202e"))
    raw = RawMessage.objects.get()
    assert raw.outcome == "held"
    assert "\x00" not in update.read(bytes(raw.raw)).text


# Hostile ------------------------------------------------------------------------------

STRANGE: list[Any] = [
    None, True, -1, 10**30, 1.5, "", "x" * 5000, "\ud800\x00", [], {}, [[]], {"id": {}}
]  # fmt: skip


def mutated(rng: random.Random) -> bytes:
    """A recorded update with a few of its values exchanged, or of its bytes broken."""
    told = json.loads(json.dumps(rng.choice(RECORDED)))
    told["update_id"] = rng.randrange(2**40)
    for _change in range(rng.randrange(1, 4)):
        place = told
        while True:
            key = rng.choice(list(place)) if place else None
            if key is None:
                break
            value = place[key]
            if isinstance(value, dict) and value and rng.random() < 0.7:
                place = value
                continue
            if rng.random() < 0.2:
                del place[key]
            else:
                place[key] = rng.choice(STRANGE)
            break
    body = bytearray(json.dumps(told).encode())
    if rng.random() < 0.2:
        body[rng.randrange(len(body))] = rng.randrange(256)
    return bytes(body)


def _send_mutated(seed: int, count: int) -> None:
    rng = random.Random(seed)
    for _number in range(count):
        body = mutated(rng)
        with quick(body):
            assert deliver(body).status_code in (200, 400), body
    assert not RawMessage.objects.filter(outcome="").exists()
    assert not RawMessage.objects.filter(reason="poison").exists()


def test_mutated_updates_break_nothing() -> None:
    _send_mutated(4711, 150)


@pytest.mark.drill
def test_many_mutated_updates_break_nothing() -> None:
    _send_mutated(816, 200)
    with flat():
        _send_mutated(815, 10_000)
