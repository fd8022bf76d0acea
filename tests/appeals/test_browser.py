"""The pages of an appeal in Chromium: accessible, and no wider than the window."""

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from appeals.services.panel import call_panel
from complaints.workflow import perform
from tests import cases
from tests.appeals import walk
from tests.looking import NARROW, WIDE, Looker, Mode, modes
from tests.people import everybody

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("mode", modes(NARROW))
def test_customer_lodges_withdraws_and_goes_outside(
    live_server: LiveServer, browser: Browser, mode: Mode
) -> None:
    people = everybody()
    case = cases.at(people, "answered")
    form = f"/complaints/{case.reference}/appeal/"
    with Looker(browser, live_server, mode) as looker:
        looker.be(people.customer)
        looker.at(form)
        looker.press("nothing appealed")
        row = walk.reviewing(people, case)
        looker.at(f"{form}{row.pk}/")
        looker.at(f"{form}{row.pk}/withdraw/")
        walk.answer_all(row)
        walk.write(row, "confirmed")
        perform(row, "rule", actor=walk.reviewer(row))
        looker.at(f"{form}{row.pk}/")
        looker.at(f"{form}{row.pk}/refer/")
        looker.press("referred to nobody", "main form .btn")
        looker.at(f"/complaints/{case.reference}/bundle/")
        looker.press("a bundle asked for")


@pytest.mark.parametrize("mode", modes(WIDE))
def test_reviewer_rules(live_server: LiveServer, browser: Browser, mode: Mode) -> None:
    people = everybody()
    row = walk.reviewing(people, cases.at(people, "answered"))
    desk = "/admin/appeals/appeal/"
    with Looker(browser, live_server, mode) as looker:
        looker.be(walk.reviewer(row))
        looker.at(desk)
        looker.at(f"{desk}{row.pk}/change/")
        call_panel(appeal=row, reason="So.", actor=walk.reviewer(row))
        walk.new_draft(row)
        looker.at(f"{desk}{row.pk}/decision/")
        looker.at(f"{desk}{row.pk}/bundle/")
        looker.press("a bundle asked for", "main form .btn")
        looker.at(f"{desk}overturned/")
