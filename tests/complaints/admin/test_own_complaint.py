"""Staff who are customers too: at the desk their own complaint does not exist."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from complaints.errors import GuardRefused, NotVisible
from complaints.models import Complaint, Event, Representative
from complaints.services import correspond
from complaints.services.assign import candidates
from complaints.workflow import perform
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


@pytest.fixture
def spoken_for(people: People) -> Complaint:
    """Brought by somebody of the team that works on it; their mandate has ended."""
    case = cases.filed(people, by=people.other_customer)
    cases.admit(people, case)
    Representative.objects.create(
        complaint=case, user=people.security, valid_until=date(2026, 1, 1)
    )
    return case


def test_they_meet_no_complaint_of_somebody_they_speak_for(
    client: Client, people: People, spoken_for: Complaint
) -> None:
    client.force_login(people.security)
    page = reverse("admin:complaints_complaint_change", args=[spoken_for.pk])
    listed = client.get(reverse("admin:complaints_complaint_changelist"))
    assert client.get(page).status_code == 404
    assert spoken_for.reference not in listed.content.decode()
    with pytest.raises(NotVisible):
        perform(spoken_for, "take", actor=people.security)


def test_nobody_gives_them_such_a_complaint(
    people: People, spoken_for: Complaint
) -> None:
    with pytest.raises(GuardRefused) as refused:
        perform(
            spoken_for,
            "assign_to",
            actor=people.security_lead,
            handler=people.security,
        )

    assert [one.code for one in refused.value.refusals] == ["speaks_for_customer"]
    assert people.security not in candidates(spoken_for, timezone.now())


def test_support_does_not_read_its_status_at_the_desk(
    client: Client, people: People, spoken_for: Complaint
) -> None:
    Representative.objects.create(complaint=spoken_for, user=people.support)
    client.force_login(people.support)
    address = reverse("admin:complaints_complaint_status", args=[spoken_for.pk])
    assert client.get(address).status_code == 404
