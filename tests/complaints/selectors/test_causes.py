"""Root causes, the most frequent first."""

from datetime import timedelta

import pytest
import time_machine

from complaints.permissions import viewer_of
from complaints.selectors.causes import pareto
from tests import cases
from tests.complaints.services.improvement_steps import DAY, NOW, an_action, closed
from tests.people import People

pytestmark = pytest.mark.django_db


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
