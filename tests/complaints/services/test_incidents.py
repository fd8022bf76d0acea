"""Incidents: who opens them."""

import pytest
from django.utils import timezone

from complaints.errors import (
    NotPermitted,
)
from complaints.permissions import viewer_of
from complaints.services import incidents
from complaints.services.incidents import Scope, open_incident
from teams.models import Team
from tests.complaints.services.incident_steps import an_incident
from tests.people import People

pytestmark = pytest.mark.django_db


def test_leads_and_the_head_open_others_do_not(people: People) -> None:
    assert an_incident(people).stream.startswith("incident:")
    team = Team.objects.get(code="security")
    for user, may in ((people.head, True), (people.security, False)):
        assert incidents.may_open(viewer_of(user), team) is may
    with pytest.raises(NotPermitted):
        open_incident(
            title="No",
            team=team,
            scope=Scope(since=timezone.now()),
            actor=people.risk_lead,
        )
