"""From a decision to an award that is carried out, by five people and more in Chromium.

The customer, the reviewer, another member of the panel, the arbitrator and the executor
each have a browser of their own; what only they can do they do on a page.
"""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as conf
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from appeals.models import Appeal, Referral
from appeals.services import bundles
from appeals.services.outside import links
from appeals.services.panel import call_panel
from complaints.models import Complaint, Event, Outbox, Remedy
from complaints.states import State
from tests import cases
from tests.appeals import walk
from tests.appeals.outside import stage
from tests.looking import NARROW, WIDE, Looker, Mode, modes
from tests.people import People, everybody

pytestmark = [
    pytest.mark.browser,
    pytest.mark.drill,
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings(
        # WeasyPrint leaves the colour profile of its archives open.
        "ignore:.*sRGB2014:pytest.PytestUnraisableExceptionWarning"
    ),
]


class Town:
    """A browser for everybody, closed at the end."""

    def __init__(self, browser: Browser, server: LiveServer) -> None:
        self.browser, self.server = browser, server
        self.contexts: list[BrowserContext] = []
        self.pages: dict[str, Page] = {}

    def __enter__(self) -> "Town":
        return self

    def __exit__(self, *_error: object) -> None:
        for context in self.contexts:
            context.close()

    def by(self, name: str, user: Any = None) -> Page:
        """The page of that person, signed in the first time where they have a user."""
        if name not in self.pages:
            context = self.browser.new_context()
            context.set_default_timeout(60_000)
            if user is not None:
                client = Client()
                client.force_login(user)
                cookie: Any = {
                    "name": conf.SESSION_COOKIE_NAME,
                    "value": client.cookies[conf.SESSION_COOKIE_NAME].value,
                    "url": self.server.url,
                }
                context.add_cookies([cookie])
            self.contexts.append(context)
            self.pages[name] = context.new_page()
        return self.pages[name]

    def go(self, name: str, path: str) -> Page:
        page = self.pages[name]
        page.goto(self.server.url + path)
        return page


def _send(page: Page) -> None:
    page.locator("main form .btn").first.click()
    page.wait_for_load_state()


def _code() -> str:
    return links.code_at(stage.SECRET, links.now_step())


def test_five_people_from_the_decision_to_the_executed_award(
    live_server: LiveServer, browser: Browser, settings: Any
) -> None:
    settings.STAFF_SECOND_FACTOR = False
    settings.SUDO_SECONDS = 0
    people = everybody()
    case = cases.at(people, State.ANSWERED)
    stage.arbitrator(people)
    with Town(browser, live_server) as town:
        row = _appeal(town, people, case)
        _panel_rules(town, people, row)
        _refer(town, case, row)
        _arbitrate(town, row)
        _carry_out(town, people, row)
    _settled(case, row)


def _appeal(town: Town, people: People, case: Complaint) -> Appeal:
    page = town.by("customer", people.customer)
    town.go("customer", f"/complaints/{case.reference}/appeal/")
    page.select_option("#id_kind_1", "remedy_too_small")
    page.fill("#id_text_1", "It does not cover my loss.")
    page.get_by_role("button", name="Send your appeal").click()
    expect(page.locator("h1")).to_have_text("Your appeal against the decision")
    return Appeal.objects.get(complaint=case)


def _panel_rules(town: Town, people: People, row: Appeal) -> None:
    """The reviewer writes and rules; another member votes on these words."""
    desk = f"/admin/appeals/appeal/{row.pk}/"
    page = town.by("reviewer", walk.reviewer(row))
    for move in ("admit", "start_review"):
        town.go("reviewer", f"{desk}do/{move}/")
        _send(page)
    call_panel(appeal=row, reason="A principle.", actor=walk.reviewer(row))
    town.go("reviewer", f"{desk}ground/1/")
    page.get_by_label("No, not upheld").check()
    page.get_by_label("Why", exact=True).fill("The sum is what the records show.")
    _send(page)
    town.go("reviewer", f"{desk}ruling/")
    page.select_option("#id_outcome", "confirmed")
    page.fill("#id_summary", "We confirm the decision.")
    page.fill("#id_reasons", "The rule was applied as it stands.")
    _send(page)
    for seat in row.seats.all():
        name = f"member {seat.seat}"
        member = town.by(name, seat.user)
        town.go(name, f"{desk}vote/")
        member.get_by_label("Yes", exact=True).check()
        _send(member)
    town.go("reviewer", f"{desk}do/rule/")
    page.locator("#id_sure").check()
    _send(page)
    row.refresh_from_db()
    assert row.state == "ruled"


def _refer(town: Town, case: Complaint, row: Appeal) -> None:
    page = town.go("customer", f"/complaints/{case.reference}/appeal/{row.pk}/refer/")
    expect(page.get_by_text("Taking part is voluntary.")).to_be_visible()
    page.get_by_label(re.compile("^Independent arbitrator")).check()
    page.get_by_label("I agree to take part; it is voluntary").check()
    page.get_by_role("button", name="I take it there").click()
    expect(page.locator("#outside h2")).to_have_text("Independent arbitrator")
    bundles.make_due()


