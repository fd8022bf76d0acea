"""Rules over past cases, by hand."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from complaints.models import Category, Complaint
from complaints.selectors.dry_run import DryRun, dry_run
from teams.models import RoutingRule, Team
from tests import cases
from tests.people import People

pytestmark = pytest.mark.django_db


@pytest.fixture
def rules(people: People) -> list[RoutingRule]:
    """Fees to support, as long as nothing else; theft to security; all to risk, off.

    Two cases of theft ended at security, one of fees at risk, one barred.
    """
    RoutingRule.objects.all().delete()
    teams = {team.code: team for team in Team.objects.all()}
    made = [
        RoutingRule(position=1, category="security", team=teams["security"]),
        RoutingRule(position=2, category="fees", team=teams["support"]),
        RoutingRule(position=0, team=teams["risk"], active=False),
    ]
    for rule in made:
        rule.save()
    fees = Category.objects.get(code="fees.unexpected")
    for category, team in ((None, "security"), (None, "security"), (fees, "risk")):
        case = cases.filed(people, **({"category": category} if category else {}))
        cases.admit(people, case, team=team)
    Complaint.objects.filter(pk=cases.filed(people).pk).update(barrier="insider")
    cases.filed(people)  # nobody has looked at it yet
    return made


def _counts(found: DryRun) -> dict[int | None, tuple[bool, int, int]]:
    return {
        one.rule.pk if one.rule else None: (one.on, one.cases, one.right)
        for one in found.tried
    }


def test_by_hand(rules: list[RoutingRule]) -> None:
    theft, fees, everything = (rule.pk for rule in rules)

    found = dry_run()

    assert (found.cases, found.right) == (3, 2)
    assert _counts(found) == {
        theft: (True, 2, 2),
        fees: (True, 1, 0),
        everything: (False, 0, 0),
        None: (True, 0, 0),
    }
    (way,) = found.astray
    assert (way.first.code, way.last.code, way.cases) == ("support", "risk", 1)


def test_tried_otherwise_than_they_are(rules: list[RoutingRule]) -> None:
    theft, fees, everything = (rule.pk for rule in rules)

    assert _counts(dry_run({everything}))[everything] == (True, 3, 1)
    without = _counts(dry_run({theft, fees}))
    assert (without[theft], without[None]) == ((False, 0, 0), (True, 3, 0))
    rules[2].refresh_from_db()
    assert not rules[2].active


def test_queries_do_not_depend_on_the_cases(rules: list[RoutingRule]) -> None:
    with CaptureQueriesContext(connection) as queries:
        dry_run()

    assert len(queries) == 3


@pytest.mark.parametrize(
    ("who", "status"), [("head", 200), ("admin", 200), ("support_lead", 403)]
)
def test_page(
    people: People, client: Client, rules: list[RoutingRule], who: str, status: int
) -> None:
    client.force_login(getattr(people, who))
    url = reverse("admin:complaints_complaint_dry_run")

    assert client.get(url).status_code == status
    assert (
        client.get(url, {"switch": ["x", "-1", str(rules[2].pk)]}).status_code == status
    )
    assert client.post(url).status_code in (403, 405)
