"""Who is in a case: only for those who see it, and only while they are there."""

from datetime import timedelta

import pytest
from django.utils import timezone

from complaints.errors import NotVisible
from complaints.models import Complaint, Event, Presence
from complaints.models.desk import PRESENCE_LIVES
from complaints.permissions import viewer_of
from complaints.selectors.desk import here
from complaints.services import presence
from teams.models import User
from tests import cases
from tests.people import People

pytestmark = pytest.mark.django_db


def found(case: Complaint, user: User) -> list[tuple[str, bool]]:
    people = here([case.pk], viewer_of(user)).get(case.pk, [])
    return [(one.name, one.writing) for one in people]


def test_others_are_shown_while_they_are_there(people: People) -> None:
    case, now = cases.at(people, "investigating"), timezone.now()
    before, lead = Event.objects.count(), people.security_lead
    presence.be_here(complaint=case, actor=people.security, now=now)
    presence.be_here(complaint=case, actor=lead, writing=True, now=now)

    assert found(case, people.security) == [(str(lead), True)]
    assert found(case, lead) == [(str(people.security), False)]
    presence.be_here(complaint=case, actor=lead, now=now)
    assert found(case, people.security) == [(str(lead), False)]
    presence.leave(complaint=case, actor=lead)
    assert found(case, people.security) == []
    old = now - PRESENCE_LIVES - timedelta(seconds=1)
    presence.be_here(complaint=case, actor=people.security, now=old)
    assert found(case, lead) == []
    assert (Presence.objects.count(), Event.objects.count()) == (1, before)
    assert presence.forget_old(now=now + timedelta(hours=2)) == 1


def test_reader_of_another_team_is_shown_only_when_writing(people: People) -> None:
    case, head = cases.at(people, "investigating"), people.head
    presence.be_here(complaint=case, actor=head)
    assert found(case, people.security) == []
    presence.be_here(complaint=case, actor=head, writing=True)
    assert found(case, people.security) == [(str(head), True)]


@pytest.mark.parametrize("name", ["tech", "outsider", "customer"])
def test_nobody_is_in_a_case_that_they_do_not_see(people: People, name: str) -> None:
    case = cases.at(people, "investigating")
    with pytest.raises(NotVisible):
        presence.be_here(complaint=case, actor=getattr(people, name), writing=True)
    assert not Presence.objects.exists()
