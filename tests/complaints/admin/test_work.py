"""Tasks, the care marker, related cases, and what the page of a case costs."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from complaints import ledger
from complaints.errors import InvalidInput, NotPermitted
from complaints.models import (
    CareMarker,
    Complaint,
    Event,
    EventText,
    InformationBarrier,
    Message,
    Task,
)
from complaints.permissions import as_staff, viewer_of
from complaints.selectors.related import named_elsewhere, related_cases
from complaints.selectors.timeline import staff_timeline, story_page
from complaints.services import care, consult, correspond, task_list
from complaints.workflow import perform
from teams.models import Team
from tests import cases
from tests.people import People

pytestmark = pytest.mark.django_db

LIST = "/admin/complaints/complaint/"
CASE_PAGE_QUERIES = 17


def give(case: Complaint, people: People, **given: Any) -> Task:
    asked = {"text": "Phone them", "actor": people.security, **given}
    return task_list.give_task(complaint=case, **asked)


# Tasks --------------------------------------------------------------------------------


def test_task_is_given_and_done_on_the_ledger(people: People, client: Client) -> None:
    case = cases.at(people, "investigating")
    client.force_login(people.security_lead)
    day = timezone.localdate() + timedelta(days=3)
    posted = {"text": "Phone them", "assignee": people.security.pk, "due_on": day}
    done = client.post(f"{LIST}{case.pk}/act/task/", posted)
    assert done["Location"].endswith("#tasks")
    task = Task.objects.get()

    client.force_login(people.security)
    assert "Phone them" in client.get(f"{LIST}tasks/").content.decode()
    url = f"{LIST}{case.pk}/task/{task.pk}/done/"
    assert client.post(url).status_code == 302
    task.refresh_from_db()
    assert task.done_by == people.security
    assert "Phone them" not in client.get(f"{LIST}tasks/").content.decode()

    events = list(Event.objects.filter(stream=case.stream, what__startswith="task"))
    assert [event.what for event in events] == ["task_given", "task_done"]
    assert "Phone" not in json.dumps([event.payload for event in events])
    assert list(ledger.verify()) == []
    assert client.post(url).status_code == 302
    assert len(Event.objects.filter(what="task_done")) == 1


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("security", 302),
        ("security_lead", 302),
        ("reviewer", 403),
        ("head", 403),
        ("tech", 404),
    ],
)
def test_who_gives_and_does_tasks(
    people: People, client: Client, who: str, status: int
) -> None:
    case = cases.at(people, "investigating")
    task = give(case, people)
    client.force_login(getattr(people, who))
    given = client.post(f"{LIST}{case.pk}/act/task/", {"text": "Another"})
    done = client.post(f"{LIST}{case.pk}/task/{task.pk}/done/")
    assert (given.status_code, done.status_code) == (status, status)
    task.refresh_from_db()
    assert bool(task.done_at) == (status == 302)


def test_task_of_another_case_is_not_there(people: People, client: Client) -> None:
    case, other = cases.at(people, "investigating"), cases.at(people, "received")
    task = give(case, people)
    client.force_login(people.security_lead)
    url = f"{LIST}{other.pk}/task/{task.pk}/done/"
    assert client.post(url).status_code == 404


def test_nobody_is_given_a_task_on_a_case_they_cannot_see(people: People) -> None:
    case = cases.at(people, "investigating")
    with pytest.raises(InvalidInput, match="cannot see this case"):
        give(case, people, assignee=people.tech)
    asked = Team.objects.get(code="tech")
    consult.consult(complaint=case, team=asked, question="?", actor=people.security)
    assert give(case, people, assignee=people.tech).assignee == people.tech
    with pytest.raises(NotPermitted):
        give(case, people, actor=people.reviewer)


def test_list_holds_own_tasks_of_visible_cases_alone(
    people: People, client: Client
) -> None:
    case = cases.at(people, "investigating")
    give(case, people, text="For the leads")
    give(case, people, text="For security", assignee=people.security)
    seen = {
        name: client_page(client, people, name)
        for name in ("security", "security_lead", "risk_lead")
    }
    assert "For security" in seen["security"]
    assert "For the leads" not in seen["security"]
    assert "For the leads" in seen["security_lead"]
    assert case.reference not in seen["risk_lead"]
    risk = Team.objects.get(code="risk")
    perform(case, "reroute", actor=people.security, team=risk, reason="Theirs")
    assert case.reference not in client_page(client, people, "security")
    assert "For the leads" in client_page(client, people, "risk_lead")


def client_page(client: Client, people: People, name: str) -> str:
    client.force_login(getattr(people, name))
    return client.get(f"{LIST}tasks/").content.decode()


def test_message_on_a_finished_case_is_one_task_of_the_leads(people: People) -> None:
    case = cases.at(people, "closed")
    for text in ("One more thing", "And another"):
        correspond.customer_writes(complaint=case, text=text, actor=people.customer)
    task = Task.objects.get()
    assert (task.origin, task.assignee, task.done_at) == ("message", None, None)
    viewer = as_staff(viewer_of(people.security_lead))
    assert list(task_list.open_tasks(viewer)) == [task]

    correspond.reply(complaint=case, text="We read it.", actor=people.security)
    task.refresh_from_db()
    assert task.done_by == people.security
    assert list(ledger.verify()) == []


def test_task_of_a_note_behind_a_barrier_is_seen_no_more(
    people: People, client: Client
) -> None:
    case = cases.at(people, "investigating")
    text = "@security_lead, I suspect him."
    said = correspond.note(complaint=case, text=text, actor=people.security)
    task = Task.objects.get()
    barrier = InformationBarrier.objects.create(
        complaint=case,
        kind="privilege",
        whole=False,
        raised_by=people.legal,
        raised_at=timezone.now(),
    )
    Message.objects.filter(pk=said.pk).update(behind=barrier)
    client.force_login(people.security_lead)
    page = client.get(f"{LIST}{case.pk}/change/").content.decode()
    assert "Named in a note" not in page
    assert "Named in a note" not in client.get(f"{LIST}tasks/").content.decode()
    url = f"{LIST}{case.pk}/task/{task.pk}/done/"
    assert client.post(url).status_code == 404


def test_message_on_a_running_case_is_no_task(people: People) -> None:
    case = cases.at(people, "investigating")
    correspond.customer_writes(complaint=case, text="Well?", actor=people.customer)
    assert not Task.objects.exists()


# Care ---------------------------------------------------------------------------------


@pytest.fixture
def cared(people: People) -> Complaint:
    case = cases.at(people, "investigating")
    care.set_care(
        complaint=case,
        kind="resilience",
        note="zwiebelkuchen",
        actor=people.security_lead,
    )
    return case


@pytest.mark.parametrize(
    ("who", "status", "words"),
    [
        ("security_lead", 200, "Marker set, read it"),
        ("head", 200, "Marker set, read it"),
        ("security", 403, "Marker set, ask a lead"),
        ("reviewer", 403, ""),
        ("risk_lead", 403, ""),
        ("tech", 404, None),
    ],
)
def test_who_reads_the_care_marker(
    people: People,
    client: Client,
    cared: Complaint,
    who: str,
    status: int,
    words: str | None,
) -> None:
    risk = Team.objects.get(code="risk")
    consult.consult(complaint=cared, team=risk, question="?", actor=people.security)
    user = getattr(people, who)
    client.force_login(user)
    page = client.get(f"{LIST}{cared.pk}/change/").content.decode()
    assert "zwiebelkuchen" not in page
    assert words is None or (words or "Care</dt>") in page or words == ""
    assert words != "" or "Care</dt>" not in page

    answer = client.get(f"{LIST}{cared.pk}/care/")
    assert answer.status_code == status
    assert ("zwiebelkuchen" in answer.content.decode()) == (status == 200)
    reads = Event.objects.filter(what="care_read", actor=user)
    assert reads.exists() == (status == 200)
    new = {"kind": "other", "note": "Other words"}
    wanted = 302 if status == 200 else status
    assert client.post(f"{LIST}{cared.pk}/care/", new).status_code == wanted
    assert (CareMarker.objects.get().note == "Other words") == (status == 200)
    assert client.post(f"{LIST}{cared.pk}/care/lift/").status_code == wanted
    assert CareMarker.objects.exists() == (status != 200)


def test_what_the_marker_says_stands_in_no_event(
    people: People, cared: Complaint
) -> None:
    care.lift_care(complaint=cared, actor=people.security_lead)
    events = Event.objects.filter(what__startswith="care")
    assert [event.what for event in events] == ["care_set", "care_lifted"]
    payloads = json.dumps([event.payload for event in events])
    assert "resilience" not in payloads
    assert "zwiebel" not in payloads
    assert not EventText.objects.filter(event__in=events).exists()
    assert not CareMarker.objects.exists()


@pytest.mark.parametrize("who", ["security", "risk_lead"])
def test_timeline_tells_nothing_of_care(
    people: People, cared: Complaint, who: str
) -> None:
    risk = Team.objects.get(code="risk")
    consult.consult(complaint=cared, team=risk, question="?", actor=people.security)
    viewer = as_staff(viewer_of(getattr(people, who)))
    story = staff_timeline(cared, viewer)
    assert not [entry for entry in story if "care" in entry.sentence]


# Related ------------------------------------------------------------------------------


def test_related_cases_say_why_and_hide_what_is_not_the_viewers(
    people: People,
) -> None:
    case = cases.at(people, "investigating")
    twin = cases.at(people, "investigating", by=people.other_customer)
    named = (("transaction", "other", "tron"),)
    own = cases.at(people, "investigating", identifiers=named)
    stranger = {"by": people.other_customer, "identifiers": named}
    cases.at(people, "investigating", **stranger)
    hidden = cases.filed(people, by=people.other_customer, funds_at_risk=False)
    cases.admit(people, hidden, team="risk")

    rows = list(named_elsewhere(case.pk))
    found = related_cases(case, as_staff(viewer_of(people.security)), rows)
    said = {row.case: row.why for row in found}
    assert said == {
        twin: ("names the same transaction",),
        own: ("same customer",),
    }
    assert found[0].named == "9f3c51aa5a697c"


def test_merged_cases_are_related_both_ways(people: People) -> None:
    case = cases.at(people, "merged")
    viewer = as_staff(viewer_of(people.support))
    survivor = case.merged_into
    assert survivor is not None
    [up] = related_cases(case, viewer, [])
    [down] = related_cases(survivor, viewer, [])
    assert (up.case, up.why[0]) == (survivor, "this one was merged into it")
    assert (down.case, down.why[0]) == (case, "merged into this one")


# The story and its cost ---------------------------------------------------------------


def _notes(case: Complaint, people: People, number: int) -> None:
    start = case.recorded_at + timedelta(hours=1)
    for i in range(number):
        at = start + timedelta(minutes=i // 2)
        correspond.note(
            complaint=case, text=f"Note {i}.", actor=people.security, now=at
        )


def test_pages_of_the_story_are_the_story(people: People) -> None:
    case = cases.at(people, "answered")
    _notes(case, people, 9)
    viewer = as_staff(viewer_of(people.security))
    whole = staff_timeline(case, viewer)
    paged, before = [], None
    for _page in range(30):
        part = story_page(case, viewer, [], before=before, most=4)
        paged += part.entries
        before = part.earlier
        if before is None:
            break
    assert paged == whole
    assert len(whole) > 15


def test_one_moment_is_never_torn_apart(people: People) -> None:
    case, at = cases.at(people, "received"), timezone.now() + timedelta(hours=1)
    for i in range(6):
        correspond.note(complaint=case, text=f"{i}", actor=people.support, now=at)
    viewer = as_staff(viewer_of(people.support))
    part = story_page(case, viewer, [], most=3)
    bodies = [entry.body for entry in part.entries if entry.kind == "internal"]
    assert bodies == ["5", "4", "3", "2", "1", "0"]
    assert part.earlier == at


def test_earlier_entries_are_a_page_of_their_own(
    people: People, client: Client
) -> None:
    case = cases.at(people, "investigating")
    _notes(case, people, 40)
    client.force_login(people.security)
    first = client.get(f"{LIST}{case.pk}/change/")
    story = first.context["story"]
    assert "Note 39." in first.content.decode()
    assert "Note 0." not in first.content.decode()
    before = {"before": story.earlier}
    older = client.get(f"{LIST}{case.pk}/timeline/", before)
    assert "Note 0." in older.content.decode()
    for none in ("x", "0001-01-01T00:00:00+14:00"):
        odd = client.get(f"{LIST}{case.pk}/timeline/", {"before": none})
        assert odd.status_code == 200
    client.force_login(people.tech)
    assert client.get(f"{LIST}{case.pk}/timeline/", before).status_code == 404


def _queries(client: Client, case: Complaint) -> int:
    url = f"{LIST}{case.pk}/change/"
    client.get(url)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


def test_page_costs_no_more_the_longer_its_case_is(
    people: People, client: Client
) -> None:
    case = cases.at(people, "investigating")
    client.force_login(people.security)
    _notes(case, people, 1)
    give(case, people)
    before = _queries(client, case)
    _notes(case, people, 60)
    for _i in range(10):
        give(case, people, assignee=people.security)
    cases.filed(people)
    assert _queries(client, case) <= before <= CASE_PAGE_QUERIES


@pytest.mark.parametrize(
    "state",
    ["assigned", "in_review", "answered", "appealed", "closed"],
)
def test_page_costs_no_more_in_another_state(
    people: People, client: Client, case_at: Callable[..., Complaint], state: str
) -> None:
    case = case_at(state)
    client.force_login(people.security)
    assert _queries(client, case) <= CASE_PAGE_QUERIES
