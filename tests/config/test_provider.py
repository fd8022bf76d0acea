"""This desk as an OpenID provider: a customer is asked, an app gets tokens."""

import base64
import hashlib
import re
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
from allauth.idp.oidc.models import Client as App
from allauth.idp.oidc.models import Token
from django.test import Client
from rest_framework.test import APIClient

from complaints.channels.app.tokens import READ, WRITE
from tests import cases
from tests.complaints.channels.app import keys
from tests.people import PASSWORD, People

AUTHORIZE = "/identity/o/authorize"
TOKEN = "/identity/o/api/token"
REVOKE = "/identity/o/api/revoke"
BACK = "https://app.exchange.test/back"
VERIFIER = "v" * 64
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest())
    .decode()
    .rstrip("=")
)


@pytest.fixture(autouse=True)
def _provider(settings: Any) -> None:
    settings.IDP_OIDC_PRIVATE_KEY = keys.pem()


@pytest.fixture
def app(db: None) -> App:
    made = App(id="phone", name="Exchange app", type=App.Type.PUBLIC)
    made.set_scopes(["openid", READ, WRITE])
    made.set_grant_types(["authorization_code", "refresh_token"])
    made.set_redirect_uris([BACK, "com.exchange.app:/back"])
    made.save()
    return made


def asking(**more: Any) -> str:
    given = {
        "client_id": "phone",
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": f"openid {READ} {WRITE}",
        "state": "s1",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **more,
    }
    kept = {name: value for name, value in given.items() if value is not None}
    return f"{AUTHORIZE}?{urlencode(kept)}"


def allow(browser: Client, scopes: list[str], action: str = "grant") -> dict[str, Any]:
    """What the app is handed in the address it is called back by."""
    page = browser.get(asking()).content.decode()
    request = re.search(r'name="request" value="([^"]+)"', page)
    assert request is not None
    answer = browser.post(
        AUTHORIZE, {"request": request[1], "scopes": scopes, "action": action}
    )
    assert answer.status_code == 302
    assert answer["Location"].startswith(f"{BACK}?")
    return {k: v[0] for k, v in parse_qs(urlsplit(answer["Location"]).query).items()}


def exchange(code: str, **more: Any) -> Any:
    given = {
        "grant_type": "authorization_code",
        "client_id": "phone",
        "code": code,
        "redirect_uri": BACK,
        "code_verifier": VERIFIER,
        **more,
    }
    return Client().post(TOKEN, given)


@pytest.fixture
def browser(people: People) -> Client:
    made = Client()
    made.force_login(people.customer)
    return made


def granted(browser: Client, scopes: list[str] | None = None) -> dict[str, Any]:
    code = allow(browser, scopes or ["openid", READ, WRITE])["code"]
    answer = exchange(code)
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def status(token: str, method: str = "get") -> int:
    body = {"description": "My deposit is gone."} if method == "post" else None
    headers = {"HTTP_AUTHORIZATION": f"Bearer {token}"}
    call = getattr(APIClient(), method)
    return int(call("/api/v1/complaints/", body, **headers).status_code)


def test_customer_allows_and_the_app_reads_their_cases(
    app: App, browser: Client, people: People
) -> None:
    mine = cases.filed(people)
    given = granted(browser)

    answer = APIClient().get(
        "/api/v1/complaints/", HTTP_AUTHORIZATION=f"Bearer {given['access_token']}"
    )

    assert [row["reference"] for row in answer.json()["results"]] == [mine.reference]
    assert given["expires_in"] == 900
    claims = jwt.decode(
        given["id_token"],
        keys.PROVIDER.public_key(),
        algorithms=["RS256"],
        audience="phone",
        issuer=keys.AUDIENCE,
    )
    assert claims["sub"] == str(people.customer.pk)


def test_customer_may_allow_less(app: App, browser: Client) -> None:
    token = granted(browser, [READ])["access_token"]

    assert (status(token), status(token, "post")) == (200, 403)


def test_customer_may_refuse(app: App, browser: Client) -> None:
    assert allow(browser, [READ], "cancel") == {"error": "access_denied", "state": "s1"}
    assert Token.objects.count() == 0


def test_page_asks_in_words_and_may_lead_back_to_the_app(
    app: App, browser: Client
) -> None:
    answer = browser.get(asking(redirect_uri="com.exchange.app:/back"))

    page = answer.content.decode()
    assert "Exchange app asks for access" in page
    assert "Read your complaints, messages and files" in page
    assert "form-action 'self' com.exchange.app:" in answer["Content-Security-Policy"]


def test_nobody_signed_in_is_asked_to_sign_in_first(app: App) -> None:
    answer = Client().get(asking())

    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/?next=")


@pytest.mark.parametrize("role", ["support", "admin"])
def test_staff_give_no_tokens(app: App, people: People, role: str) -> None:
    desk = Client()
    desk.force_login(people.all()[role])

    assert desk.get(asking()).status_code == 403
    assert desk.post(AUTHORIZE, {"request": "x"}).status_code == 403


def test_token_of_somebody_who_joined_the_staff_is_dead(
    app: App, browser: Client, people: People
) -> None:
    token = granted(browser)["access_token"]
    people.customer.is_staff = True
    people.customer.save()

    assert status(token) == 401


