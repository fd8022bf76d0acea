"""Rights over time: what ends ends at that moment, and what is open ends with it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.idp.oidc.models import Client as App
from allauth.idp.oidc.models import Token
from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils import timezone

from complaints.models import Complaint, Event
from complaints.permissions import viewer_of
from teams.access import confirm, end_expired, give_template
from teams.models import Membership, RoleTemplate, Team, TemplateRole, User
from teams.permissions import grants_of, holders_of, holders_on
from teams.services import add_member, change_standing, remove_member
from teams.system import system_actor
from tests import cases
from tests.people import People

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
QUEUE = "/admin/complaints/complaint/"


def team(code: str) -> Team:
    return Team.objects.get(code=code)


def lend(user: User, code: str, role: str = "member", **terms: Any) -> Membership:
    until = timezone.now() + HOUR
    return add_member(
        user=user,
        team=team(code),
        role=role,
        until=until,
        actor=system_actor(),
        **terms,
    )


def sees(user: User, case: Complaint) -> bool:
    user = User.objects.get(pk=user.pk)
    return bool(Complaint.objects.visible_to(viewer_of(user)).filter(pk=case.pk))


def test_access_ends_at_its_moment_without_any_scan(people: People) -> None:
    case = cases.at(people, "assigned")
    lend(people.risk, "security")
    assert sees(people.risk, case)

    with time_machine.travel(timezone.now() + HOUR + timedelta(seconds=1)):
        assert not sees(people.risk, case)
        assert people.risk not in holders_of(["view_at_risk"])
        members = holders_on(team("security"), "view_cases", timezone.now())
        assert people.risk not in members
        assert grants_of(people.risk)["view_cases"] == {team("risk").pk}
    assert Membership.objects.filter(user=people.risk).count() == 2


@pytest.mark.parametrize(("first", "second"), [("member", "lead"), ("lead", "member")])
def test_a_right_ends_with_the_last_role_that_carries_it(
    people: People, first: str, second: str
) -> None:
    lend(people.risk, "tech", first)
    add_member(user=people.risk, team=team("tech"), role=second, actor=system_actor())
    with time_machine.travel(timezone.now() + 2 * HOUR):
        held = grants_of(people.risk)
        assert team("tech").pk in held["view_cases"]
        leads = team("tech").pk in held.get("lead_cases", ())
        assert leads is (second == "lead")


def test_the_scan_clears_away_writes_down_and_runs_once(people: People) -> None:
    lend(people.risk, "tech")
    later = timezone.now() + 2 * HOUR
    assert end_expired(now=timezone.now()) == 0
    assert end_expired(now=later) == 1
    assert end_expired(now=later) == 0
    event = Event.objects.get(what="membership_ended")
    assert event.payload == {
        "user": people.risk.pk,
        "team": "tech",
        "roles": ["member"],
    }
    assert event.actor.username == "scheduler"
    assert people.risk.memberships.get().team.code == "risk"


# What is open ends --------------------------------------------------------------------


def _leave(user: User) -> None:
    remove_member(user=user, team=team("security"), actor=system_actor())


def _another_role(user: User) -> None:
    add_member(user=user, team=team("security"), role="lead", actor=system_actor())


def _shut_out(user: User) -> None:
    change_standing(
        user=user, is_active=False, is_superuser=False, actor=system_actor()
    )


def _configure(user: User) -> None:
    change_standing(user=user, is_active=True, is_superuser=True, actor=system_actor())


@pytest.mark.parametrize("change", [_leave, _another_role, _shut_out, _configure])
def test_a_change_of_rights_ends_sessions_and_tokens_at_once(
    people: People, change: Callable[[User], None]
) -> None:
    browsers = [Client(), Client()]
    for browser in browsers:
        browser.force_login(people.security)
        assert browser.get(QUEUE).status_code == 200
    app = App.objects.create(id="app", name="App", secret="")
    Token.objects.create(
        client=app, user=people.security, type="at", hash="1" * 64, data=None
    )

    change(people.security)

    for browser in browsers:
        assert browser.get(QUEUE)["Location"].startswith("/admin/login/")
        assert browser.get("/api/v1/complaints/?scope=staff").status_code == 401
    assert not UserSession.objects.filter(user=people.security).exists()
    assert not Token.objects.filter(user=people.security).exists()


def test_nothing_ends_where_nothing_changes(people: People) -> None:
    browser = Client()
    browser.force_login(people.security)
    add_member(
        user=people.security,
        team=team("security"),
        role="member",
        actor=system_actor(),
    )
    assert browser.get(QUEUE).status_code == 200
    assert not Event.objects.filter(
        what="membership_changed", payload__user=people.security.pk
    ).exists()


def test_the_admin_changes_standing_by_the_same_door(
    people: People, client: Client
) -> None:
    theirs = Client()
    theirs.force_login(people.risk)
    client.force_login(people.admin)
    url = f"/admin/teams/user/{people.risk.pk}/change/"
    posted = {
        "username": "risk",
        "kind": "staff",
        "language": "en",
        "time_zone": "UTC",
        "email": "risk@people.example",
        "memberships-TOTAL_FORMS": 0,
        "memberships-INITIAL_FORMS": 0,
    }
    answer = client.post(url, posted)  # "is_active" is not ticked.
    assert answer.status_code == 302
    assert theirs.get(QUEUE).status_code == 302
    event = Event.objects.get(what="standing_changed")
    assert (event.actor, event.payload["is_active"]) == (people.admin, False)


# Bundles ------------------------------------------------------------------------------


@pytest.fixture
def bundle(db: None) -> RoleTemplate:
    made = RoleTemplate.objects.create(name="Night shift", days=14)
    for code, role in (("support", "member"), ("security", "member")):
        TemplateRole.objects.create(template=made, team=team(code), role=role)
    return made


def test_a_template_gives_all_of_its_roles_for_its_time(
    people: People, bundle: RoleTemplate
) -> None:
    now = timezone.now()
    given = give_template(
        template=bundle, user=people.tech, actor=people.admin, now=now
    )
    assert {(row.team.code, row.role) for row in given} == {
        ("support", "member"),
        ("security", "member"),
    }
    assert {row.until for row in given} == {now + timedelta(days=14)}
    assert {row.template for row in given} == {bundle}


def test_a_template_shortens_nothing_that_was_given_before(
    people: People, bundle: RoleTemplate
) -> None:
    given = give_template(template=bundle, user=people.security, actor=people.admin)
    assert [row.team.code for row in given] == ["support"]
    assert people.security.memberships.get(team__code="security").until is None


def test_the_page_gives_it_and_only_to_staff(
    people: People, bundle: RoleTemplate, client: Client
) -> None:
    client.force_login(people.admin)
    url = f"/admin/teams/roletemplate/{bundle.pk}/give/"
    assert client.get(url).status_code == 200
    assert client.post(url, {"user": people.customer.pk}).status_code == 422
    past = {"user": people.tech.pk, "until": "2020-01-01T00:00"}
    assert client.post(url, past).status_code == 422
    assert client.post(url, {"user": people.tech.pk}).status_code == 302
    assert people.tech.memberships.count() == 3
    client.force_login(people.head)
    for ask in (client.get, client.post):
        assert ask(url, {"user": people.head.pk}).status_code == 403


def test_confirming_is_kept_with_who_and_when(people: People) -> None:
    row = people.risk.memberships.get()
    confirm(membership=row, actor=people.head)
    row.refresh_from_db()
    assert row.confirmed_by == people.head
    assert Event.objects.get(what="membership_confirmed").actor == people.head
