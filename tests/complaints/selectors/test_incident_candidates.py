"""Cases that fit an incident."""

import pytest

from complaints.permissions import viewer_of
from complaints.selectors.incident_candidates import candidates
from tests import cases
from tests.complaints.services.incident_steps import with_members
from tests.people import People

pytestmark = pytest.mark.django_db


def test_candidates_name_what_speaks_for_them(people: People) -> None:
    incident, (member,) = with_members(people, "assigned")
    incident.category, incident.words = member.category, "withdrawal"
    incident.save()
    same = cases.at(people, "assigned")
    alike = cases.at(people, "assigned", identifiers=())
    cases.at(people, "assigned", identifiers=(), asset="BTC", category=None)

    found = candidates(incident, viewer_of(people.security_lead))

    assert [(one.case.pk, one.why) for one in found] == [
        (same.pk, ("transaction", "topic", "asset", "text")),
        (alike.pk, ("topic", "asset", "text")),
    ]
    assert candidates(incident, viewer_of(people.risk)) == []
