"""Signing on from the exchange, against a real OpenID provider on this machine."""

from dataclasses import replace
from typing import Any

import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.socialaccount.providers.base import ProviderException
from django.test import Client
from pytest_django import Settings

from complaints.models import Outbox
from complaints.services.intake import Filing, file_complaint, party_of_user
from config.oidc import OidcClient
from config.sign_on import ExchangeProvider
from teams.models import User
from teams.models.user import UserKind
from tests.people import PASSWORD, People, make_user

LOGIN = "/accounts/oidc/exchange/login/"
CONNECT = f"{LOGIN}?process=connect"
ADA = {"account": "40001", "email": "ada@example.org", "email_verified": True}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def exchange(provider: str, settings: Settings) -> OidcClient:
    client = OidcClient(
        provider, "recourse", "secret", claim="account", name="Exchange"
    )
    settings.EXCHANGE_SIGN_ON = client
    return client


def carry(user: User, account_id: str = "40001") -> None:
    """Let ``user`` be the one whose account at the exchange that is, address proved."""
    User.objects.filter(pk=user.pk).update(account_id=account_id)
    EmailAddress.objects.create(
        user=user, email=user.email, primary=True, verified=True
    )


def sign_on(
    client: Client, provider: str, sub: str, claims: dict[str, Any], path: str = LOGIN
) -> Any:
    """Go to the provider, sign in there as ``sub``, and come back; the last answer."""
    requests.put(f"{provider}/users/{sub}", json=claims, timeout=5).raise_for_status()
    begun = client.post(path)
    assert begun.status_code == 302, begun.content
    agreed = requests.post(
        begun["Location"], data={"sub": sub}, allow_redirects=False, timeout=5
    )
    return client.get(agreed.headers["Location"])


def who(client: Client) -> str:
    return str(client.session.get("_auth_user_id", ""))


# A first sign-on ----------------------------------------------------------------------


def test_new_customer_gets_an_account_that_carries_the_verified_id(
    client: Client, provider: str
) -> None:
    answer = sign_on(client, provider, "sub-1", {**ADA, "given_name": "Ada"})

    user = User.objects.get(account_id="40001")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert who(client) == str(user.pk)
    assert (user.kind, user.is_staff, user.first_name) == ("customer", False, "Ada")
    assert not user.has_usable_password()
    assert SocialAccount.objects.get(user=user).uid == "40001"
    assert EmailAddress.objects.get(user=user).verified
    assert party_of_user(user).account_id == "40001"


def test_level_of_the_account_comes_along_and_stays_with_what_is_filed(
    provider: str,
) -> None:
    first, second = Client(), Client()
    sign_on(first, provider, "sub-1", {**ADA, "account_tier": "VIP"})
    user = User.objects.get(account_id="40001")
    filing = Filing(
        customer=party_of_user(user), channel="portal", subject="A", description="B"
    )
    case = file_complaint(filing=filing, actor=user)

    sign_on(second, provider, "sub-1", {**ADA, "account_tier": "standard"})

    user.refresh_from_db()
    assert (case.account_tier, user.account_tier) == ("vip", "standard")


def test_second_sign_on_is_the_same_person_under_another_address(provider: str) -> None:
    first, second = Client(), Client()
    sign_on(first, provider, "sub-1", ADA)
    sign_on(second, provider, "sub-1", {**ADA, "email": "new@example.org"})

    assert who(first) == who(second) != ""
    assert EmailAddress.objects.filter(email="new@example.org").count() == 0


def test_account_that_carries_the_id_already_is_linked_and_told(
    client: Client, provider: str, people: People
) -> None:
    carry(people.customer)

    sign_on(client, provider, "sub-1", ADA)

    assert who(client) == str(people.customer.pk)
    assert SocialAccount.objects.get().user == people.customer
    assert people.customer.email in Outbox.objects.filter(kind="account").values_list(
        "recipient", flat=True
    )


# Never by e-mail alone ----------------------------------------------------------------


