"""The outside stage through the API: what the customer reads of it and says in it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from appeals.models import Referral
from appeals.services.outside import award, hearing
from complaints.models import Complaint
from complaints.states import State
from tests.appeals.outside import stage
from tests.people import People

Api = Callable[[Any], APIClient]


@pytest.fixture
def api() -> Api:
    def client(user: Any) -> APIClient:
        made = APIClient()
        made.force_login(user)
        return made

    return client


@pytest.fixture
def answered(people: People, case_at: Any) -> Complaint:
    case: Complaint = case_at(State.ANSWERED)
    return case


def _url(row: Referral, rest: str = "") -> str:
    case = row.complaint.reference
    return f"/api/v1/complaints/{case}/appeals/{row.appeal_id}/outside/{rest}"


def test_customer_reads_it_and_answers(
    api: Api, people: People, answered: Complaint
) -> None:
    row = stage.hearing(people, answered)
    by = timezone.now() + timedelta(days=5)
    put: dict[str, Any] = {"referral": row, "actor": stage.presiding(row)}
    hearing.ask(**put, side="customer", text="When?", answer_by=by)
    hearing.ask(**put, side="company", text="Why?", answer_by=by)
    hearing.order(**put, side="customer", text="Send it.", due_at=by)
    mine = api(people.customer)

    told = mine.get(_url(row)).json()
    assert (told["state"], told["may_answer"], told["award"]) == ("hearing", True, None)
    assert told["next_day"] == by.date().isoformat()
    assert told["arbitrators"] == [
        {
            "seat": 1,
            "name": "Ida Moor",
            "chamber": "Chamber of Arbitration",
            "objections": [],
        }
    ]
    assert [(q["number"], q["side"]) for q in told["questions"]] == [
        (1, "customer"),
        (2, "company"),
    ]

    said = mine.post(_url(row, "question/1/answer/"), {"text": "At noon."})
    done = mine.post(_url(row, "order/1/answer/"), {"text": "It is sent."})
    assert (said.status_code, done.status_code) == (200, 200)
    assert said.data["questions"][0]["answer"] == "At noon."
    assert done.data["orders"][0]["answer"] == "It is sent."
    again = mine.post(_url(row, "question/1/answer/"), {"text": "At one."})
    assert again.status_code == 409
    assert mine.post(_url(row, "question/2/answer/"), {"text": "?"}).status_code == 404
    assert mine.post(_url(row, "thing/1/answer/"), {"text": "?"}).status_code == 404
    assert mine.post(_url(row, "order/1/answer/"), {}).status_code == 400


def test_customer_objects_and_reads_the_award(
    api: Api, people: People, answered: Complaint
) -> None:
    row = stage.hearing(people, answered)
    mine = api(people.customer)

    made = mine.post(_url(row, "seats/1/object/"), {"text": "She knows you."})
    assert made.status_code == 201
    (said,) = made.data["arbitrators"][0]["objections"]
    assert (said["side"], said["reason"]) == ("customer", "She knows you.")
    assert said["upheld"] is None
    assert mine.post(_url(row, "seats/2/object/"), {"text": "!"}).status_code == 404


def test_award_is_read_once_it_is_made(
    api: Api, people: People, answered: Complaint
) -> None:
    row = stage.hearing(people, answered)
    stage.write(row)
    mine = api(people.customer)
    assert mine.get(_url(row)).data["award"] is None

    award.make_award(referral=row, actor=stage.presiding(row))

    told = mine.get(_url(row)).data["award"]
    assert told["summary"] == "The exchange pays 100 USDT."
    (owed,) = told["remedies"]
    assert (owed["amount"], owed["asset"]) == ("100", "USDT")
    assert [one["finding"] for one in told["points"]] == ["upheld", "upheld"]
    assert len(told["sha256"]) == 64


def test_nobody_else_reads_or_says_anything(
    api: Api, people: People, answered: Complaint
) -> None:
    row = stage.hearing(people, answered)

    for user in (people.other_customer, people.outsider, people.appeals, people.head):
        there = api(user)
        assert there.get(_url(row)).status_code == 404, user
        said = there.post(_url(row, "seats/1/object/"), {"text": "No."})
        assert said.status_code == 404, user
    assert not row.objections.exists()
