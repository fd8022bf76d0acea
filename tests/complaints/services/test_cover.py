"""Whoever stands in for somebody away does their work and hears what they would."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from complaints import outbox
from complaints.errors import GuardRefused, NotPermitted
from complaints.models import Clock, Complaint
from complaints.permissions import viewer_of
from complaints.selectors.queue import MINE, QueueFilters
from complaints.selectors.queue_page import queue
from complaints.services import assign
from complaints.services.clocks import sweep
from complaints.services.relay import relay_due
from complaints.services.task_list import finish_task, give_task, open_tasks
from complaints.workflow import perform
from teams.models import Absence, Team, User
from teams.services import add_member, remove_member
from teams.system import system_actor
from tests.people import People, make_user

CaseAt = Callable[..., Complaint]
pytestmark = pytest.mark.django_db


@pytest.fixture
def cover(people: People) -> User:
    """A second handler of security, who stands in for the first from now on."""
    user = make_user("second")
    team = Team.objects.get(code="security")
    add_member(user=user, team=team, role="member", actor=system_actor())
    away(people.security, user)
    return user


def away(user: User, cover: User | None) -> Absence:
    now = timezone.now() - timedelta(minutes=1)
    return Absence.objects.create(
        user=user, starts_at=now, ends_at=now + timedelta(days=90), covered_by=cover
    )


def told(case: Complaint) -> set[str]:
    rows = case.outbox.filter(kind=outbox.STAFF)
    return set(rows.values_list("recipient", flat=True))


def only_clock(case: Complaint) -> Clock:
    """Its investigation, of which the handler hears first; no other limit runs."""
    clock = Clock.objects.get(complaint=case, step="investigate")
    Clock.objects.exclude(pk=clock.pk).update(stopped_at=timezone.now())
    case.outbox.all().delete()
    return clock


@pytest.fixture
def case(case_at: CaseAt) -> Complaint:
    """In the hands of who goes away afterwards."""
    return case_at("investigating")


def test_stand_in_does_the_work_and_signs_with_their_own_name(
    case: Complaint, cover: User, people: People
) -> None:
    soon = timezone.now() + timedelta(days=1)

    event = perform(case, "ask_customer", actor=cover, question="When?", answer_by=soon)

    assert (event.actor, case.handler) == (cover, people.security)
    page = queue(viewer_of(cover), QueueFilters(view=MINE, states=(case.state,)))
    assert page.rows == (case,)


@pytest.mark.parametrize("reason", ["over", "both away", "left the team"])
def test_stand_in_of_nobody_has_no_such_right(
    case: Complaint, cover: User, reason: str
) -> None:
    now = timezone.now()
    if reason == "over":
        Absence.objects.update(ends_at=now)
    elif reason == "both away":
        away(cover, None)
    else:
        actor = system_actor()
        desk = Team.objects.get(code="desk")
        add_member(user=cover, team=desk, role="reviewer", actor=actor)
        remove_member(user=cover, team=case.team, actor=actor)

    with pytest.raises(NotPermitted):
        perform(
            case,
            "ask_customer",
            actor=cover,
            question="When?",
            answer_by=now + timedelta(days=1),
        )


def test_reminders_go_to_the_stand_in(
    case: Complaint, cover: User, people: People
) -> None:
    clock = only_clock(case)

    sweep(now=clock.next_reminder_at)
    relay_due(now=clock.next_reminder_at)

    assert told(case) == {cover.email}


def test_reminder_of_a_case_that_the_stand_in_does_not_see_stays(
    case: Complaint, people: People
) -> None:
    away(people.security, people.tech)
    clock = only_clock(case)

    sweep(now=clock.next_reminder_at)
    relay_due(now=clock.next_reminder_at)

    assert told(case) == {people.security.email}


def test_task_of_who_is_away_is_told_and_done_by_the_stand_in(
    case: Complaint, cover: User, people: People
) -> None:
    case.outbox.all().delete()
    task = give_task(
        complaint=case,
        text="Call the bank",
        assignee=people.security,
        actor=people.security_lead,
    )

    assert told(case) == {cover.email}
    assert list(open_tasks(viewer_of(cover))) == [task]
    finish_task(task=task, actor=cover)
    assert task.done_by == cover


def test_load_of_a_stand_in_counts_both(
    case_at: CaseAt, case: Complaint, cover: User, people: People
) -> None:
    other = case_at("assigned")
    load = {one.pk: one.in_hand for one in assign.candidates(other, timezone.now())}

    assert load == {cover.pk: 1, people.security_lead.pk: 0}
    assert assign.auto_assign(other) == people.security_lead


def test_refusal_to_assign_names_who_stands_in(
    case_at: CaseAt, cover: User, people: People
) -> None:
    with pytest.raises(GuardRefused) as refused:
        perform(
            case_at("assigned"),
            "assign_to",
            actor=people.security_lead,
            handler=people.security,
        )

    words = [str(one.words) for one in refused.value.refusals]
    assert words == ["This person is away; Second stands in."]
