"""What is asked over and over answers for who and when it is asked for."""

from datetime import timedelta

import pytest
from django.utils import timezone

from teams.models import TeamUserObjectPermission
from teams.models.team import alive
from teams.questions import Question
from tests.people import People

pytestmark = pytest.mark.both


def test_answers_are_of_this_person_at_this_moment(people: People) -> None:
    now, grants = timezone.now(), TeamUserObjectPermission.objects
    question = Question(
        lambda user, at: grants.filter(alive(at), user=user).values_list("user", "pk")
    )
    ending = grants.filter(user=people.security).order_by("pk")[0]
    grants.filter(pk=ending.pk).update(until=now + timedelta(hours=1))
    held = [*grants.filter(user=people.security).values_list("user", "pk")]

    assert sorted(question.ask(people.security.pk, now)) == sorted(held)
    later = question.ask(people.security.pk, now + timedelta(hours=1))
    assert {*held} - {*later} == {(people.security.pk, ending.pk)}
    assert {user for user, _ in question.ask(people.head.pk, now)} == {people.head.pk}
    assert list(question.worded) == ["default"]
