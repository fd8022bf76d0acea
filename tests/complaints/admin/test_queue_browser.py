"""The queue in Chromium: by keyboard to the answers, and who else is there."""

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from complaints.models import Complaint, StaffDraft
from complaints.services import correspond, presence
from complaints.services.tags import add_tag
from tests import cases
from tests.looking import NARROW, WIDE, Looker, Mode, modes
from tests.people import everybody

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK = "/admin/complaints/complaint/"


@pytest.mark.parametrize("mode", modes(WIDE))
def test_chosen_by_keyboard_and_done_to_each(
    live_server: LiveServer, browser: Browser, mode: Mode
) -> None:
    people = everybody()
    first, second = cases.at(people, "assigned"), cases.at(people, "assigned")
    add_tag(complaint=second, name="Mule account", actor=people.security)
    presence.be_here(complaint=first, actor=people.security, writing=True)
    with Looker(browser, live_server, mode) as looker:
        looker.be(people.security_lead)
        page = looker.at(f"{DESK}?view=all")
        expect(page.locator(f"[data-here='{first.pk}']")).to_be_visible()
        expect(page.locator(f"[data-here='{second.pk}']")).to_be_hidden()
        expect(page.locator("[data-news]")).to_be_hidden()
        page.keyboard.press("?")
        expect(page.locator("#keys")).to_be_visible()
        page.keyboard.press("Escape")
        for key in "jxjx":
            page.keyboard.press(key)
        expect(page.locator("[data-picked]")).to_contain_text("2")
        page.keyboard.press("b")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        looker.look("preview")
        looker.press("answers", "main form .btn.main")
        expect(page.locator("table .plain.ok")).to_have_count(2)
    handlers = Complaint.objects.values_list("handler__username", flat=True)
    assert list(handlers) == ["security_lead"] * 2


@pytest.mark.parametrize("mode", modes(NARROW))
def test_open_case_says_that_it_changed_and_who_writes(
    live_server: LiveServer, browser: Browser, mode: Mode
) -> None:
    people = everybody()
    case = cases.at(people, "investigating")
    with Looker(browser, live_server, mode) as looker:
        looker.be(people.security)
        page = looker.at(f"{DESK}{case.pk}/change/")
        correspond.note(complaint=case, text="Wait.", actor=people.security_lead)
        presence.be_here(complaint=case, actor=people.security_lead, writing=True)
        with page.expect_response(f"**/{case.pk}/here/"):
            page.evaluate("dispatchEvent(new Event('focus'))")
        expect(page.locator("[data-others]")).to_contain_text(str(people.security_lead))
        expect(page.locator("[data-changed]")).to_be_visible()
        looker.look("somebody else writes")
        with page.expect_response(f"**/{case.pk}/write/"):
            page.locator("#note textarea").fill("Mine too.")
    assert StaffDraft.objects.get().text == "Mine too."


def test_from_the_queue_into_the_draft_by_keys(
    live_server: LiveServer, browser: Browser
) -> None:
    """Nothing is tabbed to: the row, its case, what can be done there, the draft, and
    back to the view one came from."""
    people = everybody()
    case = cases.at(people, "investigating")
    with Looker(browser, live_server, WIDE) as looker:
        looker.be(people.security)
        page = looker.at(f"{DESK}?view=team:security")
        page.keyboard.press("j")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        page.keyboard.press("b")
        expect(page.locator(".chead .btn").first).to_be_focused()
        with page.expect_navigation():
            page.keyboard.press("d")
        assert page.url.endswith(f"/{case.pk}/decision/")
        page.keyboard.press("f")
        point = case.points.first()
        assert point is not None
        expect(page.locator(f"[name=p{point.pk}-outcome]")).to_be_focused()
        page.locator("#id_summary").fill("Half written.")
        asked: list[str] = []
        page.once("dialog", lambda box: (asked.append(box.type), box.dismiss()))
        page.get_by_role("link", name=case.reference).click()
        assert asked == ["beforeunload"]
        expect(page.locator("#id_summary")).to_have_value("Half written.")
        with page.expect_navigation():
            page.get_by_role("button", name="Save the draft").click()
        looker.look("kept")
        page.locator("h1").click()
        with page.expect_navigation():
            page.keyboard.press("q")
        assert page.url.endswith(f"{DESK}?view=team:security")
    assert case.decisions.get().summary == "Half written."