@pytest.fixture
def holder() -> User:
    """Somebody who has an account here with Ada's address and no exchange account."""
    person = make_user("holder", email=ADA["email"])
    EmailAddress.objects.create(
        user=person, email=ADA["email"], primary=True, verified=True
    )
    return person


def test_verified_address_of_another_account_opens_nothing(
    client: Client, provider: str, holder: User
) -> None:
    answer = sign_on(client, provider, "sub-1", ADA)

    assert answer.status_code == 403
    assert b"You have an account here already" in answer.content
    assert (who(client), SocialAccount.objects.count()) == ("", 0)
    holder.refresh_from_db()
    assert holder.account_id == ""


def test_unverified_address_of_another_account_is_dropped_and_not_betrayed(
    client: Client, provider: str, holder: User
) -> None:
    answer = sign_on(client, provider, "sub-1", {**ADA, "email_verified": False})

    assert answer["Location"] == "/accounts/3rdparty/signup/"
    page = client.get(answer["Location"])
    assert ADA["email"].encode() not in page.content
    assert (who(client), User.objects.filter(account_id="40001").count()) == ("", 0)


def link(client: Client, provider: str) -> Any:
    """Sign in as the holder and link Ada's exchange account; the last answer."""
    client.post("/accounts/login/", {"login": "holder", "password": PASSWORD})
    asked = sign_on(client, provider, "sub-1", ADA, CONNECT)
    assert asked["Location"] == "/accounts/reauthenticate/"
    assert SocialAccount.objects.count() == 0
    return client.post(asked["Location"], {"password": PASSWORD})


def test_customer_links_after_signing_in_and_showing_once_more_who_it_is(
    client: Client, provider: str, holder: User
) -> None:
    party = party_of_user(holder)

    answer = link(client, provider)

    assert answer["Location"] == "/accounts/3rdparty/"
    holder.refresh_from_db()
    party.refresh_from_db()
    assert (holder.account_id, party.account_id) == ("40001", "40001")
    other = Client()
    sign_on(other, provider, "sub-1", ADA)
    assert who(other) == str(holder.pk)


def test_id_of_another_customer_cannot_be_linked(
    client: Client, provider: str, holder: User, people: People
) -> None:
    User.objects.filter(pk=people.customer.pk).update(account_id="40001")
    client.post("/accounts/login/", {"login": "holder", "password": PASSWORD})

    answer = sign_on(client, provider, "sub-1", ADA, CONNECT)

    assert answer.status_code == 403
    assert SocialAccount.objects.count() == 0


def test_unlinked_account_is_opened_by_no_later_sign_on(
    client: Client, provider: str, holder: User
) -> None:
    link(client, provider)

    client.post("/accounts/3rdparty/", {"account": SocialAccount.objects.get().pk})

    holder.refresh_from_db()
    assert (SocialAccount.objects.count(), holder.account_id) == (0, "")
    assert sign_on(Client(), provider, "sub-1", ADA).status_code == 403


# Who may not, and what fails ----------------------------------------------------------


@pytest.mark.parametrize("linked", [True, False])
def test_staff_never_sign_in_through_the_exchange(
    client: Client, provider: str, people: People, linked: bool
) -> None:
    User.objects.filter(pk=people.security.pk).update(account_id="40001")
    if linked:
        SocialAccount.objects.create(
            user=people.security, provider="exchange", uid="40001"
        )

    answer = sign_on(client, provider, "sub-1", ADA)

    assert who(client) != str(people.security.pk)
    if linked:
        assert (answer.status_code, who(client)) == (403, "")


def test_staff_cannot_link(client: Client, provider: str, people: People) -> None:
    client.force_login(people.security)

    answer = sign_on(client, provider, "sub-1", ADA, CONNECT)

    assert (answer.status_code, SocialAccount.objects.count()) == (403, 0)


def test_second_factor_is_asked_for_after_the_sign_on_too(
    client: Client, provider: str, people: People
) -> None:
    carry(people.customer)
    TOTP.activate(people.customer, generate_totp_secret())

    answer = sign_on(client, provider, "sub-1", ADA)

    assert answer["Location"] == "/accounts/2fa/authenticate/"
    assert who(client) == ""


