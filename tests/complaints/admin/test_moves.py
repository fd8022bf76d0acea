"""Buttons, the page of a transition, and what two people in one case meet."""

import re
from datetime import timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from complaints.models import Category, Clock, Complaint, Event
from complaints.permissions import viewer_of
from complaints.states import State
from complaints.workflow import available_transitions, perform
from teams.models import Team
from tests import cases
from tests.few import few
from tests.people import People

pytestmark = pytest.mark.django_db

LIST = "/admin/complaints/complaint/"


def page_of(case: Complaint) -> str:
    return f"{LIST}{case.pk}/change/"


WORKERS = ("support", "support_lead", "security", "security_lead")


def do(case: Complaint, name: str) -> str:
    return f"{LIST}{case.pk}/do/{name}/"


def offered(html: str, case: Complaint) -> set[str]:
    """Names of the moves that have a button on the page of the case."""
    return set(re.findall(rf"{LIST}{case.pk}/do/(\w+)/", html))


@pytest.mark.parametrize(
    ("state", "who"),
    few(
        list(product(State.values, WORKERS)),
        *product(("received", "closed"), ("support_lead", "security_lead")),
        *product(("assigned", "investigating", "in_review"), ("security",)),
        ("remedying", "support"),
    ),
)
def test_buttons_equal_available_transitions(
    people: People, client: Client, state: str, who: str
) -> None:
    case, user = cases.at(people, state), people.all()[who]
    client.force_login(user)
    answer = client.get(page_of(case))
    if not Complaint.objects.visible_to(viewer_of(user)).filter(pk=case.pk).exists():
        assert answer.status_code == 404
        return
    expected = {offer.name for offer in available_transitions(case, user)}
    assert offered(answer.content.decode(), case) == expected


def test_refused_button_says_why_and_stays_in_the_tab_order(
    people: People, client: Client
) -> None:
    case = cases.at(people, "investigating")
    client.force_login(people.security)
    html = client.get(page_of(case)).content.decode()
    button = re.search(r'<a [^>]*aria-describedby="why-propose_decision"[^>]*>', html)
    assert button is not None
    assert 'aria-disabled="true"' in button[0]
    assert "href=" in button[0]
    assert "There is no draft of the decision yet." in html


def test_admit_form_moves_the_case_and_leads_back_to_the_status(
    people: People, client: Client
) -> None:
    case = cases.filed(people)
    client.force_login(people.support)
    form = client.get(do(case, "admit"))
    assert form.status_code == 200
    posted = {
        "version": 0,
        "category": Category.objects.get(code=cases.CATEGORY).pk,
        "team": Team.objects.get(code="security").pk,
        "severity": "high",
        "complexity": "medium",
        "impact": "high",
    }
    answer = client.post(do(case, "admit"), posted)
    assert answer.status_code == 302
    assert answer["Location"] == f"{LIST}{case.pk}/status/"
    case.refresh_from_db()
    assert (case.state, case.version, case.team.code) == ("assigned", 1, "security")


def test_get_changes_nothing(people: People, client: Client) -> None:
    case = cases.at(people, "assigned")
    before = Event.objects.count()
    client.force_login(people.security_lead)
    for name in ("take", "assign_to", "reroute", "merge_into", "withdraw"):
        assert client.get(do(case, name)).status_code == 200
    case.refresh_from_db()
    assert (case.state, Event.objects.count()) == ("assigned", before)


def test_missing_field_keeps_what_was_typed(people: People, client: Client) -> None:
    case = cases.at(people, "investigating")
    client.force_login(people.security)
    answer = client.post(
        do(case, "reroute"), {"version": case.version, "reason": "Belongs to risk"}
    )
    assert answer.status_code == 422
    assert "Belongs to risk" in answer.content.decode()
    case.refresh_from_db()
    assert case.state == "investigating"


def test_guard_refuses_in_words_at_the_form(people: People, client: Client) -> None:
    case = cases.at(people, "investigating")
    client.force_login(people.security)
    posted = {
        "version": case.version,
        "question": "Was the phone yours?",
        "answer_by": "2001-01-01T10:00",
    }
    answer = client.post(do(case, "ask_customer"), posted)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "Choose a date that is still to come." in text
    assert "Was the phone yours?" in text


@pytest.mark.parametrize(
    ("state", "name", "status"),
    [
        ("assigned", "close", 409),
        ("assigned", "propose_decision", 409),
        ("investigating", "assign_to", 403),
        ("investigating", "conclude_appeal", 404),
        ("investigating", "nonsense", 404),
        ("in_review", "sign_off", 403),
    ],
)
def test_closed_move_answers_with_its_status(
    people: People, client: Client, state: str, name: str, status: int
) -> None:
    case = cases.at(people, state)
    client.force_login(people.security)
    for ask in (client.get, client.post):
        assert ask(do(case, name), {"version": case.version}).status_code == status


def test_own_proposal_is_refused_in_words(people: People, client: Client) -> None:
    from teams.services import add_member

    case = cases.at(people, "in_review")
    security = Team.objects.get(code="security")
    add_member(user=people.security, team=security, role="lead", actor=people.admin)
    client.force_login(people.security)
    html = client.get(page_of(case)).content.decode()
    assert "You proposed this decision." in html
    answer = client.post(do(case, "sign_off"), {"version": case.version})
    assert answer.status_code == 422
    assert case.decisions.get().sign_offs.count() == 0