@pytest.mark.parametrize(
    "more",
    [
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge_method": "plain", "code_challenge": VERIFIER},
        {"prompt": "none"},
    ],
)
def test_no_proof_key_and_no_silent_way(
    app: App, browser: Client, more: dict[str, Any]
) -> None:
    answer = browser.get(asking(**more))

    assert answer.status_code == 400
    assert "No access was given" in answer.content.decode()


@pytest.mark.parametrize(
    "more",
    [
        {"redirect_uri": "https://evil.test/back"},
        {"client_id": "nobody"},
        {"resource": "https://evil.test/"},
    ],
)
def test_request_of_a_stranger_leads_nowhere(
    app: App, browser: Client, more: dict[str, Any]
) -> None:
    answer = browser.get(asking(**more))

    assert "Location" not in answer
    assert b'name="request"' not in answer.content


@pytest.mark.parametrize(
    "more",
    [
        {"code_verifier": "w" * 64},
        {"code_verifier": ""},
        {"redirect_uri": "https://app.exchange.test/other"},
        {"client_id": "nobody"},
        {"grant_type": "password"},
    ],
)
def test_code_without_its_proof_is_worth_nothing_and_is_spent(
    app: App, browser: Client, more: dict[str, Any]
) -> None:
    code = allow(browser, [READ])["code"]

    assert exchange(code, **more).status_code in (400, 401)
    assert exchange(code).json() == {"error": "invalid_grant"}
    assert Token.objects.count() == 0


def test_code_is_taken_once(app: App, browser: Client) -> None:
    code = allow(browser, [READ])["code"]

    assert [exchange(code).status_code for _try in range(2)] == [200, 400]


def test_refresh_gives_new_tokens_and_the_old_one_dies(
    app: App, browser: Client
) -> None:
    old = granted(browser)["refresh_token"]

    def refresh(token: str) -> Any:
        given = {
            "grant_type": "refresh_token",
            "client_id": "phone",
            "refresh_token": token,
        }
        return Client().post(TOKEN, given)

    fresh = refresh(old).json()
    assert status(fresh["access_token"]) == 200
    assert refresh(old).status_code == 400
    assert refresh(fresh["refresh_token"]).status_code == 200


def test_revoking_one_token_ends_the_access_of_the_app(
    app: App, browser: Client
) -> None:
    given = granted(browser)

    answer = Client().post(
        REVOKE, {"token": given["refresh_token"], "client_id": "phone"}
    )

    assert answer.status_code == 200
    assert (status(given["access_token"]), Token.objects.count()) == (401, 0)


def test_signing_out_ends_every_token(app: App, browser: Client) -> None:
    token = granted(browser)["access_token"]

    browser.post("/accounts/logout/")

    assert status(token) == 401


def test_new_password_ends_every_token(
    app: App, browser: Client, people: People
) -> None:
    token = granted(browser)["access_token"]
    new = "another horse, another staple"

    browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    answer = browser.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )

    assert answer.status_code == 302
    assert status(token) == 401


def test_account_shut_is_a_token_shut(
    app: App, browser: Client, people: People
) -> None:
    token = granted(browser)["access_token"]
    people.customer.is_active = False
    people.customer.save()

    assert status(token) == 401


def test_app_deleted_is_its_tokens_deleted(app: App, browser: Client) -> None:
    token = granted(browser)["access_token"]
    app.delete()

    assert status(token) == 401


def test_what_is_offered_is_said(db: None) -> None:
    said = Client().get("/.well-known/openid-configuration").json()
    known = Client().get("/.well-known/jwks.json").json()["keys"]

    assert said["issuer"] == keys.AUDIENCE
    assert said["code_challenge_methods_supported"] == ["S256"]
    assert said["token_endpoint"] == f"{keys.AUDIENCE}{TOKEN}"
    assert [(key["kty"], "d" in key) for key in known] == [("RSA", False)]


HOSTILE = (
    ("get", f"{AUTHORIZE}?client_id=%ff&redirect_uri=%00&scope=%zz&%"),
    ("get", f"{AUTHORIZE}?resource=x&client_id=phone"),
    ("post", f"{TOKEN}?%zz=%ff&grant_type=x"),
    ("post", f"{REVOKE}?%"),
    ("get", "/identity/o/api/userinfo?access_token=%ff"),
    ("post", "/identity/o/api/userinfo"),
)


@pytest.mark.parametrize(("method", "url"), HOSTILE)
@pytest.mark.parametrize(
    "body",
    [{}, {"token": "\x00"}, {"grant_type": "refresh_token", "refresh_token": "\ud7ff"}],
)
def test_hostile_requests_are_refused_without_a_fault(
    app: App, browser: Client, method: str, url: str, body: dict[str, str]
) -> None:
    browser.raise_request_exception = True
    answer = getattr(browser, method)(url, body if method == "post" else None)

    assert answer.status_code < 500


@pytest.mark.parametrize(
    "url",
    [AUTHORIZE, TOKEN, REVOKE, "/.well-known/jwks.json", "/identity/o/api/userinfo"],
)
def test_without_a_key_there_is_no_provider(
    settings: Any, browser: Client, url: str
) -> None:
    settings.IDP_OIDC_PRIVATE_KEY = ""

    assert browser.get(url).status_code == 404
    assert browser.post(url).status_code == 404
