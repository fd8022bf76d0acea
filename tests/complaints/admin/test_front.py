"""Where somebody comes out who opens the desk."""

import pytest
from django.test import Client

from tests.people import People

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["support", "executor", "reviewer", "head"])
def test_staff_come_to_their_work(name: str, people: People, client: Client) -> None:
    client.force_login(people.all()[name])

    answer = client.get("/admin/")

    assert answer.status_code == 302
    assert answer["Location"] == "/admin/complaints/complaint/"


def test_who_configures_sees_what_there_is_to_configure(
    people: People, client: Client
) -> None:
    client.force_login(people.admin)

    answer = client.get("/admin/")

    assert answer.status_code == 200
    assert b"/admin/teams/calendar/" in answer.content
    assert b"<h1>What is set up</h1>" in answer.content


def test_customer_comes_no_further_than_the_door(
    people: People, client: Client
) -> None:
    client.force_login(people.customer)

    assert client.get("/admin/")["Location"].startswith("/admin/login/")


@pytest.mark.parametrize(
    ("name", "page"),
    [("executor", "remedy"), ("security", "remedy"), ("head", "compliancecheck")],
)
def test_lists_stand_in_the_rail_of_the_desk(
    name: str, page: str, people: People, client: Client
) -> None:
    client.force_login(people.all()[name])
    url = f"/admin/complaints/{page}/"

    shown = client.get(url).content.decode()

    rail = shown[shown.index('<nav class="views"') :].partition("</nav>")[0]
    assert '<a href="/admin/complaints/complaint/">Queue</a>' in rail
    assert f'<a href="{url}" aria-current="page">' in rail
    assert rail.count(f'href="{url}"') == 1
