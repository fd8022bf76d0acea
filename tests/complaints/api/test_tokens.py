"""Tokens of the exchange: what they open, and every way in which one is refused."""

import base64
import json
import random
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from rest_framework.test import APIClient

from complaints.channels.app import tokens
from complaints.channels.app.models import SpentToken
from complaints.models import Complaint
from teams.models import User
from teams.models.user import UserKind
from tests import cases
from tests.complaints.channels.app import keys
from tests.people import People, make_user

LIST = "/api/v1/complaints/"
FILING = {"description": "My deposit is gone.", "subject": "Deposit"}


@pytest.fixture(autouse=True)
def _exchange(settings: Any) -> None:
    settings.APP_TOKENS = keys.trusted()


@pytest.fixture
def api() -> APIClient:
    return APIClient()


def bearer(token: str) -> dict[str, Any]:
    return {"HTTP_AUTHORIZATION": f"Bearer {token}"}


def holder(people: People, account: str = "EX-1") -> User:
    people.customer.account_id = account
    people.customer.save()
    return people.customer


def test_token_opens_its_customers_own_complaints_alone(
    people: People, api: APIClient
) -> None:
    user = holder(people)
    mine = cases.filed(people, by=user)
    cases.filed(people, by=people.other_customer)

    answer = api.get(LIST, **bearer(keys.signed("EX-1")))

    assert answer.status_code == 200
    assert [row["reference"] for row in answer.json()["results"]] == [mine.reference]


def test_account_is_made_when_the_exchange_first_speaks_for_it(
    people: People, api: APIClient
) -> None:
    answer = api.post(LIST, FILING, **bearer(keys.signed("EX-77")))

    assert answer.status_code == 201
    user = User.objects.get(account_id="EX-77")
    assert (user.kind, user.has_usable_password()) == (UserKind.CUSTOMER, False)
    case = Complaint.objects.get(reference=answer.json()["reference"])
    assert (case.customer.user, case.channel) == (user, "app")

    again = api.get(LIST, **bearer(keys.signed("EX-77")))
    assert len(again.json()["results"]) == 1
    assert User.objects.filter(account_id="EX-77").count() == 1


def test_token_needs_no_csrf_token_and_works_with_another_key(people: People) -> None:
    strict = APIClient(enforce_csrf_checks=True)
    token = keys.signed(key=keys.OTHER, kid="other", algorithm="EdDSA")

    assert strict.post(LIST, FILING, **bearer(token)).status_code == 201


@pytest.mark.parametrize(
    ("scope", "read", "write"),
    [
        ("complaints:read complaints:write", 200, 201),
        ("complaints:read", 200, 403),
        ("complaints:write", 403, 201),
        ("", 403, 403),
        ("staff admin *", 403, 403),
    ],
)
def test_scopes_narrow(
    people: People, api: APIClient, scope: str, read: int, write: int
) -> None:
    got = api.get(LIST, **bearer(keys.signed(scope=scope)))
    sent = api.post(LIST, FILING, **bearer(keys.signed(scope=scope)))

    assert (got.status_code, sent.status_code) == (read, write)
    assert {a.json()["code"] for a in (got, sent) if a.status_code == 403} <= {
        "insufficient_scope"
    }


def test_token_is_taken_once(people: People, api: APIClient) -> None:
    token = keys.signed()

    first = api.post(LIST, FILING, **bearer(token))
    second = api.post(LIST, FILING, **bearer(token))

    assert (first.status_code, second.status_code) == (201, 401)
    assert second.json()["code"] == "bad_token"
    assert Complaint.objects.count() == 1


def test_one_id_for_two_accounts_is_a_replay(people: People, api: APIClient) -> None:
    assert api.get(LIST, **bearer(keys.signed("A", jti="x"))).status_code == 200
    assert api.get(LIST, **bearer(keys.signed("B", jti="x"))).status_code == 401


NOW = int(time.time())
WRONG: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://evil.test"},
    "another audience": {"aud": "https://other.test"},
    "several audiences": {"aud": [keys.AUDIENCE, "https://other.test"]},
    "no audience": {"aud": None},
    "late": {"iat": NOW - 400, "exp": NOW - 200},
    "too long a life": {"exp": NOW + 3600},
    "lives backwards": {"iat": NOW + 20, "exp": NOW + 10},
    "of the future": {"iat": NOW + 3600, "exp": NOW + 3700},
    "not yet": {"nbf": NOW + 3600},
    "no expiry": {"exp": None},
    "no issue": {"iat": None},
    "no id": {"jti": None},
    "no subject": {"sub": None},
    "empty subject": {"sub": ""},
    "empty id": {"jti": ""},
    "long subject": {"sub": "9" * 65},
    "long id": {"jti": "9" * 129},
    "blank around": {"sub": " EX-1"},
    "control sign": {"sub": "EX\x00"},
    "strange times": {"exp": "soon"},
    "endless times": {"exp": 10**400},
    "kid unknown": {"kid": "third"},
    "kid of another key": {"kid": "other"},
    "stranger's key": {"key": keys.STRANGER},
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_token_is_refused_and_keeps_nothing(
    people: People, api: APIClient, name: str
) -> None:
    before = User.objects.count()

    answer = api.get(LIST, **bearer(keys.signed(**WRONG[name])))

    assert answer.status_code == 401
    assert answer.json()["code"] == "bad_token"
    assert answer["WWW-Authenticate"] == 'Bearer realm="api"'
    assert SpentToken.objects.count() == 0
    assert User.objects.count() == before


