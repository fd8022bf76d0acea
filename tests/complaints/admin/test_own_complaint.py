"""Staff who are customers too: at the desk their own complaint does not exist."""

import pytest
from django.test import Client
from django.urls import reverse

from complaints.models import Complaint, Event
from complaints.services import correspond
from tests import cases
from tests.people import People

pytestmark = pytest.mark.django_db

SECRET = "We suspect the complainant themselves"


@pytest.fixture
def own_case(people: People) -> Complaint:
    """A complaint of somebody of the very team that works on it."""
    case = cases.filed(people, by=people.security)
    cases.admit(people, case)
    correspond.note(complaint=case, text=SECRET, actor=people.security_lead)
    return case


@pytest.mark.parametrize(
    "page", ["complaints_complaint_change", "complaints_complaint_draft"]
)
def test_they_read_no_notes_on_their_own_complaint(
    client: Client, people: People, own_case: Complaint, page: str
) -> None:
    client.force_login(people.security)
    answer = client.get(reverse(f"admin:{page}", args=[own_case.pk]))
    assert answer.status_code == 404
    client.force_login(people.security_lead)
    shown = client.get(reverse("admin:complaints_complaint_change", args=[own_case.pk]))
    assert SECRET in shown.content.decode()


def test_support_has_no_status_page_of_its_own_complaint(
    client: Client, people: People
) -> None:
    case = cases.filed(people, by=people.support)
    client.force_login(people.support)
    for page in ("change", "status"):
        address = reverse(f"admin:complaints_complaint_{page}", args=[case.pk])
        assert client.get(address).status_code == 404


def test_they_may_still_read_it_as_its_customer(
    client: Client, people: People, own_case: Complaint
) -> None:
    client.force_login(people.security)
    answer = client.get(reverse("portal:case", args=[own_case.reference]))
    assert answer.status_code == 200
    assert SECRET not in answer.content.decode()


def test_a_customer_who_works_here_acts_on_other_cases_as_staff(
    client: Client, people: People, own_case: Complaint
) -> None:
    case = cases.filed(people)
    cases.admit(people, case)
    client.force_login(people.security)
    address = reverse("admin:complaints_complaint_write", args=[case.pk])
    assert (
        client.post(address, {"kind": "note", "note-text": "A note"}).status_code == 302
    )
    event = Event.objects.get(stream=case.stream, what="note")
    assert event.actor_role == "staff"
