"""The check of a receipt in Chromium: by the script alone, and what it says."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as conf
from django.test import Client
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from complaints.models import Complaint
from complaints.services import ledger_roots
from teams.models import User
from tests import cases
from tests.looking import NARROW, WIDE, Looker, Mode, modes
from tests.people import everybody

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def said(page: Page) -> list[str]:
    """The steps that are shown, each with how it ended."""
    page.locator("[data-step=published]:not([hidden])").wait_for()
    shown = page.locator("[data-steps] > li:not([hidden])")
    return [
        f"{one.get_attribute('data-step')}: "
        + ", ".join(
            kind
            for kind in ("ok", "no", "unknown")
            if one.locator(f"[data-{kind}]:not([hidden])").count()
        )
        for one in shown.all()
    ]


def verdict(page: Page) -> str:
    """Which of the sentences over the steps is shown."""
    shown = page.locator("[data-verdict] > :not([hidden])")
    shown.wait_for()
    (kind,) = [
        kind
        for kind in ("ok", "no", "unknown")
        if shown.get_attribute(f"data-{kind}") is not None
    ]
    return kind


@pytest.fixture
def case(live_server: LiveServer, settings: Any, tmp_path: Path) -> Complaint:
    """One of two in the newest root."""
    settings.LEDGER_DIR = tmp_path
    people = everybody()
    made = cases.filed(people)
    cases.filed(people)
    ledger_roots.make_root()
    return made


@pytest.mark.parametrize("mode", modes(NARROW))
def test_receipt_is_checked_in_the_browser(
    live_server: LiveServer, browser: Browser, mode: Mode, case: Complaint
) -> None:
    receipt = ledger_roots.receipt(case)
    assert receipt is not None
    posts: list[str] = []
    with Looker(browser, live_server, mode) as looker:
        looker.page.on(
            "request", lambda asked: asked.method == "POST" and posts.append(asked.url)
        )
        looker.be(_customer(case))
        page = looker.at(f"/complaints/{case.reference}/proof/")
        page.locator("form[data-receipt] button").click()
        assert said(page) == ["read: ok", "included: ok", "signed: ok", "published: ok"]
        assert verdict(page) == "ok"
        looker.look("checked")

        page = looker.at("/figures/check/")
        page.locator("textarea").fill(json.dumps(receipt | {"head": "0" * 64}))
        page.locator("form[data-receipt] button").click()
        assert said(page) == ["read: ok", "included: no", "signed: ok", "published: ok"]
        assert verdict(page) == "no"
        looker.look("refused")
        looker.at("/figures/")
    assert posts == []


def _customer(case: Complaint) -> User:
    user = case.customer.user
    assert user is not None
    return user


def _changed(receipt: dict[str, Any], name: str) -> bytes:
    """The receipt as a file, one digit of ``name`` not as it was, and still a digit."""
    was = receipt[name][0] if name == "path" else receipt[name]
    at = len(was) // 2
    other = "1" if was[at] == "0" else "0"
    text = json.dumps(receipt).replace(was, was[:at] + other + was[at + 1 :])
    return text.encode()


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("head", ["read: ok", "included: no", "signed: ok", "published: ok"]),
        ("path", ["read: ok", "included: no", "signed: ok", "published: ok"]),
        ("signature", ["read: ok", "included: ok", "signed: no", "published: ok"]),
        ("public_key", ["read: ok", "included: ok", "signed: no", "published: no"]),
    ],
)
def test_file_with_one_changed_byte_is_refused_at_its_step(
    live_server: LiveServer,
    browser: Browser,
    case: Complaint,
    name: str,
    wanted: list[str],
) -> None:
    receipt = ledger_roots.receipt(case)
    assert receipt is not None
    with Looker(browser, live_server, WIDE) as looker:
        page = looker.at("/figures/check/")
        file: Any = {"name": "receipt.json", "mimeType": "application/json"}
        page.locator("input[type=file]").set_input_files(
            [file | {"buffer": _changed(receipt, name)}]
        )
        page.locator("form[data-receipt] button").click()

        assert said(page) == wanted
        assert verdict(page) == "no"


def test_digit_that_is_none_is_no_byte(
    live_server: LiveServer, browser: Browser, case: Complaint
) -> None:
    """A loose reader takes "0g" for zero and "A" for "a", so the change goes unseen."""
    receipt = ledger_roots.receipt(case)
    assert receipt is not None
    signature = receipt["signature"]
    letter = next(one for one in signature if one in "abcdef")
    page = browser.new_page()
    page.goto(f"{live_server.url}/figures/check/")
    for loose in (signature.replace(letter, letter.upper(), 1), f"{signature}g"):
        page.locator("textarea").fill(json.dumps(receipt | {"signature": loose}))
        page.locator("form[data-receipt] button").click()
        assert "signed: no" in said(page)
    page.close()


def test_without_scripts_the_page_says_who_checks_and_what_to_do(
    live_server: LiveServer, browser: Browser, case: Complaint
) -> None:
    context = browser.new_context(java_script_enabled=False)
    client = Client()
    client.force_login(_customer(case))
    name = conf.SESSION_COOKIE_NAME
    cookie: Any = {
        "name": name,
        "value": client.cookies[name].value,
        "url": live_server.url,
    }
    context.add_cookies([cookie])
    page = context.new_page()
    page.goto(f"{live_server.url}/complaints/{case.reference}/proof/")
    assert "Scripts are off in this browser" in page.locator("noscript p").inner_text()
    page.locator("form[data-receipt] button").click()

    assert page.url == f"{live_server.url}/figures/check/"
    assert page.locator("[data-verdict] > [data-ok]").is_visible()
    shown = page.locator("[data-steps] > li:visible")
    assert shown.count() == 4
    assert "Scripts are off in this browser" in page.locator("noscript p").inner_text()
    context.close()
