"""A mass incident in Chromium: 400 complaints are found, grouped, answered one by one,
and closed with an improvement action."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from complaints.models import (
    BulkRun,
    Category,
    Complaint,
    ImprovementAction,
    Incident,
    Letter,
    Party,
)
from complaints.services import early_warning
from complaints.workflow import perform
from config.messages import compile_messages
from teams.models import Team
from tests import cases
from tests.complaints.admin.test_whole_browser import Colleague
from tests.people import People, everybody

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NUMBER, AT_ONCE = 400, 100
LONG = 300_000
"""Milliseconds; a hundred decisions are one press."""


def mass(people: People) -> None:
    """Each a customer of their own, all of them naming one transaction."""
    topic = Category.objects.get(code="withdrawals.delayed")
    team = Team.objects.get(code="risk")
    for number in range(1, NUMBER + 1):
        case = cases.filed(
            people,
            customer=Party.objects.create(last_name=f"Customer {number}"),
            actor=people.support,
            subject="My withdrawal is still pending",
            description="It has been pending since the upgrade of the network.",
            points=("It was not carried out",),
            category=topic,
            amount=Decimal(number),
            identifiers=(("transaction", "upgrade-batch-17", "tron"),),
        )
        perform(
            case,
            "admit",
            actor=people.support,
            category=topic,
            team=team,
            severity="high",
            complexity="low",
            impact="high",
        )


@pytest.mark.drill
def test_mass_incident_from_alarm_to_improvement(
    live_server: LiveServer, browser: Browser, transactional_db: None
) -> None:
    compile_messages()
    people = everybody()
    mass(people)
    assert early_warning.scan() == 1
    lead, handler = (
        Colleague(browser, live_server, user)
        for user in (people.risk_lead, people.risk)
    )
    for one in (lead, handler):
        one.page.set_default_timeout(LONG)

    lead.at("/admin/complaints/incident/")
    expect(lead.page.locator("#alarms")).to_contain_text("400 complaints within seven")
    expect(lead.page.locator("#groups")).to_contain_text("upgrade-batch-17")
    lead.page.get_by_role("button", name="Make it an incident").click()
    expect(lead.page.locator(".say")).to_contain_text("400 cases are in it")
    incident = Incident.objects.get()
    page = f"/admin/complaints/incident/{incident.pk}"

    lead.press("Shared finding")
    lead.give(
        outcome="upheld",
        finding="upheld",
        cause="software_fault",
        exchange_share="100",
        **{
            "en-summary": "Your withdrawal was late. We pay you {amount}.",
            "en-reasons": "The batch of 17 November was not signed after the upgrade.",
            "en-what_changes": "Unsigned batches now raise an alarm.",
        },
    )
    lead.press("Keep")
    lead.at(f"{page}/amounts/?percent=10")
    lead.give(asset="USDT", rate="1")
    lead.press("Keep")

    for who, stage, words in (
        (handler, "answer", "Draft and propose"),
        (lead, "sign", "Sign off"),
        (handler, "send", "Send the decisions"),
    ):
        for _round in range(NUMBER // AT_ONCE):
            who.at(f"{page}/change/?stage={stage}")
            who.press(words)
            if stage == "sign":  # all of it is looked at first
                who.press(f"Sign off {AT_ONCE} cases")
            expect(who.page.locator(".lead")).to_contain_text("100 done")
        who.at(f"{page}/change/?stage={stage}")
        expect(who.page.locator("#members")).to_contain_text("None here.")

    lead.at(f"{page}/change/")
    expect(lead.page.locator(".say")).to_contain_text("400 are answered")
    lead.press("Close the incident")
    lead.give(cause="software_fault", nature="systemic", lesson="Watch the signer.")
    lead.press("Keep")
    expect(lead.page.locator("body")).to_contain_text("needs an improvement action")
    lead.at(f"/admin/complaints/improvementaction/new/?incident={incident.pk}")
    lead.give(
        title="An alarm on unsigned batches",
        text="The signer is asked every minute for what waits.",
        owner=str(people.tech.pk),
        due_on=f"{timezone.localdate() + timedelta(days=30)}",
    )
    lead.press("Keep")
    lead.at(f"{page}/ask/close/")
    lead.give(nature="systemic", lesson="Watch the signer.")
    lead.press("Keep")
    expect(lead.page.locator(".say")).to_contain_text("Closed on")
    for one in (lead, handler):
        one.page.context.close()

    _each_has_their_own_answer(incident)


def _each_has_their_own_answer(incident: Incident) -> None:
    rows = Complaint.objects.filter(incidents__incident=incident)
    assert set(rows.values_list("state", flat=True)) == {"answered"}
    letters = Letter.objects.filter(kind="decision", complaint__in=rows)
    assert letters.count() == NUMBER
    bodies = dict(letters.values_list("complaint__amount", "body"))
    for claimed in (1, 123, NUMBER):
        own = f"{Decimal(claimed) / 10:.2f} USDT"
        assert f"We pay you {own}." in bodies[Decimal(claimed)]
    assert len(set(bodies.values())) == NUMBER
    runs = BulkRun.objects.filter(act__startswith="inc_")
    items = [item["outcome"] for run in runs for item in run.items]
    assert (runs.count(), set(items), len(items)) == (12, {"done"}, 3 * NUMBER)
    action = ImprovementAction.objects.get()
    assert (action.incident, action.state) == (incident, "open")
    incident.refresh_from_db()
    assert (incident.cause, incident.nature) == ("software_fault", "systemic")
