"""The customer's pages: theirs alone, in words, and nothing moves by looking."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from complaints.models import Complaint, Event, Message
from complaints.reference_number import new_reference
from complaints.services.correspond import note, reply
from complaints.services.evidence import Upload, add_evidence
from complaints.states import State
from tests import cases
from tests.few import few
from tests.people import People

pytestmark = pytest.mark.django_db
OWN = (
    "",
    "received/",
    "message/",
    "answer/",
    "complete/",
    "withdraw/",
    "accept/",
    "decision/",
    "evidence/new/",
    "evidence/1/",
    "remedies/1/",
    "letters/1/",
)


def browser(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize(
    "who",
    few(
        ["other_customer", "outsider", "support", "security", "head", "admin"],
        *("other_customer", "support"),
    ),
)
def test_foreign_and_unknown_are_the_same_not_found(
    people: People, case_at: Callable[..., Complaint], who: str
) -> None:
    case = case_at("answered")
    client = browser(getattr(people, who))
    for page in OWN:
        own = f"/complaints/{case.reference}/{page}"
        codes = [
            client.get(own).status_code,
            client.get(f"/complaints/{new_reference()}/{page}").status_code,
            client.post(own).status_code,
        ]
        assert codes[:2] == [404, 404], page
        assert codes[2] in (404, 405), page


def test_anonymous_is_asked_who_they_are(
    case_at: Callable[..., Complaint], client: Client
) -> None:
    case = case_at("answered")
    for page in OWN:
        for reference in (case.reference, new_reference()):
            answer = client.get(f"/complaints/{reference}/{page}")
            assert answer.status_code == 302, page
            assert answer["Location"].startswith("/track/?reference=")
            assert answer.content == b""


@pytest.mark.parametrize("state", State.values)
def test_page_opens_in_every_state(
    people: People, case_at: Callable[..., Complaint], state: str
) -> None:
    case = case_at(state)
    events = Event.objects.count()
    page = browser(people.customer).get(f"/complaints/{case.reference}/")
    assert page.status_code == 200
    assert str(case.public_label.label) in page.content.decode()
    assert page["Cache-Control"] == "no-store, private"
    assert Event.objects.count() == events


def test_other_spelling_leads_to_the_one(people: People) -> None:
    case = cases.filed(people)
    client = browser(people.customer)
    loose = case.reference.lower().removeprefix("rc-")
    answer = client.get(f"/complaints/{loose}/withdraw/")
    assert answer["Location"] == f"/complaints/{case.reference}/withdraw/"
    assert client.get("/complaints/hello/").status_code == 404


def test_notes_and_hidden_files_stay_inside(
    people: People, case_at: Callable[..., Complaint]
) -> None:
    case = case_at("investigating")
    note(complaint=case, text="he looks suspicious", actor=people.security)
    reply(complaint=case, text="we are looking", actor=people.security)
    hidden = Upload("secret-report.txt", b"x")
    add_evidence(complaint=case, upload=hidden, actor=people.security, shared=False)
    page = (
        browser(people.customer).get(f"/complaints/{case.reference}/").content.decode()
    )
    assert "we are looking" in page
    assert "suspicious" not in page
    assert "secret-report" not in page
    assert people.security.username not in page[: page.index("<footer")]


def test_message_is_kept_once_a_press(people: People) -> None:
    case = cases.filed(people)
    client = browser(people.customer)
    url = f"/complaints/{case.reference}/message/"
    assert client.post(url, {"text": " "}).status_code == 422
    answer = client.post(url, {"text": "<b>One more thing</b>"}, follow=True)
    assert Message.objects.get().text == "<b>One more thing</b>"
    assert "&lt;b&gt;One more thing" in answer.content.decode()


def test_answer_goes_on_with_the_case(
    people: People, case_at: Callable[..., Complaint]
) -> None:
    case = case_at("awaiting_customer")
    client = browser(people.customer)
    url = f"/complaints/{case.reference}/answer/"
    assert "When?" in client.get(url).content.decode()
    client.post(url, {"answer": "At night.", "version": case.version})
    case.refresh_from_db()
    assert case.state == State.INVESTIGATING
    assert case.messages.last().text == "At night."
    gone = client.get(url)
    assert gone.status_code == 409
    assert "moved on" in gone.content.decode()


def test_withdrawing_asks_once_more(people: People) -> None:
    case = cases.filed(people)
    client = browser(people.customer)
    url = f"/complaints/{case.reference}/withdraw/"
    assert "Withdraw the complaint?" in client.get(url).content.decode()
    case.refresh_from_db()
    assert case.state == State.RECEIVED
    client.post(url, {"reason": "", "version": case.version})
    case.refresh_from_db()
    assert case.state == State.WITHDRAWN
    assert client.post(url).status_code == 409


def test_stale_page_is_told_so_and_keeps_the_words(
    people: People, case_at: Callable[..., Complaint]
) -> None:
    case = case_at("investigating")
    url = f"/complaints/{case.reference}/withdraw/"
    data = {"reason": "my reason", "version": case.version - 1}
    answer = browser(people.customer).post(url, data)
    assert answer.status_code == 409
    assert "my reason" in answer.content.decode()
    case.refresh_from_db()
    assert case.state == State.INVESTIGATING


def test_refused_complaint_can_be_completed(
    people: People, case_at: Callable[..., Complaint]
) -> None:
    case = case_at("inadmissible")
    url = f"/complaints/{case.reference}/complete/"
    browser(people.customer).post(
        url, {"addition": "It is yours.", "version": case.version}
    )
    case.refresh_from_db()
    assert case.state == State.RECEIVED


def test_list_shows_own_complaints_and_pages_by_key(people: People) -> None:
    for number in range(23):
        cases.filed(people, subject=f"Case number {number:02}")
    cases.filed(people, by=people.other_customer, subject="Not mine")
    client = browser(people.customer)
    first = client.get("/complaints/")
    page = first.content.decode()
    assert "Case number 22" in page
    assert "Case number 02" not in page
    assert "Not mine" not in page
    older = client.get(first.context["older_url"]).content.decode()
    assert [f"Case number {n:02}" in older for n in (0, 1, 2, 3)] == [True] * 3 + [
        False
    ]


@pytest.mark.parametrize(
    "mark", ["x", "~", "2026-01-01~1", "2026-13-99T00:00:00Z~1", f"a~{'9' * 99}"]
)
def test_broken_mark_means_from_the_top(people: People, mark: str) -> None:
    cases.filed(people, subject="Mine")
    page = browser(people.customer).get("/complaints/", {"after": mark})
    assert "Mine" in page.content.decode()


def test_list_asks_as_often_at_1_3_and_50_rows(people: People) -> None:
    client = browser(people.customer)
    counts = []
    for rows in (1, 2, 47):
        for _row in range(rows):
            cases.filed(people)
        client.get("/complaints/")
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get("/complaints/")
        counts.append(len(asked))
    assert counts[0] == counts[1] == counts[2]


@pytest.mark.parametrize("state", ["received", "answered"])
def test_letters_open_as_a_sheet(
    people: People, case_at: Callable[..., Complaint], state: str
) -> None:
    case = case_at(state)
    letter = case.letters.last()
    client = browser(people.customer)
    page = client.get(f"/complaints/{case.reference}/letters/{letter.pk}/")
    assert page.status_code == 200
    assert case.reference in page.content.decode()
    assert page["Cache-Control"] == "no-store, private"
    other = cases.filed(people)
    foreign = f"/complaints/{other.reference}/letters/{letter.pk}/"
    assert client.get(foreign).status_code == 404
    huge = f"/complaints/{case.reference}/letters/{'9' * 30}/"
    assert client.get(huge).status_code == 404
