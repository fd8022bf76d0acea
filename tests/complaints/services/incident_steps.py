"""Incidents with members, as tests need them."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from complaints.models import BulkRun, Complaint, Incident
from complaints.services import bulk
from complaints.services.incident_findings import Shared, Words
from complaints.services.incident_members import add_cases
from complaints.services.incidents import Scope, open_incident
from teams.models import Team
from tests import cases
from tests.people import People

SHARED = Shared(outcome="upheld", finding="upheld", cause="software_fault", rule="R 4")
WORDS = {"en": Words(summary="You get {amount} back.", reasons="The hold failed.")}


def an_incident(people: People, **scope: Any) -> Incident:
    since = timezone.now() - timedelta(days=1)
    return open_incident(
        title="Holds were not applied",
        team=Team.objects.get(code="security"),
        scope=Scope(since=since, **scope),
        actor=people.security_lead,
    )


def with_members(people: People, *states: str) -> tuple[Incident, list[Complaint]]:
    incident = an_incident(people, asset="USDT")
    rows = [cases.at(people, state) for state in states]
    keys = [case.pk for case in rows]
    done = add_cases(incident=incident, cases=keys, actor=people.security_lead)
    assert (done.joined, done.refused) == (len(rows), ())
    return incident, rows


def run(people: Any, incident: Incident, act: str, rows: list[Complaint]) -> BulkRun:
    for case in rows:
        case.refresh_from_db()
    return bulk.run(
        key=f"{act}-{people.pk}",
        act=act,
        cases=[(case.pk, case.version) for case in rows],
        given={"incident": incident},
        actor=people,
    )


def outcomes(done: BulkRun) -> list[str]:
    return [item["outcome"] for item in done.items]
