"""Letters, linked accounts and a form sent twice, as everybody may see them."""

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from complaints.services import handles
from tests import cases
from tests.looking import NARROW, WIDE, Looker, Mode, modes
from tests.people import everybody

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("mode", modes(NARROW))
def test_letter_on_the_page_on_paper_and_being_drawn(
    live_server: LiveServer, browser: Browser, mode: Mode
) -> None:
    people = everybody()
    case = cases.at(people, "answered")
    letter = case.letters.get(kind="decision")
    address = f"/complaints/{case.reference}/letters/{letter.pk}/"
    with Looker(browser, live_server, mode) as looker:
        looker.be(people.customer)
        looker.at(address)
        looker.at(f"{address}paper/")
        looker.press("paper without an address")
        looker.at(f"{address}pdf/")
        looker.press("the PDF is asked for")


@pytest.mark.parametrize("mode", modes(WIDE))
def test_linked_accounts(live_server: LiveServer, browser: Browser, mode: Mode) -> None:
    people = everybody()
    code = handles.issue_code(user=people.customer)
    handles.redeem(provider="telegram", handle="4711", code=code)
    with Looker(browser, live_server, mode) as looker:
        looker.be(people.customer)
        page = looker.at("/accounts/linked/")
        looker.press("a code", "[name=make]")
        expect(page.locator("main")).to_contain_text("4711")


@pytest.mark.parametrize("mode", modes(NARROW))
def test_form_sent_again_with_other_words(
    live_server: LiveServer, browser: Browser, mode: Mode
) -> None:
    with Looker(browser, live_server, mode) as looker:
        page = looker.at("/complaints/new/urgent/")
        page.locator("[value=intruder]").check()
        for name, text in (("name", "Ada"), ("email", "ada@guests.example")):
            page.locator(f"[name={name}]").fill(text)
        key = page.locator("[name=key]").input_value()
        looker.press("what we protect")
        page.go_back()
        page.locator("[name=key]").evaluate("(field, key) => field.value = key", key)
        page.locator("[name=description]").fill("And now the coins are gone.")
        looker.press("sent already")
        expect(page.locator("[name=add_to]").first).to_be_attached()
