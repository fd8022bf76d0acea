"""What is done on a case beside transitions: each act on a page of its own."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from complaints.models import Complaint
from complaints.services import conferences, protect
from complaints.services.consult import consult
from complaints.services.privacy import retention
from complaints.workflow import perform
from teams.models import Team
from tests import cases
from tests.people import People

pytestmark = pytest.mark.django_db

LIST = "/admin/complaints/complaint/"


def url(case: Complaint, end: str) -> str:
    return f"{LIST}{case.pk}/{end}"


def test_file_is_sealed_into_the_case(people: People, client: Client) -> None:
    case = cases.at(people, "investigating")
    client.force_login(people.security)
    posted = {
        "file": SimpleUploadedFile("log.txt", b"23:09 sign-in"),
        "kind": "system_log",
        "source": "Account records",
    }
    assert client.post(url(case, "act/evidence/"), posted).status_code == 302
    file = case.evidence.get()
    assert (file.original_name, file.kind, file.shared_with_customer) == (
        "log.txt",
        "system_log",
        False,
    )


def test_hostile_file_is_refused_in_words(people: People, client: Client) -> None:
    case = cases.at(people, "investigating")
    client.force_login(people.security)
    page = SimpleUploadedFile("x.png", b"<html><script>alert(1)</script></html>")
    answer = client.post(
        url(case, "act/evidence/"), {"file": page, "kind": "other", "source": ""}
    )
    assert answer.status_code == 422
    assert "We cannot take this kind of file." in answer.content.decode()
    assert case.evidence.count() == 0


def test_measure_needs_a_second_person(people: People, client: Client) -> None:
    case = cases.at(people, "investigating")
    client.force_login(people.security)
    posted = {"kind": "withdrawal_lock", "reason": "New device"}
    assert client.post(url(case, "act/measure/"), posted).status_code == 302
    measure = case.interim_measures.get()
    review = {"measure": measure.pk, "verdict": "lift"}
    own = client.post(url(case, "act/review-measure/"), review)
    assert own.status_code == 422
    assert "a second person reviews it" in own.content.decode()
    client.force_login(people.security_lead)
    assert client.post(url(case, "act/review-measure/"), review).status_code == 302
    measure.refresh_from_db()
    assert (measure.upheld, measure.lifted_at is not None) == (False, True)


@pytest.mark.parametrize("act", ["point", "measure", "delay"])
def test_act_of_another_role_is_forbidden(
    people: People, client: Client, act: str
) -> None:
    case = cases.at(people, "investigating")
    client.force_login(people.reviewer)
    assert client.get(url(case, f"act/{act}/")).status_code == 403
    assert client.post(url(case, f"act/{act}/"), {"text": "x"}).status_code == 403


def test_declared_conflict_bars_from_taking(people: People, client: Client) -> None:
    case = cases.at(people, "assigned")
    client.force_login(people.security)
    posted = {"kind": "declared", "reason": "My brother"}
    assert client.post(url(case, "act/conflict/"), posted).status_code == 302
    html = client.get(url(case, "change/")).content.decode()
    assert "has a conflict of interest" in html
    answer = client.post(url(case, "do/take/"), {"version": case.version})
    assert answer.status_code == 422


def test_lead_records_the_conflict_of_another(people: People, client: Client) -> None:
    case = cases.at(people, "investigating")
    client.force_login(people.security_lead)
    page = url(case, "act/name-conflict/")
    assert page in client.get(url(case, "change/")).content.decode()
    posted = {"user": people.security.pk, "kind": "related", "reason": ""}

    empty = client.post(page, posted)
    done = client.post(page, {**posted, "reason": "Her cousin"})

    assert (empty.status_code, set(empty.context["form"].errors)) == (422, {"reason"})
    kinds = [kind for kind, _label in empty.context["form"].fields["kind"].choices]
    assert kinds == ["related", "named"]
    assert done["Location"].endswith(f"/{case.pk}/change/#people")
    row = case.conflicts.get()
    assert (row.user, row.kind, row.reason) == (
        people.security,
        "related",
        "Her cousin",
    )
    assert row.recorded_by == people.security_lead
    html = client.get(url(case, "change/")).content.decode()
    assert "The handler has a conflict of interest." in html


@pytest.mark.parametrize("name", ["security", "head", "compliance_officer"])
def test_only_a_lead_of_the_team_names_another(
    people: People, client: Client, name: str
) -> None:
    case = cases.at(people, "in_review")
    client.force_login(getattr(people, name))
    page = url(case, "act/name-conflict/")
    posted = {"user": people.security_lead.pk, "kind": "related", "reason": "x"}

    assert page not in client.get(url(case, "change/")).content.decode()
    assert client.post(page, posted).status_code == 403
    assert not case.conflicts.exists()


def test_question_is_taken_back_by_a_button(people: People, client: Client) -> None:
    case = cases.at(people, "investigating")
    team = Team.objects.get(code="risk")
    client.force_login(people.security)
    page = url(case, "act/end-consultation/")
    assert client.get(page).status_code == 403
    consult(complaint=case, team=team, question="Whose?", actor=people.security)
    assert page in client.get(url(case, "change/")).content.decode()
    access = case.accesses.get(kind="consultation")

    done = client.post(page, {"access": access.pk})

    assert done["Location"].endswith("#consultations")
    access.refresh_from_db()
    assert access.revoked_at is not None
    client.force_login(people.risk)
    assert client.get(url(case, "change/")).status_code == 404
    assert client.post(page, {"access": access.pk}).status_code == 404


def test_team_answers_its_own_question_and_reads_it_whole(
    people: People, client: Client
) -> None:
    """A question put to another team is no choice: it was the first one, and led to a
    page that is not there."""
    case = cases.at(people, "investigating")
    long = "Whose is the order? " * 20
    for code, question in (("risk", long), ("legal", "May we pay?")):
        team = Team.objects.get(code=code)
        consult(complaint=case, team=team, question=question, actor=people.security)
    client.force_login(people.risk)

    page = client.get(url(case, "act/answer/"))

    asked = case.accesses.get(team__code="risk")
    assert list(page.context["form"].fields["access"].queryset) == [asked]
    assert [quote.text for quote in page.context["about"]] == [long.strip()]
    assert "May we pay?" not in page.content.decode()
    done = client.post(url(case, "act/answer/"), {"access": asked.pk, "answer": "A."})
    assert done.status_code == 302


@pytest.mark.parametrize(
    ("act", "told"),
    [
        ("hand-over-read", "The log is with Tech."),
        ("lift-hold", "Court of Berlin, 12 O 345/26"),
        ("end-consultation", "Whose?"),
        ("minutes", "Who bears it?"),
        ("call-off", "Who bears it?"),
        ("point", "At 02:14"),
        ("review-measure", "Account frozen"),
    ],
)
def test_act_shows_what_it_is_about(
    act: str, told: str, people: People, client: Client
) -> None:
    """Nobody ticks off, lifts or reviews what the page does not show."""
    given = {"funds_at_risk": True, "description": "At 02:14 it went."}
    case = cases.at(people, "investigating", **given)
    who = one_of_each(people, case).get(act, people.security)
    client.force_login(who)

    page = client.get(url(case, f"act/{act}/")).content.decode()

    assert case.subject in page
    assert told in page


def one_of_each(people: People, case: Complaint) -> dict[str, Any]:
    """A case with one of all that is open; who does what if not its handler."""
    lead = people.security_lead
    note = {"handler": people.security, "hand_over": "The log is with Tech."}
    perform(case, "assign_to", actor=lead, **note)
    team = Team.objects.get(code="risk")
    consult(complaint=case, team=team, question="Whose?", actor=people.security)
    conferences.call(
        complaint=case,
        agenda="Who bears it?",
        starts_at=timezone.now() + timedelta(days=1),
        length=timedelta(minutes=30),
        people=[people.security],
        actor=people.security,
    )
    retention.hold(
        complaint=case, reason="Court of Berlin, 12 O 345/26", actor=people.head
    )
    protect.impose(
        complaint=case, kind="freeze", reason="It goes on.", actor=people.security
    )
    return {"lift-hold": people.head, "review-measure": lead}
