"""The frame of the app in Chromium: accessible, and no wider than the window."""

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from tests.looking import NARROW, Looker, Mode, modes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("mode", modes(NARROW))
def test_guest_files_in_the_frame(
    live_server: LiveServer, browser: Browser, mode: Mode
) -> None:
    with Looker(browser, live_server, mode) as looker:
        page = looker.at("/embed/feedback/")
        looker.press("nothing said", "form .btn.main")
        page.locator("[name=text]").fill("My deposit of 20 USDT never came.")
        page.locator("[name=email]").fill("ada@guests.example")
        looker.press("filed", "form .btn.main")
