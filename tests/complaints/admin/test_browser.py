"""The desk in Chromium: accessible, and no wider than the window."""

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from complaints.models import Instruction, RawMessage
from complaints.services import barriers, compliance
from complaints.services.correspond import note
from complaints.services.take_back import ask_take_back
from complaints.states import Intake
from complaints.workflow import perform
from tests import cases
from tests.complaints.admin.test_intake import MAIL
from tests.looking import NARROW, WIDE, Looker, Mode, modes
from tests.people import everybody

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DESK = "/admin/complaints/complaint/"
HOLD = "/admin/complaints/rawmessage/"


@pytest.mark.parametrize("mode", modes(WIDE))
def test_case_from_the_queue_to_a_decision(
    live_server: LiveServer, browser: Browser, mode: Mode
) -> None:
    people = everybody()
    case = cases.at(people, "investigating")
    note(complaint=case, text="The session is known.", actor=people.security)
    letter, page = case.letters.get(kind="receipt"), f"{DESK}{case.pk}/"
    with Looker(browser, live_server, mode) as looker:
        looker.be(people.security)
        looker.at(DESK)
        looker.at(f"{page}change/")
        looker.at(f"{page}do/ask_customer/")
        looker.press("asked nothing", "form .btn.main")
        cases.draft(people, case)
        written = looker.at(f"{page}decision/")
        written.fill("#id_summary", "You get all of it back.")
        letter_now = written.locator("#letter article")
        expect(letter_now).to_contain_text("You get all of it back.")
        looker.press("looked at the letter", "button[value=look]")
        looker.at(f"{page}customer/")
        looker.at(f"{page}letter/{letter.pk}/")
        perform(case, "propose_decision", actor=people.security)
        looker.be(people.security_lead)
        looker.at(f"{page}do/sign_off/")


@pytest.mark.parametrize("mode", modes(NARROW))
def test_held_message_and_a_call(
    live_server: LiveServer, browser: Browser, mode: Mode
) -> None:
    people, raw = everybody(), _held()
    with Looker(browser, live_server, mode) as looker:
        looker.be(people.support)
        looker.at(HOLD)
        looker.at(f"{HOLD}{raw.pk}/change/")
        looker.at(f"{DESK}log/")
        looker.press("a call of nobody", "form .btn.main")


@pytest.mark.parametrize("mode", modes(NARROW))
def test_payment_that_the_ledger_did_not_take_and_a_take_back(
    live_server: LiveServer, browser: Browser, mode: Mode
) -> None:
    people = everybody()
    remedy = cases.at(people, "remedying").remedies.get()
    page = f"{DESK}{remedy.complaint_id}/change/#remedies"
    cases.execute(people, remedy)
    with Looker(browser, live_server, mode) as looker:
        looker.be(people.executor)
        looker.at(page)
        take_back = f"/admin/complaints/remedy/{remedy.pk}/take-back/"
        looker.at(take_back)
        ask_take_back(remedy=remedy, reason="Twice.", actor=people.executor)
        looker.be(people.security_lead)
        looker.at(f"{take_back}answer/")
        looker.press("answered nothing")
        Instruction.objects.update(
            state="waiting", attempts=3, unsure=True, answer="ReadTimeout"
        )
        looker.at(page)


@pytest.mark.drill
@pytest.mark.parametrize("mode", modes(NARROW))
def test_compliance_looks_again(
    live_server: LiveServer, browser: Browser, mode: Mode
) -> None:
    people = everybody()
    case = cases.at(people, "answered")
    compliance.draw()
    officer = people.compliance_officer
    with Looker(browser, live_server, mode) as looker:
        looker.be(officer)
        looker.at("/admin/complaints/compliancecheck/")
        looker.at(f"{DESK}{case.pk}/act/advise/")
        looker.press("advised nothing")
        for rule in ("", "RTS 2025/294 Art 6(1)"):
            compliance.advise(
                complaint=case,
                text="No record is named.",
                rule=rule,
                violation=bool(rule),
                actor=officer,
            )
        looker.at(f"{DESK}{case.pk}/change/#compliance")
        looker.at(f"{DESK}{case.pk}/act/end-review/")


def _held() -> RawMessage:
    return RawMessage.objects.create(
        provider="email",
        account="complaints@recourse.test",
        external_id="one",
        raw=MAIL,
        raw_sha256="0" * 64,
        received_at=timezone.now(),
        outcome=Intake.HELD,
        reason="unverified",
        sender="caller@people.example",
        subject="Where is my money",
    )


@pytest.mark.drill
@pytest.mark.parametrize("mode", modes(WIDE))
def test_restricted_files(
    live_server: LiveServer, browser: Browser, mode: Mode
) -> None:
    people = everybody()
    case, officer = cases.at(people, "investigating"), people.compliance_officer
    barrier = barriers.put_up(
        complaint=case, kind="suspicion", reason="Layering suspected.", actor=officer
    )
    barriers.write(barrier=barrier, text="Three hops in a minute.", actor=officer)
    with Looker(browser, live_server, mode) as looker:
        looker.be(officer)
        looker.at(f"{DESK}restricted/")
        looker.at(f"{DESK}restricted/{barrier.pk}/")


@pytest.mark.parametrize("mode", modes(NARROW))
def test_lead_looks_at_the_team_and_admits_by_suggestion(
    live_server: LiveServer, browser: Browser, mode: Mode
) -> None:
    people = everybody()
    cases.at(people, "assigned")
    case = cases.filed(people, category=None, subject="I was hacked, hidden fee")
    with Looker(browser, live_server, mode) as looker:
        looker.be(people.security_lead)
        looker.at(f"{DESK}board/")
        looker.be(people.support)
        looker.at(f"{DESK}{case.pk}/do/admit/")
        looker.press("taken over", ".triage a.btn")
