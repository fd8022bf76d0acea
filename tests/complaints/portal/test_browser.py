"""The customer's way in Chromium: signs in, files, sees the number."""

from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from complaints.models import Complaint
from tests.people import PASSWORD, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


@pytest.fixture
def customer(transactional_db: None) -> Any:
    user = make_user("customer")
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
    return user


def _sign_in(page: Page, server: LiveServer) -> None:
    page.goto(f"{server.url}/accounts/login/?next=/")
    page.locator("[name=login]").fill("customer")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("at risk")


def test_customer_files_and_sees_the_number(
    live_server: LiveServer, browser: Browser, customer: Any, tmp_path: Path
) -> None:
    page = browser.new_page()
    _sign_in(page, live_server)
    page.get_by_role("link", name="Start a complaint").click()
    page.get_by_label("In one sentence").fill("Withdrawal held for nine days")
    page.get_by_role("textbox", name="Amount").fill("1,860.50")
    page.get_by_role("button", name="Send your complaint").click()
    expect(page.get_by_role("alert")).to_contain_text("Tell us what happened")
    assert page.title().startswith("Error:")
    expect(page.get_by_role("textbox", name="Amount")).to_have_value("1,860.50")
    picture = tmp_path / "shot.png"
    picture.write_bytes(PNG)
    page.get_by_label("What happened?").fill("Nothing came.")
    page.get_by_label("A file (optional)").set_input_files(picture)
    page.get_by_role("button", name="Send your complaint").dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("We have your complaint")
    case = Complaint.objects.get()
    expect(page.locator(".bigref")).to_contain_text(case.reference)
    page.get_by_role("link", name="Open your complaint").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(case.subject)
    expect(page.get_by_role("link", name="shot.png")).to_be_visible()
    page.close()


@pytest.mark.parametrize("language", ["en-GB", "zh-CN"])
def test_open_pages_are_accessible_without_script(
    live_server: LiveServer, browser: Browser, customer: Any, language: str
) -> None:
    context = browser.new_context(
        locale=language, viewport={"width": 320, "height": 900}, bypass_csp=True
    )
    page = context.new_page()
    for path in ("/", "/track/", "/complaints/new/", "/complaints/new/template/"):
        page.goto(f"{live_server.url}{path}")
        assert Axe().run(page).response["violations"] == [], path
        assert page.evaluate("document.documentElement.scrollWidth") == 320, path
    context.close()
