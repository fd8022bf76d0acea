"""How first decisions fare: by their own month and team, and not in small numbers."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from appeals import cohorts
from appeals.cohorts import Cohort
from complaints.models import Decision
from complaints.states import State
from teams.models import Team
from tests.appeals import walk
from tests.people import People


def test_each_decision_counts_in_its_month_whatever_became_of_it(
    people: People, case_at: Any
) -> None:
    now = timezone.now()
    walk.ruled(people, case_at(State.ANSWERED), "confirmed")
    walk.ruled(people, case_at(State.ANSWERED), "overturned")
    walk.appeal(case_at(State.ANSWERED))
    old = case_at(State.ANSWERED).decisions.get()
    Decision.objects.filter(pk=old.pk).update(issued_at=now.replace(year=now.year - 1))

    with CaptureQueriesContext(connection) as queries:
        this, last = cohorts.cohorts(now)

    assert len(queries) == 2
    assert (this.issued, this.appealed, this.ruled, this.changed) == (3, 3, 2, 1)
    assert (last.issued, last.appealed, last.month.year) == (1, 0, now.year - 1)
    assert (this.team.code, this.share) == ("security", None)


@pytest.mark.parametrize(("ruled", "share"), [(9, None), (10, 30)])
def test_share_of_few_rulings_is_hidden(ruled: int, share: int | None) -> None:
    row = Cohort(date(2027, 3, 1), Team(), 40, 20, ruled, 3)

    assert row.share == share


def test_page_is_for_those_who_read_appeals(
    people: People, case_at: Any, settings: Any
) -> None:
    settings.STAFF_SECOND_FACTOR = False
    walk.ruled(people, case_at(State.ANSWERED), "confirmed")
    page, status = "/admin/appeals/appeal/overturned/", {}
    for name in ("head", "appeals", "security", "tech"):
        client = Client()
        client.force_login(getattr(people, name))
        answer = client.get(page)
        status[name] = answer.status_code
        if name == "head":
            assert "too few" in answer.content.decode()
            assert page in client.get("/admin/appeals/appeal/").content.decode()

    assert status == {"head": 200, "appeals": 200, "security": 403, "tech": 403}
