"""Improvement actions: what a plan needs, and who may verify it."""

from typing import Any

import pytest

from complaints.errors import IllegalMove, InvalidInput, NotPermitted
from complaints.services.improvement import verify
from complaints.services.improvement_effect import effect_of
from tests.complaints.services.improvement_steps import DAY, NOW, an_action, done_with
from tests.people import People

pytestmark = pytest.mark.django_db


def test_too_early_and_by_the_owner_nothing_is_verified(people: People) -> None:
    action = done_with(people, 30, 2)

    with pytest.raises(IllegalMove):
        verify(action=action, actor=people.security_lead, now=NOW + 83 * DAY)
    with pytest.raises(NotPermitted):
        verify(action=action, actor=people.security, now=NOW + 90 * DAY)
    found = effect_of(action, NOW + 83 * DAY)
    assert found is not None
    assert (found.verdict, found.ready_on) == ("", (NOW + 84 * DAY).date())


@pytest.mark.parametrize(
    "change",
    [{"title": " "}, {"text": ""}, {"cause": "weather"}, {"due_on": NOW.date()}],
)
def test_plan_without_its_parts_is_none(people: People, change: Any) -> None:
    with pytest.raises(InvalidInput):
        an_action(people, **change)
