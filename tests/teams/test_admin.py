"""Setting up people and teams: superusers alone, and grants follow memberships."""

import pytest
from django.test import Client

from teams.models import Calendar, Membership, Team, User
from teams.permissions import grants_of
from tests.people import People

pytestmark = pytest.mark.django_db


def test_adding_a_membership_moves_the_grants(people: People, client: Client) -> None:
    risk = Team.objects.get(code="risk")
    client.force_login(people.admin)
    posted = {"user": people.outsider.pk, "team": risk.pk, "role": "member"}
    answer = client.post("/admin/teams/membership/add/", posted)
    assert answer.status_code == 302
    people.outsider.refresh_from_db()
    assert people.outsider.is_staff
    assert grants_of(people.outsider)["view_cases"] == {risk.pk}


def test_removing_a_membership_takes_the_grants_away(
    people: People, client: Client
) -> None:
    membership = Membership.objects.get(user=people.risk)
    client.force_login(people.admin)
    url = f"/admin/teams/membership/{membership.pk}/delete/"
    assert client.post(url, {"post": "yes"}).status_code == 302
    assert grants_of(people.risk) == {}


@pytest.mark.parametrize("who", ["support_lead", "head", "approver"])
def test_nobody_else_touches_people(people: People, client: Client, who: str) -> None:
    user = people.all()[who]
    client.force_login(user)
    posted = {"user": user.pk, "team": 1, "role": "lead"}
    for url in (
        "/admin/teams/membership/add/",
        f"/admin/teams/user/{user.pk}/change/",
        f"/admin/teams/user/{user.pk}/password/",
        "/admin/teams/routingrule/add/",
    ):
        assert client.get(url).status_code == 403, url
        assert client.post(url, posted).status_code == 403, url
    assert Membership.objects.filter(user=user).count() == 1


def test_users_and_teams_are_never_deleted(people: People, client: Client) -> None:
    client.force_login(people.admin)
    team = Team.objects.get(code="risk")
    for url in (
        f"/admin/teams/user/{people.risk.pk}/delete/",
        f"/admin/teams/team/{team.pk}/delete/",
    ):
        assert client.post(url, {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=people.risk.pk).exists()


def test_system_actor_gets_no_password(people: People, client: Client) -> None:
    actor = User.objects.get(username="system")
    client.force_login(people.admin)
    url = f"/admin/teams/user/{actor.pk}/password/"
    assert client.get(url).status_code == 403
    posted = {"username": "system", "kind": "staff", "is_active": "on"}
    change = client.post(f"/admin/teams/user/{actor.pk}/change/", posted)
    assert change.status_code == 403
    actor.refresh_from_db()
    assert (actor.kind, actor.is_active) == ("system", False)


def test_calendar_in_use_is_never_edited(people: People, client: Client) -> None:
    calendar = Calendar.objects.get(code="office-eu")
    client.force_login(people.admin)
    url = f"/admin/teams/calendar/{calendar.pk}/change/"
    assert client.get(url).status_code == 200
    assert client.post(url, {"code": "office-eu", "version": 9}).status_code == 403
    calendar.refresh_from_db()
    assert calendar.version == 1


def test_every_configuration_page_opens(people: People, client: Client) -> None:
    client.force_login(people.admin)
    for name in ("user", "team", "membership", "routingrule", "calendar", "absence"):
        assert client.get(f"/admin/teams/{name}/").status_code == 200, name
    for name in ("user", "membership", "routingrule", "calendar", "absence"):
        assert client.get(f"/admin/teams/{name}/add/").status_code == 200, name
    assert client.get(f"/admin/teams/user/{people.risk.pk}/change/").status_code == 200
    risk = Team.objects.get(code="risk")
    assert client.get(f"/admin/teams/team/{risk.pk}/change/").status_code == 200
    assert client.get("/admin/complaints/category/").status_code == 200
    assert client.get("/admin/complaints/category/add/").status_code == 200
