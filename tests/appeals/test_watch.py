"""The nightly check: each violation is named once, to the head, and by a command."""

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from appeals.models import Appeal
from appeals.services import watch
from complaints import triggers
from complaints.models import Event, Outbox
from complaints.states import State
from teams.models import User
from tests.appeals import walk
from tests.people import People


@pytest.fixture
def row(people: People, case_at: Any) -> Appeal:
    return walk.appeal(case_at(State.ANSWERED))


def _put(row: Appeal, user: User) -> None:
    """As somebody could who owns the database."""
    triggers.remove()
    Appeal.objects.filter(pk=row.pk).update(reviewer=user)
    triggers.install()


def test_independent_reviewers_are_not_named(row: Appeal) -> None:
    said = io.StringIO()

    assert watch.name_violations() == 0
    call_command("check_independence", stdout=said)
    assert "is independent" in said.getvalue()


def test_violation_is_named_once_and_told_to_the_head(
    row: Appeal, people: People
) -> None:
    _put(row, people.security_lead)

    assert (watch.name_violations(), watch.name_violations()) == (1, 0)

    event = Event.objects.get(stream=row.stream, what=watch.NAMED)
    assert event.payload == {"appeal": row.pk, "person": people.security_lead.pk}
    told = Outbox.objects.filter(subject__contains="not independent")
    assert [notice.recipient for notice in told] == [people.head.email]
    said = io.StringIO()
    with pytest.raises(CommandError):
        call_command("check_independence", stdout=said)
    assert str(people.security_lead) in said.getvalue()


def test_who_came_to_report_to_the_decider_is_named_while_it_goes_on(
    row: Appeal, people: People
) -> None:
    User.objects.filter(pk=people.appeals_2.pk).update(reports_to=people.security)

    assert [v.user for v in watch.violations()] == [people.appeals_2]


def test_ruling_is_not_blamed_for_what_came_later(people: People, case_at: Any) -> None:
    row = walk.ruled(people, case_at(State.ANSWERED), "confirmed")
    User.objects.filter(pk=walk.reviewer(row).pk).update(reports_to=people.security)
    assert list(watch.violations()) == []

    _put(row, people.compliance_officer)

    assert {v.user for v in watch.violations()} == {people.compliance_officer}
