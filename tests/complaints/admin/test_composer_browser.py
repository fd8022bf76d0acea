"""The composer in Chromium: drafts by themselves, templates, the first reply."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from complaints.models import Complaint, ReplyTemplate, StaffDraft
from complaints.services.correspond import note
from tests import cases
from tests.axe import violations
from tests.few import few
from tests.people import People, everybody

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people(transactional_db: None) -> People:
    return everybody()


@pytest.fixture
def case(people: People) -> Complaint:
    made = cases.at(people, "investigating")
    ReplyTemplate.objects.create(
        team=made.team, language="en", title="We look", text="About {reference}."
    )
    return made


Opened = Any


@pytest.fixture
def opened(
    live_server: LiveServer, browser: Browser, people: People, case: Complaint
) -> Iterator[Opened]:
    """Opens the case as its handler, with scripts or without."""
    contexts = []
    client = Client()
    client.force_login(people.security)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value

    def at(*, scripts: bool = True) -> Page:
        context = browser.new_context(java_script_enabled=scripts)
        context.set_default_timeout(10_000)
        name = settings.SESSION_COOKIE_NAME
        cookie: Any = {"name": name, "value": session, "url": live_server.url}
        context.add_cookies([cookie])
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{live_server.url}/admin/complaints/complaint/{case.pk}/change/")
        return page

    yield at
    for context in contexts:
        context.close()


def test_draft_keeps_itself_and_the_first_reply_is_asked_about(
    opened: Opened, case: Complaint
) -> None:
    page = opened()
    reply, typed = page.locator("#reply"), page.locator("[name=reply-text]")
    expect(reply.get_by_text("Keep draft")).to_have_count(0)
    typed.fill("We are on it.")
    expect(reply.locator("[data-keep-state]")).to_have_text("Draft kept")
    page.locator("[name=note-text]").fill("Beside it.")
    expect(page.locator("#note [data-keep-state]")).to_have_text("Draft kept")

    page.locator("#reply-template").select_option(label="We look")
    reply.get_by_text("Insert").click()
    expect(typed).to_have_value(f"We are on it.\n\nAbout {case.reference}.")
    expect(page.locator("[name=note-text]")).to_have_value("Beside it.")

    reply.get_by_text("Send to customer").click()
    expect(page.locator("#goes")).to_contain_text(case.customer.email or "@")
    assert case.messages.count() == 0
    reply.get_by_text("Yes, send it there").click()
    expect(page.locator("#timeline")).to_contain_text(f"About {case.reference}.")
    assert case.messages.get().direction == "out"
    expect(typed).to_have_value("")
    expect(page.locator("[name=note-text]")).to_have_value("Beside it.")


def test_all_of_it_works_without_scripts(opened: Opened, case: Complaint) -> None:
    page = opened(scripts=False)
    page.locator("[name=note-text]").fill("Not finished")
    page.locator("#note").get_by_text("Keep draft").click()
    assert StaffDraft.objects.get().text == "Not finished"
    page.locator("#reply-template").select_option(label="We look")
    page.locator("#reply").get_by_text("Insert").click()
    kept = page.locator("[name=reply-text]").input_value()
    assert kept == f"About {case.reference}."
    page.locator("#reply").get_by_text("Send to customer").click()
    page.locator("#reply").get_by_text("Yes, send it there").click()
    assert case.messages.get().text == kept


def test_earlier_entries_join_the_timeline(
    opened: Opened, case: Complaint, people: People
) -> None:
    for i in range(45):
        note(complaint=case, text=f"Number {i}.", actor=people.security)
    page = opened()
    lines = page.locator("[data-story] > li")
    before = lines.count()
    expect(page.get_by_text("Number 0.", exact=True)).to_have_count(0)
    page.get_by_text("Show earlier").click()
    expect(page.get_by_text("Number 0.", exact=True)).to_be_visible()
    assert lines.count() > before
    expect(page.get_by_text("Show earlier")).to_have_count(0)
    assert page.url.endswith("/change/")


@pytest.mark.parametrize("width", few([360, 1280], 360))
def test_asked_composer_is_accessible_and_fits(
    opened: Opened, case: Complaint, width: int
) -> None:
    page = opened()
    page.set_viewport_size({"width": width, "height": 900})
    page.locator("[name=reply-text]").fill("We are on it.")
    page.locator("#reply").get_by_text("Send to customer").click()
    expect(page.locator("#goes")).to_be_visible()
    for why in page.locator("details.why summary").all():
        why.click()
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0
    page.context.set_default_timeout(20_000)
    assert violations(page) == []
