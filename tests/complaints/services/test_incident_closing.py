"""When an incident ends."""

from datetime import timedelta

import pytest
from django.utils import timezone

from complaints.errors import (
    GuardRefused,
    IllegalMove,
)
from complaints.models import Event, Incident
from complaints.services.improvement import Plan, open_action
from complaints.services.incident_closing import close_incident
from complaints.services.incident_members import add_cases
from tests import cases
from tests.complaints.services.incident_steps import an_incident, with_members
from tests.people import People

pytestmark = pytest.mark.django_db


def close(people: People, incident: Incident, **given: str) -> Incident:
    said = {"cause": "software_fault", "nature": "systemic", "lesson": "Test holds."}
    return close_incident(
        incident=incident, actor=people.security_lead, **{**said, **given}
    )


def test_it_closes_when_all_are_answered_and_something_is_done(people: People) -> None:
    incident, (case,) = with_members(people, "assigned")
    with pytest.raises(GuardRefused) as refused:
        close(people, incident, lesson=" ")
    codes = [one.code for one in refused.value.refusals]
    assert codes == ["no_lesson", "unanswered", "no_action"]

    cases.perform(case, "withdraw", actor=people.customer)
    plan = Plan(
        title="Watch the holds",
        text="A test each hour",
        cause="software_fault",
        owner=people.security_lead,
        due_on=timezone.localdate() + timedelta(days=30),
        incident=incident,
    )
    open_action(team=incident.team, plan=plan, actor=people.security_lead)
    closed = close(people, incident)

    assert (closed.is_open, closed.cause, closed.version) == (
        False,
        "software_fault",
        1,
    )
    event = Event.objects.get(stream=incident.stream, what="incident_closed")
    assert event.payload["cases"] == 1
    with pytest.raises(IllegalMove):
        close(people, incident)
    done = add_cases(incident=incident, cases=[case.pk], actor=people.security_lead)
    assert done.joined == 0


def test_single_incident_closes_without_an_action(people: People) -> None:
    assert not close(people, an_incident(people), nature="single").is_open
