"""A request for protection: asked, seen, answered by a measure or in words."""

import pytest
from django.test import Client

from complaints.errors import IllegalMove, NotPermitted
from complaints.models import Clock, Complaint, Draft, Event
from complaints.permissions import viewer_of
from complaints.services import protect
from tests.complaints.portal.forms import GUEST, NEW, key_of
from tests.people import People

pytestmark = pytest.mark.django_db


@pytest.fixture
def guest(people: People) -> Client:
    return Client()


@pytest.fixture
def case(guest: Client) -> Complaint:
    key = key_of(guest, f"{NEW}urgent/")
    data = {"danger": "intruder", "key": key, **GUEST}
    guest.post(f"{NEW}urgent/", data)
    return Complaint.objects.get()


def _page(client: Client, case: Complaint, part: str = "") -> str:
    url = f"/complaints/{case.reference}/protection/{part}"
    return client.get(url).content.decode()


def test_state_is_shown_with_its_limit(guest: Client, case: Complaint) -> None:
    page = _page(guest, case)
    assert "You asked us to end all sessions." in page
    assert 'data-state="waiting"' in page
    assert "They answer at the latest by" in page
    assert _page(guest, case, "state/").strip() in page
    clock = Clock.objects.get(complaint=case, step="protect")
    assert (clock.due_at - clock.started_at).total_seconds() == 3600


def test_case_page_leads_back_until_the_rest_is_told(
    guest: Client, case: Complaint
) -> None:
    url = f"/complaints/{case.reference}/"
    assert f'href="{url}protection/"' in guest.get(url).content.decode()
    Draft.objects.update(sent_at=case.received_at)
    assert f'href="{url}protection/"' not in guest.get(url).content.decode()


def test_taking_it_on_is_seen(people: People, guest: Client, case: Complaint) -> None:
    desk = Client()
    desk.force_login(people.security)
    page = f"/admin/complaints/complaint/{case.pk}/"
    assert "I am on it" in desk.get(f"{page}change/").content.decode()
    assert 'data-state="waiting"' in _page(guest, case)

    answer = desk.post(f"{page}act/protection-seen/", follow=True)

    assert f"{people.security} is on it since" in answer.content.decode()
    assert "I am on it" not in answer.content.decode()
    assert 'data-state="seen"' in _page(guest, case)
    assert case.protection_requests.get().seen_by == people.security


def test_taken_on_once_and_by_security_alone(people: People, case: Complaint) -> None:
    with pytest.raises(NotPermitted):
        protect.note_seen(complaint=case, actor=people.support)
    protect.note_seen(complaint=case, actor=people.security)
    with pytest.raises(IllegalMove):
        protect.note_seen(complaint=case, actor=people.security_lead)
    assert case.protection_requests.get().seen_by == people.security
    taken = Event.objects.get(stream=case.stream, what="protection_seen")
    assert taken.actor == people.security


def test_measure_answers_it(people: People, guest: Client, case: Complaint) -> None:
    protect.impose(complaint=case, kind="freeze", reason="", actor=people.security)
    page = _page(guest, case)
    assert 'data-state="done"' in page
    assert "Done: Account frozen." in page
    asked = case.protection_requests.get()
    assert asked.measure == case.interim_measures.get()
    assert not Clock.objects.filter(step="protect", stopped_at=None).exists()


def test_declined_in_words(people: People, guest: Client, case: Complaint) -> None:
    asked = case.protection_requests.get()
    words = "Nobody was in your account: it was your own phone."
    with pytest.raises(NotPermitted):
        protect.decline_protection(request=asked, reason=words, actor=people.support)
    protect.decline_protection(request=asked, reason=words, actor=people.security)
    page = _page(guest, case)
    assert 'data-state="declined"' in page
    assert words in page
    assert Event.objects.filter(what="protection_declined").count() == 1
    with pytest.raises(IllegalMove):
        protect.decline_protection(request=asked, reason=words, actor=people.security)


def test_strangers_see_nothing(people: People, case: Complaint) -> None:
    stranger = Client()
    stranger.force_login(people.other_customer)
    for part in ("", "state/"):
        url = f"/complaints/{case.reference}/protection/{part}"
        assert stranger.get(url).status_code == 404
        assert stranger.post(url).status_code in (404, 405)
    with pytest.raises(NotPermitted):
        protect.ask_protection(
            complaint=case, kind="freeze", actor=viewer_of(people.other_customer)
        )
