"""Who comes into an incident, who goes out, and what stays out."""

import pytest

from complaints.errors import (
    IllegalMove,
    NotVisible,
)
from complaints.ledger import verify
from complaints.models import Complaint, Event, Incident, IncidentCase
from complaints.permissions import viewer_of
from complaints.services import barriers, incident_members
from complaints.services.incident_members import add_cases, remove_case
from complaints.states import Barrier
from tests import cases
from tests.complaints.services.incident_steps import an_incident, with_members
from tests.people import People

pytestmark = pytest.mark.django_db


def test_member_comes_in_once_and_goes_out_on_both_ledgers(people: People) -> None:
    incident, (case,) = with_members(people, "assigned")

    again = add_cases(incident=incident, cases=[case.pk], actor=people.security_lead)
    remove_case(incident=incident, complaint=case, actor=people.security_lead)

    assert (again.joined, again.refused) == (0, ())
    for stream in (case.stream, incident.stream):
        said = Event.objects.filter(stream=stream, what__startswith="incident_")
        wanted = {"incident_joined", "incident_left"}
        assert wanted <= set(said.values_list("what", flat=True))
    row = IncidentCase.objects.get()
    assert (row.removed_by, incident_members.incident_of(case)) == (
        people.security_lead,
        None,
    )
    with pytest.raises(IllegalMove):
        remove_case(incident=incident, complaint=case, actor=people.security_lead)
    assert list(verify()) == []


def test_what_stays_out(people: People) -> None:
    """Cases of other teams, of another incident, and behind a barrier."""
    _first, (taken,) = with_members(people, "assigned")
    other = an_incident(people)
    foreign = cases.filed(people)
    barred = cases.at(people, "assigned")
    Complaint.objects.filter(pk=barred.pk).update(barrier=Barrier.values[1])

    done = add_cases(
        incident=other,
        cases=[taken.pk, foreign.pk, barred.pk],
        actor=people.security_lead,
    )

    assert done.joined == 0
    assert [pk for pk, _words in done.refused] == [taken.pk, foreign.pk, barred.pk]
    with pytest.raises(NotVisible):
        add_cases(incident=other, cases=[taken.pk], actor=people.risk)
    assert Incident.objects.visible_to(viewer_of(people.risk)).count() == 0


def test_whoever_is_let_through_a_barrier_brings_nothing_out(people: People) -> None:
    incident, case = an_incident(people), cases.at(people, "assigned")
    officer, lead = people.compliance_officer, people.security_lead
    barrier = barriers.put_up(
        complaint=case,
        kind="insider",
        reason="About one of us.",
        actor=officer,
        whole=True,
    )
    barriers.let_in(barrier=barrier, user=lead, actor=officer)
    assert Complaint.objects.visible_to(viewer_of(lead)).filter(pk=case.pk).exists()

    done = add_cases(incident=incident, cases=[case.pk], actor=lead)

    assert (done.joined, incident.members.count()) == (0, 0)
    assert "restricted" in done.refused[0][1]
