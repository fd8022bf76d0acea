"""Signing up and in: what a stranger can learn, and how often he may try."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth import get_user_model
from django.http import HttpResponse
from django.test import Client

from complaints.models import Outbox

KNOWN, UNKNOWN = "known@example.org", "unknown@example.org"
PASSWORD = "a quiet harbour 7"
TOKENS = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')

pytestmark = pytest.mark.django_db


@pytest.fixture
def known():
    person = get_user_model().objects.create_user("known", KNOWN, PASSWORD)
    EmailAddress.objects.create(user=person, email=KNOWN, primary=True, verified=True)
    return person


def told(response: HttpResponse, address: str) -> tuple[int, str, str]:
    """What a stranger sees, but for the address that was typed."""
    text = TOKENS.sub("", response.content.decode()).replace(address, "…")
    return response.status_code, response.get("Location", ""), text


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/accounts/password/reset/", {"email": "{}"}),
        (
            "/accounts/signup/",
            {"email": "{}", "password1": PASSWORD, "password2": PASSWORD},
        ),
        ("/accounts/login/", {"login": "{}", "password": "wrong"}),
    ],
)
def test_known_and_unknown_address_get_the_same_answer(
    known, path: str, fields: dict[str, str]
) -> None:
    answers = []
    for address in (KNOWN, UNKNOWN):
        data = {name: value.format(address) for name, value in fields.items()}
        answers.append(told(Client().post(path, data), address))

    assert answers[0] == answers[1]


def test_password_reset_writes_a_letter_to_each(client: Client, known) -> None:
    for address in (KNOWN, UNKNOWN):
        client.post("/accounts/password/reset/", {"email": address})

    letters = Outbox.objects.filter(kind="account")
    assert sorted(letter.recipient for letter in letters) == [KNOWN, UNKNOWN]
    bodies = {letter.recipient: letter.body for letter in letters}
    assert "/accounts/password/reset/key/" in bodies[KNOWN]
    assert "/accounts/password/reset/key/" not in bodies[UNKNOWN]


@pytest.mark.parametrize("login", ["known", KNOWN])
def test_login_by_name_or_address(client: Client, known, login: str) -> None:
    response = client.post("/accounts/login/", {"login": login, "password": PASSWORD})

    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(known.pk)


def test_login_with_second_factor_asks_for_it(client: Client, known) -> None:
    secret = generate_totp_secret()
    TOTP.activate(known, secret)
    RecoveryCodes.activate(known)

    response = client.post("/accounts/login/", {"login": KNOWN, "password": PASSWORD})
    assert response["Location"] == "/accounts/2fa/authenticate/"
    assert "_auth_user_id" not in client.session

    counter = next(iter(yield_hotp_counters_from_time()))
    code = format_hotp_value(hotp_value(secret, counter))
    response = client.post("/accounts/2fa/authenticate/", {"code": code})
    assert client.session["_auth_user_id"] == str(known.pk)


def test_login_is_refused_after_five_failures_even_with_the_password(
    client: Client, known
) -> None:
    for _ in range(5):
        client.post("/accounts/login/", {"login": KNOWN, "password": "wrong"})

    response = client.post("/accounts/login/", {"login": KNOWN, "password": PASSWORD})

    assert response.status_code == 200
    assert "_auth_user_id" not in client.session
    assert b"Too many" in response.content


def test_address_told_by_a_stranger_resets_no_limit() -> None:
    statuses = [
        Client()
        .post(
            "/accounts/password/reset/",
            {"email": f"{number}@example.org"},
            headers={"X-Forwarded-For": f"192.0.2.{number}"},
        )
        .status_code
        for number in range(21)
    ]

    assert statuses == [302] * 20 + [429]


@pytest.mark.parametrize("password", ["short7", "1234567890123", "password1234"])
def test_weak_password_is_refused(client: Client, password: str) -> None:
    data = {"email": UNKNOWN, "password1": password, "password2": password}

    response = client.post("/accounts/signup/", data)

    assert response.status_code == 200
    assert not get_user_model().objects.filter(email=UNKNOWN).exists()
