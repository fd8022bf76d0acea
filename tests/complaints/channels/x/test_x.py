"""The challenge of X, its signatures, and what its answers mean."""

import base64
import hmac
import json
from typing import Any

import pytest
from django.test import Client

from appeals.demo.standins.x import problem
from complaints.channels.x import oauth, outbound
from complaints.models import Outbox, RawMessage
from complaints.outbox import ChannelDown, Deferred, Undeliverable
from tests.complaints.channels.social.platform import Platform

HOOK = "/hooks/x/"
SECRET = b"stand-in-secret-of-the-app"


def test_challenge_is_answered_with_its_hmac(on_x: Platform) -> None:
    response = Client().get(HOOK, {"crc_token": "abc.DEF-1_2", "nonce": "1"})

    digest = hmac.digest(SECRET, b"abc.DEF-1_2", "sha256")
    expected = "sha256=" + base64.b64encode(digest).decode()
    assert response.json() == {"response_token": expected}


@pytest.mark.parametrize(
    "token",
    ["", '{"for_user_id":"2244994945"}', "a b", "{}", "[]", "x" * 257, "\n", "é"],
)
def test_challenge_signs_no_delivery(on_x: Platform, token: str) -> None:
    """Else anybody could have a body of theirs signed by us."""
    response = Client().get(HOOK, {"crc_token": token})
    assert (response.status_code, response.json()) == (400, {"code": "malformed"})


def test_answer_to_a_challenge_passes_for_no_signature(
    on_x: Platform,
) -> None:
    token = Client().get(HOOK, {"crc_token": "1234"}).json()["response_token"]
    response = on_x.deliver(b"1234", **{"X-Twitter-Webhooks-Signature": token})
    assert response.status_code == 400
    assert not RawMessage.objects.exists()


@pytest.mark.parametrize(
    ("version", "expected"),
    [("1", "tnnArxj06cWHq44gCs1OSKk/jLY="), ("1.1", "hCtSmYh+iHYCEqBWrE7C7hYmtUk=")],
)
def test_requests_are_signed_as_published(version: str, expected: str) -> None:
    """The worked example of "Creating a signature" in the documentation of X."""
    keys = oauth.Keys(
        "xvz1evFS4wEEPTGEFPHBog",
        "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
        "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
        "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE",
    )
    header = oauth.authorization(
        keys,
        "POST",
        f"https://api.twitter.com/{version}/statuses/update.json",
        {
            "include_entities": "true",
            "status": "Hello Ladies + Gentlemen, a signed OAuth request!",
        },
        nonce="kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg",
        timestamp=1318622958,
    )
    assert f'oauth_signature="{oauth._coded(expected)}"' in header


@pytest.mark.parametrize(
    ("status", "error", "final"),
    [
        (400, Undeliverable, False),
        (401, ChannelDown, None),
        (403, Undeliverable, True),
        (404, Undeliverable, True),
        (429, Deferred, None),
        (500, ChannelDown, None),
        (503, ChannelDown, None),
    ],
)
def test_refusals_say_what_to_do(
    on_x: Platform,
    status: int,
    error: type[Exception],
    final: bool | None,
) -> None:
    on_x.api.refuse = problem(status, "You cannot send messages to this user.")
    row = Outbox(kind="linked", channel="x", recipient="1", body="Hello")
    with pytest.raises(error) as refused:
        outbound.send(row)
    assert getattr(refused.value, "final", None) == final
    assert str(status) in str(refused.value)


@pytest.mark.parametrize("recipient", ["", "ann", "1/2", "１", "1\n", "../2/tweets"])
def test_only_a_number_is_an_account(on_x: Platform, recipient: str) -> None:
    row = Outbox(kind="linked", channel="x", recipient=recipient, body="Hello")
    with pytest.raises(Undeliverable) as refused:
        outbound.send(row)
    assert refused.value.final
    assert on_x.private() == []


def test_nothing_of_a_key_stands_in_a_refusal(
    on_x: Platform,
    settings: Any,
) -> None:
    settings.X_API_URL = "http://127.0.0.1:9"
    row = Outbox(kind="linked", channel="x", recipient="1", body="Hello")
    with pytest.raises(ChannelDown) as refused:
        outbound.send(row)
    assert "stand-in" not in str(refused.value)


def test_each_request_has_a_nonce_of_its_own(on_x: Platform) -> None:
    row = Outbox(kind="linked", channel="x", recipient="1", body="Hello")
    for _n in range(2):
        outbound.send(row)
    calls = on_x.api.stand_in.calls
    assert len({call.headers["authorization"] for call in calls}) == 2
    assert json.loads(calls[0].body) == {"text": "Hello"}
