"""The desk's forms of the outside stage: nobody meets one whose answer is refused."""

from typing import Any

import pytest
from django.test import Client

from appeals.models import Referral
from complaints.states import State
from tests.appeals.outside import stage
from tests.people import People

pytestmark = pytest.mark.django_db

MANAGED = ("seat/{seat}/remove/", "terms/")
ANSWERED = ("seat/{seat}/object/", "award/")


@pytest.fixture
def row(people: People, case_at: Any) -> Referral:
    return stage.hearing(people, case_at(State.ANSWERED))


@pytest.mark.parametrize(
    ("who", "page", "managed", "answered"),
    [
        ("head", 200, 200, 200),
        ("appeals", 200, 200, 200),
        ("appeals_2", 200, 403, 200),
        ("security_lead", 200, 403, 403),
        ("reviewer", 200, 403, 403),
        ("support", 404, 404, 404),
    ],
)
def test_form_is_met_by_those_alone_who_may_send_it(
    people: People,
    client: Client,
    row: Referral,
    who: str,
    page: int,
    managed: int,
    answered: int,
) -> None:
    client.force_login(people.all()[who])
    seat = row.seats.get().pk

    def statuses(*ends: str) -> set[int]:
        base = f"/admin/appeals/appeal/{row.appeal_id}/outside/"
        return {client.get(base + end.format(seat=seat)).status_code for end in ends}

    assert statuses("") == {page}
    assert statuses(*MANAGED) == {managed}
    assert statuses(*ANSWERED) == {answered}
