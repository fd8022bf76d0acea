"""Every page about an account in Chromium: accessible, fitting, in our look."""

from collections.abc import Iterator

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from config.oidc import OidcClient
from teams.models import User
from tests.axe import violations
from tests.people import PASSWORD, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OPEN = (
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/1-abc/",
    "/accounts/password/reset/key/done/",
    "/accounts/confirm-email/",
    "/accounts/confirm-email/abc/",
    "/accounts/inactive/",
    "/accounts/oidc/exchange/login/",
    "/accounts/3rdparty/login/cancelled/",
    "/accounts/3rdparty/login/error/",
)
OWN = (
    "/accounts/profile/",
    "/accounts/preferences/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/2fa/",
    "/accounts/2fa/webauthn/",
    "/accounts/sessions/",
    "/accounts/3rdparty/",
    "/accounts/reauthenticate/",
    "/accounts/logout/",
    "/accounts/2fa/reauthenticate/",
)
GUARDED = (
    "/accounts/2fa/webauthn/add/",
    "/accounts/2fa/totp/deactivate/",
    "/accounts/2fa/recovery-codes/",
    "/accounts/2fa/recovery-codes/generate/",
)
"""These ask once more who it is."""

WRONG = (
    ("/accounts/login/", {"login": "nobody", "password": "wrong"}),
    ("/accounts/signup/", {"email": "no address"}),
    ("/accounts/password/reset/", {"email": "no address"}),
)
"""Forms and answers that bring the page back with what is wrong."""

MODES = (
    ("zh-CN", "light", 360),
    *(
        pytest.param(mode, marks=pytest.mark.drill)
        for mode in (
            ("en-GB", "dark", 1280),
            ("en-GB", "light", 1280),
            ("zh-CN", "dark", 360),
        )
    ),
)
"""What every run looks at; with the drills every pair of two of them comes up."""


@pytest.fixture
def owner(transactional_db: None, settings: Settings) -> User:
    settings.EXCHANGE_SIGN_ON = OidcClient(
        "http://localhost:1", "recourse", "secret", name="Exchange"
    )
    user = make_user("page.owner", account_id="40001")
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
    EmailAddress.objects.create(user=user, email="second@people.example", verified=True)
    SocialAccount.objects.create(user=user, provider="exchange", uid="40001")
    return user


@pytest.fixture(params=MODES, ids=lambda mode: "-".join(map(str, mode)))
def visitor(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    language, scheme, width = request.param
    context = browser.new_context(
        locale=language,
        color_scheme=scheme,
        viewport={"width": width, "height": 900},
        bypass_csp=True,
    )
    context.set_default_timeout(8000)
    yield context.new_page()
    context.close()


def _judge(page: Page, name: str) -> None:
    """No finding, nothing wider than the window, and our own sheet on it."""
    assert violations(page) == [], name
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, name
    assert page.locator("link[href*='account.css']").count() == 1, name
    assert page.locator("main h1").count() == 1, name


def _sign_in(page: Page, server: LiveServer) -> None:
    page.goto(f"{server.url}/accounts/login/")
    page.locator("[name=login]").fill("page.owner")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form[action='/accounts/login/'] button").click()
    page.wait_for_url(f"{server.url}/")


@pytest.mark.drill
def test_open_pages_and_what_is_wrong_on_them(
    live_server: LiveServer, owner: User, visitor: Page
) -> None:
    for path in OPEN:
        visitor.goto(f"{live_server.url}{path}")
        _judge(visitor, path)
    for path, answers in WRONG:
        visitor.goto(f"{live_server.url}{path}")
        for field, value in answers.items():
            visitor.locator(f"[name={field}]").fill(value)
        visitor.locator(f"form[action='{path}'] button").first.click()
        expect(visitor.get_by_role("alert").first).to_be_focused()
        _judge(visitor, f"{path} with errors")


@pytest.mark.drill
def test_own_pages(live_server: LiveServer, owner: User, visitor: Page) -> None:
    _sign_in(visitor, live_server)
    TOTP.activate(owner, generate_totp_secret())
    RecoveryCodes.activate(owner)
    for path in OWN:
        visitor.goto(f"{live_server.url}{path}")
        _judge(visitor, path)
    visitor.goto(f"{live_server.url}{GUARDED[0]}")
    visitor.locator("[name=code], [name=password]").fill("wrong")
    visitor.locator("main form .btn.main").click()
    expect(visitor.get_by_role("alert").first).to_be_focused()
    _judge(visitor, "reauthenticate with errors")
    visitor.goto(f"{live_server.url}/accounts/reauthenticate/")
    visitor.locator("[name=password]").fill(PASSWORD)
    visitor.locator("main form .btn.main").click()
    expect(visitor.locator("[name=password]")).to_have_count(0)
    for path in GUARDED:
        visitor.goto(f"{live_server.url}{path}")
        assert visitor.url == f"{live_server.url}{path}"
        _judge(visitor, path)


def test_second_factor_is_asked_on_our_page(
    live_server: LiveServer, owner: User, visitor: Page
) -> None:
    TOTP.activate(owner, generate_totp_secret())
    visitor.goto(f"{live_server.url}/accounts/login/")
    visitor.locator("[name=login]").fill("page.owner")
    visitor.locator("[name=password]").fill(PASSWORD)
    visitor.locator("form[action='/accounts/login/'] button").click()
    visitor.wait_for_url("**/2fa/authenticate/")
    _judge(visitor, "second factor")
    visitor.locator("[name=code]").fill("000000")
    visitor.locator("main form .btn.main").click()
    expect(visitor.get_by_role("alert").first).to_be_focused()
    _judge(visitor, "second factor with errors")


def test_customer_goes_to_the_exchange_and_back_in_a_browser(
    live_server: LiveServer,
    transactional_db: None,
    provider: str,
    settings: Settings,
    browser: Browser,
) -> None:
    """Under the policy: a form may only lead where ``form-action`` lets it."""
    settings.EXCHANGE_SIGN_ON = OidcClient(provider, "recourse", "s", name="Exchange")
    policy = {**settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]}
    policy["form-action"] = ["'self'", provider]
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": policy}
    page = browser.new_page()  # the provider's own pages are not ours to judge
    page.goto(f"{live_server.url}/accounts/login/?next=/accounts/profile/")
    page.get_by_role("button", name="Continue with Exchange").click()
    page.wait_for_url(f"{provider}/**")
    page.locator("[name=sub]").fill("40077")
    page.get_by_role("button", name="Authorize").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Where may we write to you?"
    )
    page.locator("[name=email]").fill("ada@example.org")
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look at your email")
    assert User.objects.get(account_id="40077").email == "ada@example.org"
    page.close()
