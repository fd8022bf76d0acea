"""A case through the whole desk in Chromium: support, risk, a consulted legal team, two
who approve besides it, the executor, and two colleagues who meet on the way."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from complaints.models import Category, Complaint, Payout
from config.messages import compile_messages
from teams.models import User
from tests import cases
from tests.people import everybody

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK = "/admin/complaints/complaint/"
MOST_CLICKS = 40
"""From triage to the proposed decision."""


class Colleague:
    """Somebody at the desk, with a browser of their own; counts presses and choices."""

    clicks = 0

    def __init__(self, browser: Browser, server: LiveServer, user: User) -> None:
        self.server, context = server, browser.new_context(locale="en-GB")
        context.set_default_timeout(10_000)
        client = Client()
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        cookie: Any = {"name": name, "url": server.url}
        context.add_cookies([{**cookie, "value": client.cookies[name].value}])
        self.page: Page = context.new_page()

    def at(self, path: str) -> None:
        self.page.goto(f"{self.server.url}{path}")

    def press(self, words: str) -> None:
        """A link or a button, by what it says."""
        Colleague.clicks += 1
        link = self.page.get_by_role("link", name=words, exact=True)
        button = self.page.get_by_role("button", name=words, exact=True)
        with self.page.expect_navigation():
            link.or_(button).first.click()

    def give(self, **answers: str) -> None:
        """Fill the form in; what is chosen is a click, what is typed is none."""
        for name, answer in answers.items():
            field = self.page.locator(f"main form [name='{name}']").first
            kind = field.evaluate("e => e.type")
            Colleague.clicks += kind in ("checkbox", "select-one")
            if kind == "checkbox":
                field.check()
            elif kind == "select-one":
                field.select_option(answer)
            else:
                field.fill(answer)


@pytest.fixture
def case(transactional_db: None) -> Complaint:
    compile_messages()
    people = everybody()
    return cases.filed(
        people,
        subject="My withdrawal was rejected and the account is frozen",
        description="Withdrawal held for three weeks.",
        points=("It was held without a reason",),
        category=Category.objects.get(code="withdrawals.refused"),
    )


@pytest.mark.drill
def test_case_is_played_across_the_desk(
    live_server: LiveServer, browser: Browser, case: Complaint
) -> None:
    people, page = everybody(), f"{DESK}{case.pk}/change/"
    Colleague.clicks = 0
    everyone = [
        Colleague(browser, live_server, user)
        for user in (
            *(people.support, people.risk, people.risk_lead, people.legal),
            *(people.approver, people.compliance_officer, people.executor),
        )
    ]
    support, risk, lead, legal, approver, officer, executor = everyone

    support.at(page)
    support.press("Admit")
    support.press("Take over Withdrawal refused or held")
    support.give(complexity="medium", impact="high")
    support.press("Admit")
    expect(support.page.locator("body")).to_contain_text("You no longer see")

    lead.at(page)
    risk.at(page)
    risk.press("Take")
    lead.press("Take")  # the page is of before
    expect(lead.page.locator("body")).to_contain_text(str(people.risk))

    risk.press("Consult a team")
    risk.give(team=str(people.legal.memberships.get().team_id), question="May we?")
    risk.press("Ask them")
    legal.at(page)
    legal.press("Answer what your team is asked")
    legal.give(answer="You may, by Art 70.")
    legal.press("Answer")

    risk.at(page)
    expect(risk.page.locator("#consultations")).to_contain_text("You may, by Art 70.")
    _draft(risk, case)
    expect(risk.page.locator("body")).to_contain_text("Decision in review")
    assert Colleague.clicks <= MOST_CLICKS

    for signer in (approver, officer, legal):
        signer.at(page)
        expect(signer.page.locator("#decision")).to_contain_text("still needed")
        signer.press("Sign off")
        signer.press("Sign off")
    legal.press("Approve decision")
    legal.press("Approve decision")
    _execute(executor, case)
    risk.at(page)
    risk.press("Send decision")

    for one in everyone:
        one.page.context.close()

    case.refresh_from_db()
    assert case.state == "answered"
    payout = Payout.objects.get(remedy__complaint=case)
    assert payout.proof == "tx-4711"
    assert case.remedies.get().state == "executed"
    signed = case.decisions.get().sign_offs.order_by("pk")
    assert list(signed.values_list("capacity", "signer")) == [
        ("approver", people.approver.pk),
        ("compliance", people.compliance_officer.pk),
        ("legal", people.legal.pk),
    ]


ABOVE_THE_LAST_CEILING = "60000"
"""Tether for which the house's bands ask approver, legal and compliance."""


def _draft(risk: Colleague, case: Complaint) -> None:
    point = case.points.get()
    risk.at(f"{DESK}{case.pk}/decision/remedy/")
    Colleague.clicks += 2  # to the draft, and to this form
    risk.give(kind="refund", amount=ABOVE_THE_LAST_CEILING, asset="USDT", rate="1")
    risk.page.locator("main form .btn.main").first.click()
    Colleague.clicks += 1
    risk.at(f"{DESK}{case.pk}/decision/")
    risk.give(
        **{
            f"p{point.pk}-outcome": "upheld",
            f"p{point.pk}-reasons": "No reason was given.",
            f"p{point.pk}-no_evidence": "on",
            "s-exchange": "100",
        },
        outcome="upheld",
        summary="You get all of it.",
        reasons="It should not have been held.",
        what_changes="Holds now carry their reason.",
        cause="process_gap",
        precedents_seen="on",
    )
    risk.press("Save and propose")


def _execute(executor: Colleague, case: Complaint) -> None:
    """With proof by hand; who it is would be asked again, were it not a test."""
    remedy = case.remedies.get()
    for name, answers in (("start", {}), ("complete", {"proof": "tx-4711"})):
        executor.at(f"/admin/complaints/remedy/{remedy.pk}/do/{name}/")
        executor.give(**answers)
        executor.page.locator("main form .btn.main").first.click()
        executor.page.wait_for_load_state()
