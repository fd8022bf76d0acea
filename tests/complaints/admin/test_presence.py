"""What open pages ask for: counts, versions, and who else is in a case."""

import pytest
from django.test import Client

from complaints.models import Complaint, Presence
from complaints.services import correspond, presence
from tests import cases
from tests.complaints.admin.test_queue import LIST
from tests.people import People

pytestmark = pytest.mark.django_db


def test_list_and_case_show_who_is_in_a_case(people: People, client: Client) -> None:
    case, lead = cases.at(people, "investigating"), people.security_lead
    presence.be_here(complaint=case, actor=lead, writing=True)
    client.force_login(people.security)

    words = f"writing: {lead}"
    line = client.get(LIST).context["lines"][0]
    told = client.get(f"{LIST}live/", {"cases": f"{case.pk},x,999"}).json()
    page = client.get(f"{LIST}{case.pk}/change/")

    assert (line.here, page.context["here"]) == (words, words)
    assert told["cases"] == {str(case.pk): {"version": case.version, "here": words}}
    assert (told["counts"]["mine"], told["counts"]["unassigned"]) == ("1", "0")
    assert not Presence.objects.filter(user=people.security).exists()
    client.post(f"{LIST}{case.pk}/write/", {"keep": "note", "note-text": "A draft"})
    assert Presence.objects.filter(user=people.security).count() == 1


def test_live_answer_holds_nothing_of_hidden_cases(
    people: People, client: Client
) -> None:
    case = cases.at(people, "investigating")
    presence.be_here(complaint=case, actor=people.security_lead, writing=True)
    Complaint.objects.filter(pk=case.pk).update(barrier="insider")
    client.force_login(people.security)
    told = client.get(f"{LIST}live/", {"cases": str(case.pk)}).json()
    assert told["cases"] == {}
    assert set(told["counts"].values()) == {"0"}


def test_open_case_says_who_is_there_and_that_it_changed(
    people: People, client: Client
) -> None:
    case = cases.at(people, "investigating")
    client.force_login(people.security)
    page = client.get(f"{LIST}{case.pk}/change/")
    url, beat = f"{LIST}{case.pk}/here/", {"state": "write", "seq": page.context["seq"]}

    assert client.post(url, beat).json() == {"here": "", "changed": False}
    assert Presence.objects.get().writing_at is not None
    correspond.note(complaint=case, text="Look here.", actor=people.security_lead)
    assert client.post(url, {**beat, "state": "look"}).json()["changed"] is True
    assert Presence.objects.get().writing_at is None
    assert client.post(url, {"state": "gone"}).status_code == 204
    assert not Presence.objects.exists()
    client.force_login(people.tech)
    assert client.post(url, beat).status_code == 404
    assert client.get(url).status_code == 405
