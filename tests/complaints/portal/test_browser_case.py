"""A customer's whole way in Chromium: asked, answered with a photo, decided, one offer
accepted, one point of the rest appealed."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from appeals.models import Appeal
from complaints.models import Complaint, Remedy
from complaints.services import decide
from complaints.services.relay import relay_due
from complaints.states import RemedyState, State
from complaints.workflow import perform
from tests import cases
from tests.complaints.portal.test_browser import (
    Filer,
    customer,
    picture,
    sign_in,
    ways,
)
from tests.people import People, everybody

__all__ = ["customer", "picture"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ADDRESS = "ada@guests.example"


@pytest.mark.parametrize(
    ("guest", "language", "scripts"),
    ways((True, "zh-CN", False), (False, "en-GB", True)),
)
def test_customer_comes_from_filing_to_an_appeal(
    live_server: LiveServer,
    browser: Browser,
    customer: Any,
    picture: Path,
    guest: bool,
    language: str,
    scripts: bool,
) -> None:
    people = everybody()
    context = browser.new_context(locale=language, java_script_enabled=scripts)
    context.set_default_timeout(10_000)
    filer = Filer(context, live_server)
    case = _file(filer, customer, guest=guest, language=language)

    _ask(people, case)
    _come_back(filer, case, guest=guest)
    _answer(filer.page, picture)
    case.refresh_from_db()
    assert case.state == State.INVESTIGATING
    assert [row.original_name for row in case.evidence.all()] == ["shot.png"]

    _decide(people, case)
    _open(filer, case)
    _accept_one_offer(filer.page)
    _appeal_a_point(filer.page)
    case.refresh_from_db()
    assert case.state == State.APPEALED
    ground = Appeal.objects.get(complaint=case).grounds.get()
    assert (ground.kind, ground.point.number) == ("facts_wrong", 1)
    states = Remedy.objects.filter(complaint=case).order_by("pk")
    assert [row.state for row in states] == [RemedyState.ACCEPTED, RemedyState.OFFERED]
    context.close()


def _file(filer: Filer, customer: Any, *, guest: bool, language: str) -> Complaint:
    if not guest:
        customer.language = "en" if language == "en-GB" else "zh-hans"
        customer.save()
        sign_in(filer.page, filer.server)
    filer.at("/complaints/new/?at_risk=no")
    filer.go(category=cases.CATEGORY)
    filer.go(subject="Not made by me", description="It went at 02:14.")
    filer.go(amount="1860", asset="USDT")
    for _question in ("when", "wish", "files", "customer"):
        filer.go()
    if guest:
        filer.go(name="Ada Guest", email=ADDRESS)
    filer.page.locator("main form .btn.main").first.click()
    expect(filer.page.locator(".bigref")).to_be_visible()
    return Complaint.objects.get()


def _ask(people: People, case: Complaint) -> None:
    """What staff do at their desk meanwhile, by the same services."""
    for walk in cases.PATHS[State.AWAITING_CUSTOMER]:
        walk(people, case)
    relay_due()


def _come_back(filer: Filer, case: Complaint, *, guest: bool) -> None:
    """A guest by the link that is mailed, in a browser that has forgotten them."""
    if guest:
        filer.page.context.clear_cookies()
        filer.at("/track/")
        filer.go(reference=case.reference, email=ADDRESS)
        relay_due()
        link = case.outbox.filter(kind="tracking_link").latest("pk")
        path = next(w for w in link.body.split() if "/track/" in w).split("/track/")[1]
        filer.at(f"/track/{path}")
        filer.page.locator("main form .btn.main").first.click()
    else:
        _open(filer, case)
    expect(filer.page.locator("main h1").first).to_be_visible()


def _open(filer: Filer, case: Complaint) -> None:
    filer.at(f"/complaints/{case.reference}/")


def _answer(page: Page, picture: Path) -> None:
    page.locator("a[href$='/answer/']").first.click()
    page.locator("[name=answer]").fill("On Tuesday at 02:14.")
    page.locator("[type=file]").first.set_input_files(picture)
    page.locator("main form .btn.main").first.click()
    expect(page.locator("ol.line").first).to_contain_text("shot.png")


def _decide(people: People, case: Complaint) -> None:
    """Two offers that each wait for the customer's word."""
    cases.draft(people, case, amount="100", on_acceptance=True)
    gift = decide.NewRemedy(
        kind="goodwill",
        amount=Decimal(50),
        asset="USDT",
        rate=Decimal(1),
        on_acceptance=True,
    )
    decide.add_remedy(complaint=case, remedy=gift, actor=people.security)
    perform(case, "propose_decision", actor=people.security)
    for walk in cases.PATHS[State.ANSWERED][-2:]:
        walk(people, case)


def _accept_one_offer(page: Page) -> None:
    page.locator("a[href$='/decision/']").first.click()
    page.locator("a[href*='/remedies/']").first.click()
    page.locator("button[value=accept]").click()
    expect(page.locator("main")).to_be_visible()


def _appeal_a_point(page: Page) -> None:
    page.locator("a[href$='/appeal/']").first.click()
    page.locator("[name=kind_1]").select_option("facts_wrong")
    page.locator("[name=text_1]").fill("It was made from a new device.")
    page.locator("main form .btn.main").first.click()
    expect(page.locator("main h1").first).to_be_visible()
