"""A hand-over note stays on top until those who have the case now have read it."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from complaints.errors import IllegalMove, NotPermitted
from complaints.models import Complaint, Event, HandOver
from complaints.services.hand_over import note_read
from complaints.workflow import perform
from teams.models import Team
from tests.people import People

CaseAt = Callable[..., Complaint]
pytestmark = pytest.mark.django_db
WORDS = "The customer calls at nine; the bank answers on Friday."


@pytest.fixture
def handed(people: People, case_at: CaseAt) -> Complaint:
    """Rerouted to risk by who had it."""
    case = case_at("investigating")
    risk = Team.objects.get(code="risk")
    perform(case, "reroute", actor=people.security, team=risk, reason=WORDS)
    return case


def page(client: Client, case: Complaint) -> str:
    address = reverse("admin:complaints_complaint_change", args=[case.pk])
    return client.get(address).content.decode()


def test_it_stands_on_top_until_it_is_read(
    people: People, handed: Complaint, client: Client
) -> None:
    client.force_login(people.risk)
    assert "Hand-over note from Security" in page(client, handed)

    act = reverse("admin:complaints_complaint_act", args=[handed.pk, "hand-over-read"])
    assert client.post(act).status_code == 302

    after = page(client, handed)
    assert "Hand-over note from" not in after
    assert WORDS in after  # the timeline keeps it
    note = HandOver.objects.get()
    assert note.read_by == people.risk
    assert Event.objects.get(what="hand_over_read").actor == people.risk


def test_handler_alone_ticks_it_off(people: People, handed: Complaint) -> None:
    perform(handed, "take", actor=people.risk)

    with pytest.raises(NotPermitted):
        note_read(complaint=handed, actor=people.risk_lead)
    note_read(complaint=handed, actor=people.risk)
    with pytest.raises(IllegalMove):
        note_read(complaint=handed, actor=people.risk)


def test_assignment_may_bring_one(people: People, case_at: CaseAt) -> None:
    case = case_at("assigned")
    lead = people.security_lead
    perform(case, "assign_to", actor=lead, handler=people.security, hand_over=WORDS)

    with pytest.raises(NotPermitted):
        note_read(complaint=case, actor=lead)
    note_read(complaint=case, actor=people.security)
    assert HandOver.objects.get().event.what == "assign_to"


def test_assignment_without_words_brings_none(people: People, case_at: CaseAt) -> None:
    perform(
        case_at("assigned"),
        "assign_to",
        actor=people.security_lead,
        handler=people.security,
    )

    assert not HandOver.objects.exists()