def _arbitrate(town: Town, row: Appeal) -> None:
    """The link of the mail, a code of the device, the declaration, the award."""
    mail = Outbox.objects.filter(kind=links.KIND).latest("pk")
    found = re.search(r"/arbitration/[\w-]+/", mail.body)
    assert found is not None
    home, page = found.group(), town.by("arbitrator")
    town.go("arbitrator", home)
    page.fill("#id_code", _code())
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Nothing ties me to it").click()
    expect(page.locator("#exhibits tbody tr").first).to_be_visible()
    town.go("arbitrator", f"{home}ask/")
    page.get_by_label("The customer").check()
    page.fill("#id_text", "When did you see it?")
    page.fill("#id_by", (timezone.now() + timedelta(days=9)).date().isoformat())
    _send(page)
    _customer_answers(town, row)
    town.go("arbitrator", home)
    expect(page.get_by_text("In the morning.")).to_be_visible()
    _award(town, home, row)


def _customer_answers(town: Town, row: Appeal) -> None:
    reference = row.complaint.reference
    page = town.go("customer", f"/complaints/{reference}/appeal/{row.pk}/")
    page.locator("#outside").get_by_role("link", name="Answer it").click()
    page.fill("#id_text", "In the morning.")
    page.get_by_role("button", name="Send it to the arbitrator").click()
    expect(page.locator("#outside")).to_contain_text("In the morning.")


def _award(town: Town, home: str, row: Appeal) -> None:
    page = town.go("arbitrator", f"{home}award/")
    page.fill("#id_summary", "The exchange pays 100 USDT.")
    page.fill("#id_reasons", "The hold was not applied.")
    for point in row.complaint.points.all():
        page.select_option(f"#id_p{point.pk}-finding", "upheld")
        page.fill(f"#id_p{point.pk}-reasons", "The file shows it.")
    page.select_option("#id_r1-kind", "refund")
    page.fill("#id_r1-amount", "100")
    page.fill("#id_r1-asset", "USDT")
    page.fill("#id_r1-due", (timezone.now() + timedelta(days=9)).date().isoformat())
    _send(page)
    town.go("arbitrator", f"{home}make/")
    page.locator("#id_sure").check()
    _send(page)
    expect(page.locator("#award h2")).to_have_text("Award")


def _carry_out(town: Town, people: People, row: Appeal) -> None:
    desk = f"/admin/appeals/appeal/{row.pk}/outside/"
    page = town.go("reviewer", f"{desk}prepare/")
    page.fill("#id_rate_1", "0.92")
    _send(page)
    for name, user in (
        ("lead", people.appeals),
        ("officer", walk.second_officer()),
    ):
        signer = town.by(name, user)
        town.go(name, desk)
        signer.get_by_role("button", name="Sign off").click()
        signer.wait_for_load_state()
    town.go("reviewer", desk)
    page.get_by_role("button", name="Carry out the award").click()
    page.wait_for_load_state()
    remedy = Remedy.objects.get(decision__award__referral__appeal=row)
    base = f"/admin/complaints/remedy/{remedy.pk}/do/"
    executor = town.by("executor", people.executor)
    town.go("executor", f"{base}start/")
    _send(executor)
    town.go("executor", f"{base}complete/")
    executor.fill("#id_proof", "ledger-77")
    _send(executor)


def _settled(case: Complaint, row: Appeal) -> None:
    referral = Referral.objects.get(appeal=row)
    assert referral.state == "done"
    remedy = Remedy.objects.get(decision=referral.award.decision)
    assert (remedy.state, remedy.payout.proof) == ("executed", "ledger-77")
    rows = Event.objects.filter(stream=case.stream, seq__gt=row.file_seq)
    who = set(rows.values_list("actor__username", flat=True)) - {"system", "routing"}
    assert {"customer", "arbitrator", "executor", "officer_2"} < who
    assert len(who & {"appeals", "appeals_2", "appeals_3"}) == 3


@pytest.mark.parametrize("mode", modes(NARROW))
def test_arbitrators_pages_are_accessible(
    live_server: LiveServer, browser: Browser, mode: Mode
) -> None:
    people = everybody()
    case = cases.at(people, State.ANSWERED)
    stage.arbitrator(people)
    stage.referred(people, case)
    bundles.make_due()
    mail = Outbox.objects.filter(kind=links.KIND).latest("pk")
    found = re.search(r"/arbitration/[\w-]+/", mail.body)
    assert found is not None
    home = found.group()
    with Looker(browser, live_server, mode) as looker:
        looker.at(f"/arbitration/{'0' * 43}/", status=410)
        page = looker.at(home)
        page.fill("#id_code", _code())
        looker.press("the door is open", "main form .btn")
        looker.at(f"{home}decline/")
        looker.at(home)
        looker.press("declared", "main form .btn")
        for name in ("ask", "order", "award", "make", "end"):
            looker.at(f"{home}{name}/")
            looker.press(f"{name} with nothing", "main form .btn")


@pytest.mark.parametrize("mode", modes(WIDE))
def test_pages_of_both_sides_are_accessible(
    live_server: LiveServer, browser: Browser, mode: Mode
) -> None:
    people = everybody()
    case = cases.at(people, State.ANSWERED)
    row = stage.awarded(people, case)
    desk = f"/admin/appeals/appeal/{row.appeal_id}/outside/"
    with Looker(browser, live_server, mode) as looker:
        looker.be(people.appeals)
        looker.at(desk)
        for name in ("terms", "prepare", "publish"):
            looker.at(f"{desk}{name}/")
        looker.at("/admin/appeals/appeal/arbitrators/")
        one = row.seats.get().arbitrator.pk
        looker.at(f"/admin/appeals/appeal/arbitrators/{one}/")
        looker.be(people.customer)
        looker.at(f"/complaints/{case.reference}/appeal/{row.appeal_id}/")
        looker.at("/figures/awards/")
