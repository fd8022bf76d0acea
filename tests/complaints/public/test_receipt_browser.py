"""The check of a receipt in Chromium: by the script alone, and what it says."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from complaints.services import ledger_roots
from tests import cases
from tests.looking import NARROW, Looker, Mode, modes
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


@pytest.mark.parametrize("mode", modes(NARROW))
def test_receipt_is_checked_in_the_browser(
    live_server: LiveServer, browser: Browser, mode: Mode, settings: Any, tmp_path: Path
) -> None:
    settings.LEDGER_DIR = tmp_path
    people = everybody()
    case = cases.filed(people)
    cases.filed(people)
    ledger_roots.make_root()
    receipt = ledger_roots.receipt(case)
    assert receipt is not None
    posts: list[str] = []
    with Looker(browser, live_server, mode) as looker:
        looker.page.on(
            "request", lambda asked: asked.method == "POST" and posts.append(asked.url)
        )
        looker.be(people.customer)
        page = looker.at(f"/complaints/{case.reference}/proof/")
        page.locator("form[data-receipt] button").click()
        assert said(page) == ["read: ok", "included: ok", "signed: ok", "published: ok"]
        looker.look("checked")

        page = looker.at("/figures/check/")
        page.locator("textarea").fill(json.dumps(receipt | {"head": "0" * 64}))
        page.locator("form[data-receipt] button").click()
        assert said(page) == ["read: ok", "included: no", "signed: ok", "published: ok"]
        looker.look("refused")
        looker.at("/figures/")
    assert posts == []
