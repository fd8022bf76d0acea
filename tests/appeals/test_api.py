"""Appeals through the API: lodge, read, take back, and nothing of others."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from appeals.models import Appeal
from complaints.models import Complaint
from complaints.states import AppealState, State
from tests.appeals import walk
from tests.people import People

Api = Callable[..., APIClient]
GROUND = {"kind": "remedy_too_small", "text": "It does not cover my loss.", "point": 2}


@pytest.fixture
def api() -> Api:
    def client(user: Any = None) -> APIClient:
        made = APIClient()
        if user is not None:
            made.force_login(user)
        return made

    return client


@pytest.fixture
def case(people: People, case_at: Any) -> Complaint:
    found: Complaint = case_at(State.ANSWERED)
    return found


def _url(case: Complaint, rest: str = "") -> str:
    return f"/api/v1/complaints/{case.reference}/appeals/{rest}"


def test_lodging_keeps_what_was_sent(api: Api, people: People, case: Complaint) -> None:
    answer = api(people.customer).post(
        _url(case), {"grounds": [GROUND], "desired_outcome": "All of it."}
    )

    row = Appeal.objects.get()
    assert answer.status_code == 201, answer.data
    assert answer["Location"] == _url(case, f"{row.pk}/")
    assert answer["ETag"] == '"0"'
    assert answer.data["state"] == "lodged"
    assert answer.data["against"] == "decision"
    assert answer.data["ruling"] is None
    assert "reviewer" not in answer.data
    ground = row.grounds.select_related("point").get()
    assert (ground.kind, ground.text) == (GROUND["kind"], GROUND["text"])
    assert ground.point is not None
    assert ground.point.number == 2
    assert row.desired_outcome == "All of it."


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"grounds": []},
        {"grounds": "all"},
        {"grounds": [{"kind": "because", "text": "x"}]},
        {"grounds": [{"kind": "facts_wrong", "text": ""}]},
        {"grounds": [{"kind": "facts_wrong", "text": "x", "point": 99}]},
        {"grounds": [GROUND], "surprise": 1},
        {"grounds": [GROUND], "statement": ["x"]},
        {"grounds": [GROUND] * 31},
        {"grounds": [{"kind": "facts_wrong", "text": "x" * 20_001}]},
    ],
)
def test_malformed_appeals_are_refused_by_field(
    body: Any, api: Api, people: People, case: Complaint
) -> None:
    answer = api(people.customer).post(_url(case), body)

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.data["errors"]
    assert not Appeal.objects.exists()


def test_second_appeal_is_a_conflict(api: Api, people: People, case: Complaint) -> None:
    walk.appeal(case)

    answer = api(people.customer).post(_url(case), {"grounds": [GROUND]})

    assert (answer.status_code, answer.data["code"]) == (409, "illegal_move")


def test_used_appeal_is_refused_with_its_reason(
    api: Api, people: People, case: Complaint
) -> None:
    walk.at(people, AppealState.WITHDRAWN, case)

    answer = api(people.customer).post(_url(case), {"grounds": [GROUND]})

    assert answer.status_code == 422
    assert [r["code"] for r in answer.data["reasons"]] == ["appeal_used"]


def test_nobody_else_gets_anything(api: Api, people: People, case: Complaint) -> None:
    row = walk.appeal(case)
    addresses = ("", f"{row.pk}/", f"{row.pk}/transitions/")
    for rest in addresses:
        assert api().get(_url(case, rest)).status_code == 401
        for user in (people.other_customer, people.outsider, people.tech):
            assert api(user).get(_url(case, rest)).status_code == 404
    for user in (people.other_customer, people.outsider, people.tech):
        for rest in ("", f"{row.pk}/withdraw/", f"{row.pk}/transitions/withdraw/"):
            answer = api(user).post(_url(case, rest), {"grounds": [GROUND]})
            assert answer.status_code == 404
    row.refresh_from_db()
    assert row.state == AppealState.LODGED


def test_appeal_of_another_case_is_not_found(
    api: Api, people: People, case: Complaint, case_at: Any
) -> None:
    other = walk.appeal(case_at(State.ANSWERED, by=people.other_customer))
    walk.appeal(case)

    answer = api(people.customer).get(_url(case, f"{other.pk}/"))

    assert answer.status_code == 404


def test_customer_reads_no_word_before_the_ruling(
    api: Api, people: People, case: Complaint
) -> None:
    row = walk.reviewing(people, case)
    walk.answer_all(row)
    walk.write(row, "confirmed")

    body = api(people.customer).get(_url(case, f"{row.pk}/")).data

    assert body["ruling"] is None
    assert body["grounds"][0]["answer"] == ""
    assert body["grounds"][0]["accepted"] is None
    assert "Our ruling" not in str(body)


def test_customer_reads_the_ruling(api: Api, people: People, case: Complaint) -> None:
    row = walk.ruled(people, case, "confirmed")

    body = api(people.customer).get(_url(case, f"{row.pk}/")).data

    assert body["ruling"]["outcome"] == "confirmed"
    assert body["ruling"]["reasons"] == "The file shows it."
    assert body["grounds"][0]["answer"] == "We looked at it again."
    assert "Look at the hold" not in str(body)


def test_first_team_reads_it_only_once_it_is_ruled(
    api: Api, people: People, case: Complaint
) -> None:
    row = walk.reviewing(people, case)
    client = api(people.security)
    assert client.get(_url(case)).data == []
    assert client.get(_url(case, f"{row.pk}/")).status_code == 404

    walk.answer_all(row)
    walk.write(row, "confirmed")
    from complaints.workflow import perform

    perform(row, "rule", actor=walk.reviewer(row))

    assert client.get(_url(case, f"{row.pk}/")).data["reviewer"] == "appeals_2"


def test_support_lodges_by_the_customers_word_and_reads_nothing(
    api: Api, people: People, case: Complaint
) -> None:
    client = api(people.support)
    assert client.post(_url(case), {"grounds": [GROUND]}).status_code == 422

    word = {"grounds": [GROUND], "customer_word": "Rang at 14:20."}
    answer = client.post(_url(case), word)

    assert (answer.status_code, answer.data) == (204, None)
    assert Appeal.objects.get().lodged_by == people.support
    assert client.get(_url(case)).status_code == 403


def test_moves_need_the_version_and_the_role(
    api: Api, people: People, case: Complaint
) -> None:
    row = walk.appeal(case)
    move = _url(case, f"{row.pk}/transitions/admit/")
    reviewer = api(people.appeals_2)

    assert reviewer.post(move).status_code == 428
    assert reviewer.post(move, HTTP_IF_MATCH='"7"').status_code == 409
    assert api(people.customer).post(move, HTTP_IF_MATCH='"0"').status_code == 403
    answer = reviewer.post(move, HTTP_IF_MATCH='"0"')
    assert answer.status_code == 200, answer.data
    assert answer.data["state"] == "admitted"
    offers = reviewer.get(_url(case, f"{row.pk}/transitions/")).data
    assert [offer["name"] for offer in offers["transitions"]] == [
        "start_review",
        "recuse",
    ]


def test_withdrawing_takes_it_back(api: Api, people: People, case: Complaint) -> None:
    row = walk.appeal(case)

    answer = api(people.customer).post(_url(case, f"{row.pk}/withdraw/"))

    assert (answer.status_code, answer.data["state"]) == (200, "withdrawn")
    case.refresh_from_db()
    assert case.state == State.ANSWERED