def test_closed_account_stays_closed(
    client: Client, provider: str, people: People
) -> None:
    User.objects.filter(pk=people.customer.pk).update(
        account_id="40001", is_active=False
    )

    answer = sign_on(client, provider, "sub-1", ADA)

    assert (answer["Location"], who(client)) == ("/accounts/inactive/", "")


@pytest.mark.parametrize("account", [None, "", " ", "4" * 65])
def test_answer_without_an_account_id_signs_nobody_in(
    client: Client, provider: str, account: str | None
) -> None:
    claims = {**ADA, "account": account}

    answer = sign_on(client, provider, "sub-1", claims)

    assert b"could not confirm who you are" in answer.content
    assert (who(client), SocialAccount.objects.count()) == ("", 0)


def test_userinfo_of_another_subject_is_refused(exchange: OidcClient) -> None:
    app = SocialApp(provider="openid_connect", provider_id="exchange")
    app.settings = {"uid_field": "account"}
    answer = ExchangeProvider(None, app=app)
    token = {"sub": "sub-1", "account": "40001"}

    assert (
        answer.extract_uid({"id_token": token, "userinfo": {"sub": "sub-1"}}) == "40001"
    )
    for data in (
        {"id_token": token, "userinfo": {"sub": "sub-2", "account": "40002"}},
        {"userinfo": {"sub": "sub-1", "account": "40001"}},
        {"id_token": token, "userinfo": {"account": "40002"}},
    ):
        with pytest.raises(ProviderException):
            answer.extract_uid(data)


def test_forged_return_signs_nobody_in(client: Client, provider: str) -> None:
    answer = client.get(f"{LOGIN}callback/?code=abc&state=made-up")

    assert b"could not confirm who you are" in answer.content
    assert who(client) == ""


def test_refusal_at_the_exchange_is_said(client: Client, provider: str) -> None:
    begun = client.post(LOGIN)
    denied = requests.post(
        begun["Location"], data={"action": "deny"}, allow_redirects=False, timeout=5
    )
    state = dict(
        part.split("=") for part in begun["Location"].partition("?")[2].split("&")
    )["state"]
    assert "error=access_denied" in denied.headers["Location"]

    answer = client.get(
        f"{LOGIN}callback/?error=access_denied&state={state}", follow=True
    )

    assert b"You stopped at the exchange" in answer.content


def test_provider_that_is_down_is_a_page_in_words(
    client: Client, settings: Settings, exchange: OidcClient
) -> None:
    settings.EXCHANGE_SIGN_ON = replace(exchange, server="http://localhost:1")

    answer = client.post(LOGIN)

    assert answer.status_code == 401
    assert b"could not confirm who you are" in answer.content


def test_link_from_elsewhere_signs_nobody_in(client: Client) -> None:
    """A GET only shows a page with the button (login CSRF)."""
    answer = client.get(LOGIN)

    assert (answer.status_code, b"<form" in answer.content) == (200, True)


def test_without_a_provider_there_is_no_button_and_no_way(
    client: Client, settings: Settings
) -> None:
    assert b"Continue with Exchange" in client.get("/accounts/login/").content

    settings.EXCHANGE_SIGN_ON = None

    assert b"Continue with" not in client.get("/accounts/login/").content
    assert client.post(LOGIN).status_code == 404


def test_provider_in_the_database_counts_for_nothing(
    client: Client, settings: Settings
) -> None:
    settings.EXCHANGE_SIGN_ON = None
    SocialApp.objects.create(
        provider="openid_connect",
        provider_id="evil",
        name="Evil",
        client_id="x",
        settings={"server_url": "https://evil.example"},
    )

    assert b"Evil" not in client.get("/accounts/login/").content
    assert client.post("/accounts/oidc/evil/login/").status_code == 404


def test_two_customers_cannot_carry_one_id(people: People) -> None:
    from django.db import IntegrityError

    User.objects.filter(pk=people.customer.pk).update(account_id="40001")

    with pytest.raises(IntegrityError):
        User.objects.filter(pk=people.other_customer.pk).update(account_id="40001")
    assert people.customer.kind == UserKind.CUSTOMER
