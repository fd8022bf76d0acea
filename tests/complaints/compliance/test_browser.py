"""The reviewer's pages in Chromium: accessible, and no wider than the window."""

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from tests import cases
from tests.looking import WIDE, Looker, Mode, modes
from tests.people import everybody

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("mode", modes(WIDE))
def test_figures_and_their_cases(
    live_server: LiveServer, browser: Browser, mode: Mode
) -> None:
    people = everybody()
    cases.at(people, "answered")
    cases.at(people, "received")
    with Looker(browser, live_server, mode) as looker:
        looker.be(people.reviewer)
        looker.at("/compliance/")
        looker.at("/compliance/cases/?show=open")
