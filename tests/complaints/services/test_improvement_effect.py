"""Whether the cause fell, from events alone."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from complaints.models import Event
from complaints.services.improvement import verify
from complaints.services.improvement_effect import effect_of
from tests.complaints.services.improvement_steps import DAY, NOW, closed, done_with
from tests.people import People

pytestmark = pytest.mark.django_db


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