def _encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


def _payload() -> dict[str, Any]:
    return jwt.decode(keys.signed(), options={"verify_signature": False})


def _unsigned(algorithm: str) -> str:
    return f"{_encoded({'alg': algorithm, 'kid': 'first'})}.{_encoded(_payload())}."


def _signed_with_public_half() -> str:
    """The confusion of HMAC and signature: the public key taken as a shared secret."""
    import hashlib
    import hmac

    public = keys.FIRST.public_key().public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )
    signing = f"{_encoded({'alg': 'HS256', 'kid': 'first'})}.{_encoded(_payload())}"
    digest = hmac.new(public, signing.encode(), hashlib.sha256).digest()
    return f"{signing}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


FORGED = {
    "none": _unsigned("none"),
    "None": _unsigned("None"),
    "no signature": _unsigned("ES256"),
    "public half as secret": _signed_with_public_half(),
    "kid a number": f"{_encoded({'alg': 'ES256', 'kid': 7})}.e30.e30",
    "kid a list": f"{_encoded({'alg': 'ES256', 'kid': ['first']})}.e30.e30",
    "kid a path": f"{_encoded({'alg': 'ES256', 'kid': '../../first'})}.e30.e30",
    "header a list": "W10.e30.e30",
    "dots": "..",
    "rubbish": "a.b.c",
    "three parts of nothing": "e30.e30.e30",
    "opaque": "not-a-token",
    "empty": "",
    "very long": "a" * 5000,
    "not ASCII": "tök.en.é",
    "deep": f"{base64.urlsafe_b64encode(b'[' * 2000).decode()}.e30.e30",
}


@pytest.mark.parametrize("name", FORGED)
def test_forged_token_is_refused(people: People, api: APIClient, name: str) -> None:
    token = FORGED[name].encode("utf-8").decode("latin-1")

    assert api.get(LIST, **bearer(token)).status_code == 401


def test_wrong_token_is_not_covered_by_a_session(people: People) -> None:
    signed_in = APIClient()
    signed_in.force_login(people.customer)

    assert signed_in.get(LIST, **bearer(keys.signed(kid="third"))).status_code == 401


def test_nothing_is_taken_where_nobody_is_trusted(
    settings: Any, people: People, api: APIClient
) -> None:
    settings.APP_TOKENS = None

    assert api.get(LIST, **bearer(keys.signed())).status_code == 401


@pytest.mark.parametrize(
    "column", [{"is_staff": True}, {"is_superuser": True}, {"is_active": False}]
)
def test_token_never_speaks_for_staff_or_the_inactive(
    people: People, api: APIClient, column: dict[str, bool]
) -> None:
    make_user("somebody", account_id="EX-9", **column)

    assert api.get(LIST, **bearer(keys.signed("EX-9"))).status_code == 401


def test_spent_tokens_are_kept_until_no_clock_would_take_them(
    people: People, api: APIClient
) -> None:
    api.get(LIST, **bearer(keys.signed()))
    row = SpentToken.objects.get()

    assert tokens.forget_spent(now=row.until) == 0
    assert 170 < row.until.timestamp() - time.time() <= 180
    from datetime import timedelta

    assert tokens.forget_spent(now=row.until + timedelta(seconds=1)) == 1


@pytest.mark.parametrize("count", [200, pytest.param(10_000, marks=pytest.mark.drill)])
def test_damaged_token_is_refused_and_nothing_falls_over(count: int) -> None:
    chance = random.Random(11)
    good = keys.signed()
    for _try in range(count):
        signs = list(good)
        for _change in range(chance.randint(1, 5)):
            # The last sign of a part may hold bits that mean nothing.
            signs[chance.randrange(len(signs) - 2)] = chance.choice("eyJ.-_=A9 \x00é")
        damaged = "".join(signs)
        if damaged != good:
            with pytest.raises(tokens.BadToken):
                tokens.redeem(damaged)
