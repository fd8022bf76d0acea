"""Passkeys in Chromium, with its virtual authenticator in the place of a finger."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from complaints.models import Outbox
from teams.models import User
from tests.people import PASSWORD, make_user

LOGIN = "/accounts/2fa/webauthn/login/"


@pytest.fixture
def customer(transactional_db: None) -> User:
    return _proved(make_user("keyholder"))


def _proved(user: User) -> User:
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
    return user


@pytest.fixture
def device(browser: Browser) -> Any:
    """A browser with a device in it that knows its owner, and what it said aloud."""
    context = browser.new_context()
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    cdp = context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    made = cdp.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )

    def owner_is_there(there: bool) -> None:
        cdp.send(
            "WebAuthn.setUserVerified",
            {"authenticatorId": made["authenticatorId"], "isUserVerified": there},
        )

    yield context, page, owner_is_there
    assert [line for line in said if "Content Security" in line] == []
    context.close()


Device = tuple[BrowserContext, Page, Callable[[bool], None]]


def _sign_in(page: Page, server: LiveServer, name: str = "keyholder") -> None:
    page.goto(f"{server.url}/accounts/login/")
    page.locator("[name=login]").fill(name)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def _add_passkey(page: Page, server: LiveServer) -> None:
    page.goto(f"{server.url}/accounts/2fa/webauthn/add/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Is it you?")
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_label("What to call it")).to_have_value("Chrome, Linux")
    page.get_by_label("What to call it").fill("my phone")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")


def _sign_out(page: Page, server: LiveServer) -> None:
    page.goto(f"{server.url}/accounts/logout/")
    page.locator("main").get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{server.url}/")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_passkey_is_added_signs_in_alone_and_is_removed(
    live_server: LiveServer, customer: User, device: Device
) -> None:
    _context, page, _owner = device
    _sign_in(page, live_server)
    _add_passkey(page, live_server)
    passkey = Authenticator.objects.get(type="webauthn")
    assert (passkey.user, passkey.wrap().name) == (customer, "my phone")
    assert Outbox.objects.filter(recipient=customer.email).count() >= 1
    _sign_out(page, live_server)

    page.goto(f"{live_server.url}/accounts/login/?next=/accounts/profile/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your details")
    expect(page.locator("main")).to_contain_text(customer.email)
    assert Authenticator.objects.get(pk=passkey.pk).last_used_at is not None

    page.goto(f"{live_server.url}/accounts/2fa/webauthn/")
    page.get_by_role("link", name="Remove my phone").click()
    if page.get_by_role("heading", level=1).inner_text() == "Is it you?":
        page.locator("[name=password]").fill(PASSWORD)
        page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.locator("main")).to_contain_text("You have no passkeys yet.")
    assert Authenticator.objects.filter(type="webauthn").count() == 0


@pytest.mark.drill
@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_passkey_is_asked_for_after_the_password(
    live_server: LiveServer, customer: User, device: Device
) -> None:
    _context, page, _owner = device
    _sign_in(page, live_server)
    _add_passkey(page, live_server)
    _sign_out(page, live_server)

    _sign_in(page, live_server)
    expect(page.get_by_role("heading", level=1)).to_have_text("Second factor")
    page.goto(f"{live_server.url}/accounts/profile/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Second factor")
    page.get_by_role("button", name="Use your passkey").click()
    page.wait_for_url(f"{live_server.url}/")
    page.goto(f"{live_server.url}/accounts/profile/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your details")


@pytest.mark.drill
@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_passkey_without_its_owner_opens_nothing(
    live_server: LiveServer, customer: User, device: Device
) -> None:
    _context, page, owner = device
    _sign_in(page, live_server)
    _add_passkey(page, live_server)
    _sign_out(page, live_server)
    owner(False)

    page.goto(f"{live_server.url}/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.get_by_role("alert")).to_contain_text("No passkey was used")
    page.goto(f"{live_server.url}/accounts/profile/")
    assert "/accounts/login/" in page.url


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_staff_with_a_passkey_reach_the_desk(
    live_server: LiveServer, device: Device, transactional_db: None, settings: Settings
) -> None:
    settings.STAFF_SECOND_FACTOR = True
    _proved(make_user("keyboss", is_staff=True, is_superuser=True, kind="staff"))
    _context, page, _owner = device
    _sign_in(page, live_server, "keyboss")
    page.goto(f"{live_server.url}/admin/")
    assert page.url == f"{live_server.url}/accounts/2fa/"

    _add_passkey(page, live_server)
    page.goto(f"{live_server.url}/admin/")
    assert page.url == f"{live_server.url}/admin/"

    _sign_out(page, live_server)
    page.goto(f"{live_server.url}/accounts/login/?next=/admin/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{live_server.url}/admin/")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_without_scripts_the_page_says_so_and_the_password_works(
    live_server: LiveServer, customer: User, browser: Browser
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/accounts/login/")
    expect(page.get_by_text("A passkey needs scripts")).to_be_visible()
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_have_count(0)
    _sign_in(page, live_server)
    page.wait_for_url(f"{live_server.url}/")
    context.close()


@pytest.mark.django_db
def test_passkey_sign_in_is_limited_by_address() -> None:
    statuses = [
        Client().post(LOGIN, {"credential": "{}"}).status_code for _ in range(11)
    ]

    assert statuses == [302] * 10 + [429]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "credential",
    ["", "no json", "[]", "{}", '{"id": 1}', '{"response": 7}', "null", "7"],
)
def test_broken_credential_signs_nobody_in(client: Client, credential: str) -> None:
    answer = client.post(LOGIN, {"credential": credential})

    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/")
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_challenge_of_another_session_is_worth_nothing(client: Client) -> None:
    first = client.get(LOGIN, headers={"Accept": "application/json"}).json()
    second = Client().get(LOGIN, headers={"Accept": "application/json"}).json()

    keys = [a["request_options"]["publicKey"]["challenge"] for a in (first, second)]
    assert keys[0] != keys[1]
    assert first["request_options"]["publicKey"]["userVerification"] == "required"


def test_address_without_a_name_leads_to_the_same_page_at_one(
    live_server: LiveServer, browser: Browser
) -> None:
    """Browsers refuse a passkey at 127.0.0.1; the page says so before anybody tries."""
    page = browser.new_context(locale="en-GB").new_page()
    here = live_server.url.replace("localhost", "127.0.0.1")
    page.goto(f"{here}/accounts/login/?next=/figures/")

    link = page.locator("[data-said=nameless]:visible a")
    there = here.replace("127.0.0.1", "localhost")
    expect(link).to_have_attribute("href", f"{there}/accounts/login/?next=/figures/")
    expect(page.locator("[data-go]")).to_be_hidden()
    page.context.close()
