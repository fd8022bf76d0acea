"""The superusers' side of apps and webhooks: secrets, tests, calls made again."""

from typing import Any

import pytest
from allauth.idp.oidc.models import Client as App
from allauth.idp.oidc.models import Token
from django.contrib import admin
from django.test import Client

from complaints.channels.app.models import Delivery, Endpoint
from complaints.models import OutboxStatus
from tests.people import People

ENDPOINTS = "/admin/app_channel/endpoint/"
DELIVERIES = "/admin/app_channel/delivery/"
FIELDS = {"name": "backend", "url": "https://hooks.exchange.test/in"}


@pytest.fixture
def browser(people: People) -> Client:
    made = Client()
    made.force_login(people.admin)
    return made


@pytest.fixture
def endpoint(browser: Client) -> Endpoint:
    answer = browser.post(f"{ENDPOINTS}add/", {**FIELDS, "events": ["decision.issued"]})
    assert answer.status_code == 302
    return Endpoint.objects.get()


def test_endpoint_gets_a_secret_that_its_page_shows(
    browser: Client, endpoint: Endpoint
) -> None:
    page = browser.get(f"{ENDPOINTS}{endpoint.pk}/change/").content.decode()

    assert endpoint.events == ["decision.issued"]
    assert endpoint.secret.startswith("whsec_")
    assert endpoint.secret.replace("+", "&#x2B;") in page or endpoint.secret in page


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.exchange.test/",
        "http://169.254.169.254/latest",
        "https://user:pass@hooks.exchange.test/",
        "ftp://hooks.exchange.test/",
        "hooks",
        "",
    ],
)
def test_address_that_may_not_be_called_is_not_kept(browser: Client, url: str) -> None:
    answer = browser.post(f"{ENDPOINTS}add/", {**FIELDS, "url": url})

    assert answer.status_code == 200
    assert Endpoint.objects.count() == 0


def test_secret_is_changed_and_the_old_one_stays_a_day(
    browser: Client, endpoint: Endpoint
) -> None:
    old = endpoint.secret

    browser.post(f"{ENDPOINTS}{endpoint.pk}/rotate/")

    endpoint.refresh_from_db()
    assert (endpoint.old_secret, endpoint.secret != old) == (old, True)


def test_test_is_sent_given_up_seen_and_called_again(
    browser: Client, endpoint: Endpoint
) -> None:
    browser.post(f"{ENDPOINTS}{endpoint.pk}/try/")
    row = Delivery.objects.get()
    Delivery.objects.update(status=OutboxStatus.DEAD, error="It answered 404.")

    listed = browser.get(f"{DELIVERIES}?status__exact=dead").content.decode()
    assert "It answered 404." in listed
    assert "Call again" in browser.get(f"{DELIVERIES}{row.pk}/change/").content.decode()
    browser.post(f"{DELIVERIES}{row.pk}/again/")

    row.refresh_from_db()
    assert (row.status, row.attempts, row.error) == ("pending", 0, "")


@pytest.mark.parametrize("name", ["support", "compliance_officer", "customer", "head"])
def test_nobody_else_comes_there(people: People, endpoint: Endpoint, name: str) -> None:
    other, secret = Client(), endpoint.secret
    other.force_login(people.all()[name])

    for path in ("rotate/", "try/"):
        assert other.post(f"{ENDPOINTS}{endpoint.pk}/{path}").status_code in (302, 403)
    assert other.get(f"{ENDPOINTS}{endpoint.pk}/change/").status_code in (302, 403)

    endpoint.refresh_from_db()
    assert (endpoint.secret, Delivery.objects.count()) == (secret, 0)


def test_get_changes_nothing(browser: Client, endpoint: Endpoint) -> None:
    for path in ("rotate/", "try/"):
        assert browser.get(f"{ENDPOINTS}{endpoint.pk}/{path}").status_code == 403
    assert Delivery.objects.count() == 0


@pytest.mark.parametrize(("kind", "shown"), [("public", False), ("confidential", True)])
def test_app_is_registered_for_what_we_offer_alone(
    browser: Client, kind: str, shown: bool
) -> None:
    given = {"name": "App", "type": kind, "redirect_uris": "https://app.test/back"}
    answer: Any = browser.post(
        "/admin/allauth_idp_oidc/client/add/", given, follow=True
    )

    app = App.objects.get()
    assert app.get_scopes() == ["openid", "complaints:read", "complaints:write"]
    assert app.get_grant_types() == ["authorization_code", "refresh_token"]
    assert (app.get_response_types(), app.skip_consent) == (["code"], False)
    assert ("shown once" in answer.content.decode()) == shown


def test_nobody_makes_tokens_by_hand() -> None:
    assert not admin.site.is_registered(Token)