def test_second_tab_meets_what_the_first_one_did(
    people: People, client: Client
) -> None:
    case = cases.at(people, "investigating")
    client.force_login(people.security_lead)
    seen = case.version
    risk = Team.objects.get(code="risk").pk
    perform(case, "assign_to", actor=people.security_lead, handler=people.security_lead)
    posted = {"version": seen, "team": risk, "reason": "My long reason, typed slowly"}
    answer = client.post(do(case, "reroute"), posted)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody changed this case" in text
    assert "Security_Lead" in text
    assert "My long reason, typed slowly" in text
    case.refresh_from_db()
    assert case.state == "investigating"
    again = client.post(do(case, "reroute"), {**posted, "version": case.version})
    assert again.status_code == 302
    case.refresh_from_db()
    assert case.team.code == "risk"


def test_move_out_of_sight_leads_to_the_queue_with_a_word(
    people: People, client: Client
) -> None:
    case = cases.at(people, "investigating")
    client.force_login(people.security)
    posted = {
        "version": case.version,
        "team": Team.objects.get(code="risk").pk,
        "reason": "A trading matter",
    }
    answer = client.post(do(case, "reroute"), posted, follow=True)
    assert answer.redirect_chain == [(LIST, 302)]
    assert "You no longer see" in answer.content.decode()
    assert client.get(page_of(case)).status_code == 404


def test_grave_move_asks_once_more(people: People, client: Client) -> None:
    case = cases.filed(people)
    client.force_login(people.support_lead)
    posted: dict[str, Any] = {
        "version": 0,
        "ground": "not_a_client",
        "explanation": "You have no account here.",
    }
    assert client.post(do(case, "refuse_admission"), posted).status_code == 422
    case.refresh_from_db()
    assert case.state == "received"
    posted["sure"] = "on"
    assert client.post(do(case, "refuse_admission"), posted).status_code == 302
    case.refresh_from_db()
    assert (case.state, case.refusal_ground) == ("inadmissible", "not_a_client")


def test_merge_takes_only_a_reference_in_sight(people: People, client: Client) -> None:
    case = cases.at(people, "assigned")
    hidden = cases.filed(people)
    client.force_login(people.security)
    posted = {
        "version": case.version,
        "survivor": hidden.reference,
        "reason": "The same",
    }
    answer = client.post(do(case, "merge_into"), posted)
    assert answer.status_code == 422
    assert "There is no such complaint here." in answer.content.decode()


def test_executor_carries_a_remedy_out(people: People, client: Client) -> None:
    case = cases.at(people, "remedying")
    remedy = case.remedies.get()
    base = f"/admin/complaints/remedy/{remedy.pk}/do/"
    client.force_login(people.executor)
    html = client.get(page_of(case)).content.decode()
    assert f"{base}start/" in html
    assert client.post(f"{base}start/", {"version": remedy.version}).status_code == 302
    remedy.refresh_from_db()
    done = {"version": remedy.version, "proof": ""}
    assert client.post(f"{base}complete/", done).status_code == 422
    done["proof"] = "ledger-77"
    assert client.post(f"{base}complete/", done).status_code == 302
    remedy.refresh_from_db()
    assert (remedy.state, remedy.payout.proof) == ("executed", "ledger-77")


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/New_York"])
@pytest.mark.parametrize("moment", ["9999-12-31T23:59", "0001-01-01T00:00"])
def test_a_date_at_the_end_of_the_calendar_is_refused_in_words(
    people: People, client: Client, zone: str, moment: str
) -> None:
    case = cases.at(people, "investigating")
    people.security.time_zone = zone
    people.security.save()
    client.force_login(people.security)
    posted = {"version": case.version, "question": "Which day?", "answer_by": moment}
    with timezone.override(ZoneInfo(zone)):
        answer = client.post(do(case, "ask_customer"), posted)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "Choose a date within ten years." in html
    assert "Which day?" in html


@pytest.mark.parametrize("name", ["admit", "refuse_admission", "not_a_complaint"])
def test_what_the_customer_wrote_is_read_where_it_is_judged(
    name: str, people: People, client: Client
) -> None:
    case = cases.filed(people, description="At 02:14 it went.")
    client.force_login(people.support_lead)

    page = client.get(do(case, name)).content.decode()

    assert case.subject in page
    assert "At 02:14 it went." in page


@pytest.mark.parametrize(("left", "days"), [(40, 14), (5, 5)])
def test_customer_is_asked_until_a_day_that_leaves_time(
    left: int, days: int, people: People, client: Client
) -> None:
    """Fourteen days by the house, and never past what the law asks of us."""
    case = cases.at(people, "investigating")
    ends = timezone.now() + timedelta(days=left)
    law = Clock.objects.filter(complaint=case, step="statutory_decision")
    assert law.update(due_at=ends) == 1
    client.force_login(people.security)

    form = client.get(do(case, "ask_customer")).context["form"]

    given = form["answer_by"].initial - timezone.now()
    assert timedelta(days=days - 1) < given <= timedelta(days=days + 1)
