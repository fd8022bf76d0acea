"""Improvement actions and cases closed under their cause, as tests need them."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from complaints import ledger
from complaints.ledger import Entry
from complaints.models import Complaint, ImprovementAction, Party
from complaints.permissions import Viewer
from complaints.services.improvement import Plan, finish, open_action
from teams.models import Team
from tests.people import People

NOW = timezone.now().replace(microsecond=0)
DAY = timedelta(days=1)


def an_action(people: People, **plan: Any) -> ImprovementAction:
    given: dict[str, Any] = {
        "title": "Test the hold each hour",
        "text": "A probe account that withdraws.",
        "cause": "software_fault",
        "owner": people.security,
        "due_on": NOW.date() + 30 * DAY,
    }
    team = Team.objects.get(code="security")
    return open_action(
        team=team, plan=Plan(**given | plan), actor=people.security_lead, now=NOW
    )


def closed(people: People, received: datetime, took: timedelta, cause: str) -> None:
    """A case of the register with its event of closing."""
    case = Complaint(
        customer=Party.objects.create(last_name="Bulk"),
        channel="email",
        received_at=received,
        recorded_by=people.support,
        subject="x",
        description="x",
        team=Team.objects.get(code="security"),
        profile_key="eu_casp-1",
    )
    case.save()
    entry = Entry(
        "close",
        Viewer(people.support),
        received + took,
        {"cause": cause, "cause_scope": "systemic"},
        object_type="complaint",
        object_id=case.pk,
    )
    ledger.append(case.stream, entry)


def done_with(people: People, before: int, after: int) -> ImprovementAction:
    action = an_action(people)
    finish(action=action, words="The probe runs.", actor=people.security, now=NOW)
    for number in range(before):
        closed(people, NOW - (number % 50 + 1) * DAY, 9 * DAY, "software_fault")
    for number in range(after):
        closed(people, NOW + (number % 50 + 1) * DAY, 9 * DAY, "software_fault")
    return action
