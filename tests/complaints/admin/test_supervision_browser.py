"""What leads, handlers and the head look at beside the queue, in Chromium."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from complaints.models import (
    Complaint,
    Party,
    PersonRequest,
    QualityCriterion,
    QualityReview,
)
from complaints.services import quality, relay
from complaints.services.privacy import requests
from complaints.services.privacy.erase import purge_expired
from complaints.services.privacy.retention import hold
from complaints.services.reading import record_reading
from complaints.workflow import perform
from teams.models import Absence, Team
from tests import cases
from tests.looking import NARROW, WIDE, Looker, Mode, modes
from tests.people import everybody

pytestmark = [
    pytest.mark.drill,
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
DESK = "/admin/complaints/complaint/"


@pytest.mark.parametrize("mode", modes(WIDE))
def test_hand_over_receipts_hold_and_absence_on_a_case(
    live_server: LiveServer, browser: Browser, mode: Mode
) -> None:
    people, now = everybody(), timezone.now()
    case = cases.filed(people, funds_at_risk=True)
    relay.relay_due()
    record_reading(complaint=case, actor=people.security)
    cases.admit(people, case, team="risk", funds_at_risk=True)
    perform(case, "take", actor=people.risk)
    tech = Team.objects.get(code="tech")
    Absence.objects.create(
        user=people.tech,
        starts_at=now,
        ends_at=now + timedelta(days=3),
        covered_by=people.security,
    )
    words = "The bank answers on Friday.\n\nThe customer is best called before nine."
    perform(case, "reroute", actor=people.risk, team=tech, reason=words)
    perform(case, "take", actor=people.tech)
    hold(complaint=case, reason="Court of Berlin, 12 O 345/26", actor=people.head)
    with Looker(browser, live_server, mode) as looker:
        looker.be(people.tech)
        page = looker.at(f"{DESK}{case.pk}/change/")
        assert page.locator(".handed").count() == 1
        looker.be(people.head)
        looker.at(f"{DESK}holds/")
        looker.at(f"{DESK}{case.pk}/act/lift-hold/")
        looker.at(f"{DESK}{case.pk}/change/#hold")
        looker.at(f"{DESK}{case.pk}/act/hold/", status=403)
        looker.be(people.security_lead)
        looker.at(f"{DESK}board/")


@pytest.mark.parametrize("mode", modes(NARROW))
def test_quality_from_the_lot_to_the_handler(
    live_server: LiveServer, browser: Browser, mode: Mode
) -> None:
    people = everybody()
    for _ in range(2):
        cases.at(people, "answered")
    quality.draw(now=timezone.now() + timedelta(days=7))
    first, second = QualityReview.objects.order_by("pk")
    answers = dict.fromkeys(QualityCriterion.objects.values_list("code", flat=True))
    quality.score(
        review=first,
        answers=dict.fromkeys(answers, "yes") | {"clock": "part", "tone": "none"},
        feedback="Clear letters.\n\nMind the day of the first answer.",
        actor=people.security_lead,
    )
    with Looker(browser, live_server, mode) as looker:
        looker.be(people.security_lead)
        looker.at(f"{DESK}quality/")
        looker.at(f"{DESK}quality/{second.pk}/")
        looker.press("scored nothing")
        looker.at(f"{DESK}board/#quality")
        looker.be(people.security)
        looker.at(f"{DESK}quality/").locator(".said summary").first.click()
        looker.look("question by question")


@pytest.mark.parametrize("mode", modes(NARROW))
def test_restricted_customer_and_an_erased_case(
    live_server: LiveServer, browser: Browser, mode: Mode
) -> None:
    people = everybody()
    case = cases.at(people, "assigned")
    old = cases.at(people, "withdrawn")
    Party.objects.filter(pk=case.customer_id).update(restricted_at=timezone.now())
    long_ago = timezone.now() - timedelta(days=366 * 6)
    Complaint.objects.filter(pk=old.pk).update(received_at=long_ago)
    assert purge_expired(now=timezone.now() + timedelta(days=366 * 6)) == 1
    with Looker(browser, live_server, mode) as looker:
        looker.be(people.security)
        looker.at(f"{DESK}{case.pk}/customer/")
        looker.be(people.support)
        looker.at(f"{DESK}{old.pk}/change/")
        looker.be(people.customer)
        page = looker.at(f"/complaints/{old.reference}/")
        if page.locator("textarea").count():
            page.locator("textarea").first.fill("One thing more.")
            looker.press("wrote to an erased case", "form:has(textarea) .btn")


@pytest.mark.parametrize("mode", modes(NARROW))
def test_requests_of_persons(
    live_server: LiveServer, browser: Browser, mode: Mode
) -> None:
    people, today = everybody(), timezone.localdate()
    for kind, days in (("access", 40), ("erasure", 3)):
        requests.record(
            kind=kind,
            email=f"{kind}@customers.example",
            received_on=today - timedelta(days=days),
            note="Please send me all you keep about me.",
            actor=people.head,
        )
    with Looker(browser, live_server, mode) as looker:
        looker.be(people.head)
        looker.at(f"{DESK}persons/")
        looker.at(f"{DESK}persons/new/")
        looker.press("wrote nothing down")
        row = PersonRequest.objects.get(kind="erasure")
        looker.at(f"{DESK}persons/{row.pk}/extend/")
        looker.at(f"{DESK}persons/{row.pk}/answer/")
        requests.answer(request=row, answer="done", actor=people.head)
        looker.at(f"{DESK}persons/")
