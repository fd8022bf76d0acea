"""A routing rule is set up from what the desk knows."""

import pytest
from django.test import Client

from teams.models import RoutingRule, Team
from tests.people import People

pytestmark = pytest.mark.django_db
ADD = "/admin/teams/routingrule/add/"


def test_rule_is_made_of_choices(people: People, client: Client) -> None:
    client.force_login(people.admin)
    team = Team.objects.get(code="risk")
    sent = {
        "position": "7",
        "category": "withdrawals.refused",
        "minimum_severity": "high",
        "language": "zh-hans",
        "funds_at_risk": "false",
        "team": team.pk,
        "active": "on",
    }

    assert client.post(ADD, sent).status_code == 302

    rule = RoutingRule.objects.get(position=7)
    said = (rule.category, rule.minimum_severity, rule.language, rule.funds_at_risk)
    assert said == ("withdrawals.refused", "high", "zh-hans", False)
    names = ("category", "minimum_severity", "language", "funds_at_risk")
    page = f"/admin/teams/routingrule/{rule.pk}/change/"
    client.post(page, {"position": "7", "team": team.pk, **dict.fromkeys(names, "")})

    rule.refresh_from_db()
    said = (rule.category, rule.minimum_severity, rule.language, rule.funds_at_risk)
    assert said == ("", "", "", None)


@pytest.mark.parametrize(
    "wrong",
    [{"category": "withdrawels"}, {"minimum_severity": "hi"}, {"language": "fr"}],
)
def test_what_fits_no_case_is_refused(
    wrong: dict[str, str], people: People, client: Client
) -> None:
    client.force_login(people.admin)
    before = RoutingRule.objects.count()
    sent = {"position": "7", "team": Team.objects.get(code="risk").pk, **wrong}

    assert client.post(ADD, sent).status_code == 200

    assert RoutingRule.objects.count() == before


def test_rule_of_a_topic_that_is_gone_keeps_it(people: People, client: Client) -> None:
    team = Team.objects.get(code="risk")
    rule = RoutingRule.objects.create(position=7, category="old.topic", team=team)
    client.force_login(people.admin)
    page = f"/admin/teams/routingrule/{rule.pk}/change/"

    assert b"old.topic" in client.get(page).content
    client.post(page, {"position": "8", "category": "old.topic", "team": team.pk})

    rule.refresh_from_db()
    assert (rule.position, rule.category) == (8, "old.topic")
