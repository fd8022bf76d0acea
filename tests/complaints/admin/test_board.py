"""The page of the board: who comes in, and where it leads."""

import pytest
from django.test import Client
from django.urls import reverse

from tests import cases
from tests.people import People

pytestmark = pytest.mark.django_db
BOARD = "admin:complaints_complaint_board"


@pytest.mark.parametrize(
    ("who", "status"),
    [("security_lead", 200), ("head", 200), ("security", 403), ("customer", 302)],
)
def test_who_comes_in(people: People, client: Client, who: str, status: int) -> None:
    client.force_login(getattr(people, who))

    assert client.get(reverse(BOARD)).status_code == status


def test_case_is_given_to_another_from_here(people: People, client: Client) -> None:
    case = cases.at(people, "assigned")
    client.force_login(people.security_lead)

    page = client.get(reverse(BOARD)).content.decode()

    assert case.reference in page
    assert reverse("admin:complaints_complaint_do", args=(case.pk, "assign_to")) in page
    assert client.post(reverse(BOARD)).status_code == 405


def test_team_of_others_is_not_shown(people: People, client: Client) -> None:
    case = cases.at(people, "assigned")
    client.force_login(people.risk_lead)

    page = client.get(reverse(BOARD, query={"team": "security"})).content.decode()

    assert case.reference not in page
    assert "Risk team at a glance" in page
