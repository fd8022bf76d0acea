"""The reviewer's pages in Chromium: accessible, and no wider than the window."""

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from complaints.compliance.rollup import refresh
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
    refresh.rebuild()
    with Looker(browser, live_server, mode) as looker:
        looker.be(people.reviewer)
        looker.at("/compliance/")
        looker.at("/compliance/charts/fairness/")
        looker.at("/compliance/charts/hours/")
        looker.at("/compliance/rows/?fig=open&kind=ours")
        looker.at("/compliance/law/")
        looker.at("/compliance/law/cases/?show=open")
