"""Improvement actions: reminders, and whether the cause fell, from events alone."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from complaints import ledger
from complaints.errors import IllegalMove, InvalidInput, NotPermitted
from complaints.ledger import Entry
from complaints.models import Complaint, Event, ImprovementAction, Outbox, Party
from complaints.permissions import Viewer, viewer_of
from complaints.selectors.causes import pareto
from complaints.services.improvement import (
    Plan,
    effect_of,
    finish,
    open_action,
    remind,
    verify,
)
from teams.models import Team
from tests import cases
from tests.people import People

pytestmark = pytest.mark.django_db
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


# Before and after ---------------------------------------------------------------------


def done_with(people: People, before: int, after: int) -> ImprovementAction:
    action = an_action(people)
    finish(action=action, words="The probe runs.", actor=people.security, now=NOW)
    for number in range(before):
        closed(people, NOW - (number % 50 + 1) * DAY, 9 * DAY, "software_fault")
    for number in range(after):
        closed(people, NOW + (number % 50 + 1) * DAY, 9 * DAY, "software_fault")
    return action


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [(30, 8, "fell"), (8, 30, "rose"), (6, 3, "unclear"), (0, 0, "unclear")],
)
def test_verdict_is_what_the_interval_says(
    people: People, before: int, after: int, verdict: str
) -> None:
    action = done_with(people, before, after)
    late = NOW + timedelta(weeks=13)

    found = verify(action=action, actor=people.security_lead, now=late)

    assert (found.before, found.after, found.verdict) == (before, after, verdict)
    assert (action.state, action.verdict, action.weeks) == ("verified", verdict, 8)
    event = Event.objects.get(stream=action.stream, what="improvement_verified")
    assert event.payload["after"] == after


def test_what_was_closed_late_counts_on_neither_side(people: People) -> None:
    action = done_with(people, 2, 1)
    for at in (NOW - 20 * DAY, NOW + 20 * DAY):
        closed(people, at, 29 * DAY, "software_fault")
        closed(people, at, 9 * DAY, "capacity")
    closed(people, NOW - 57 * DAY, DAY, "software_fault")

    closed(people, NOW - 56 * DAY, 28 * DAY, "software_fault")

    with CaptureQueriesContext(connection) as asked:
        found = effect_of(action, NOW + timedelta(weeks=13))

    assert found is not None
    assert (found.before, found.after, len(asked)) == (3, 1, 1)


def test_too_early_and_by_the_owner_nothing_is_verified(people: People) -> None:
    action = done_with(people, 30, 2)

    with pytest.raises(IllegalMove):
        verify(action=action, actor=people.security_lead, now=NOW + 83 * DAY)
    with pytest.raises(NotPermitted):
        verify(action=action, actor=people.security, now=NOW + 90 * DAY)
    found = effect_of(action, NOW + 83 * DAY)
    assert found is not None
    assert (found.verdict, found.ready_on) == ("", (NOW + 84 * DAY).date())


# Plans and reminders ------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [{"title": " "}, {"text": ""}, {"cause": "weather"}, {"due_on": NOW.date()}],
)
def test_plan_without_its_parts_is_none(people: People, change: Any) -> None:
    with pytest.raises(InvalidInput):
        an_action(people, **change)


def test_owner_is_reminded_before_and_leads_after(people: People) -> None:
    an_action(people)

    def told(days: int) -> list[str]:
        seen = set(Outbox.objects.values_list("pk", flat=True))
        at = NOW + timedelta(days=days)
        remind(now=at)
        assert remind(now=at) == 0
        rows = Outbox.objects.filter(key__startswith="improvement:").exclude(
            pk__in=seen
        )
        return sorted(row.recipient for row in rows)

    owner, lead = people.security.email, people.security_lead.email
    assert [told(days) for days in (20, 23, 25, 30, 31, 37, 37)] == [
        [],
        [owner],
        [],
        [owner, lead],
        [],
        [owner, lead],
        [],
    ]


# Causes -------------------------------------------------------------------------------


def test_pareto_counts_what_the_viewer_sees(people: People) -> None:
    action = an_action(people)
    cases.at(people, "closed")
    for _number in range(3):
        closed(people, NOW - DAY, timedelta(hours=1), "software_fault")
    since, until = NOW - 30 * DAY, NOW + 30 * DAY

    with time_machine.travel(NOW, tick=False):
        lines = pareto(viewer_of(people.security_lead), since, until)

    assert [(one.code, one.count, round(one.running)) for one in lines] == [
        ("software_fault", 3, 75),
        ("process_not_followed", 1, 100),
    ]
    assert (lines[0].natures, lines[0].actions) == ({"systemic": 3}, [action])
    assert pareto(viewer_of(people.risk_lead), since, until) == []
