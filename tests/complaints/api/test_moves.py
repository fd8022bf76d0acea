"""Moves through the API: what is offered, done, and refused for which reason."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from complaints.models import Event
from complaints.states import State
from tests import cases
from tests.complaints.test_matrix import EXPECTED
from tests.few import few
from tests.people import People

Api = Callable[..., APIClient]
ADMIT = {
    "category": "security.unauthorised-withdrawal",
    "team": "security",
    "severity": "high",
    "complexity": "medium",
    "impact": "high",
    "funds_at_risk": True,
}


def url(case: Any, rest: str = "") -> str:
    return f"/api/v1/complaints/{case.reference}/{rest}"


def move(client: APIClient, case: Any, name: str, data: Any = None) -> Any:
    address = url(case, f"transitions/{name}/")
    return client.post(address, data or {}, HTTP_IF_MATCH=f'"{case.version}"')


@pytest.mark.parametrize("state", few(State.values, "in_review", "answered"))
def test_offers_equal_the_table(
    state: str, api: Api, people: People, case_at: Any
) -> None:
    """The same table that the workflow itself is asked by; nothing for strangers."""
    case = case_at(state)

    for role, user in people.all().items():
        answer = api(user).get(url(case, "transitions/"))
        offered = [row["name"] for row in answer.data.get("transitions", ())]
        assert set(offered) == set(EXPECTED[state].get(role, "").split()), role
        assert answer.status_code in (200, 404)


def test_offer_says_what_it_asks_for(api: Api, people: People, case_at: Any) -> None:
    case = case_at("investigating")

    offers = api(people.security).get(url(case, "transitions/")).data

    assert offers["version"] == case.version
    by_name = {row["name"]: row for row in offers["transitions"]}
    assert by_name["propose_decision"]["allowed"] is False
    assert by_name["propose_decision"]["reasons"][0]["code"] == "no_draft"
    assert [(f["name"], f["kind"]) for f in by_name["ask_customer"]["fields"]] == [
        ("question", "text"),
        ("answer_by", "moment"),
    ]


def test_admit_by_codes(api: Api, people: People, case_at: Any) -> None:
    case = case_at("received")

    answer = move(api(people.support), case, "admit", ADMIT)

    case.refresh_from_db()
    assert answer.status_code == 200
    assert answer["ETag"] == f'"{case.version}"'
    assert (case.state, case.team.code) == ("assigned", "security")
    assert (case.severity, case.funds_at_risk) == ("high", True)
    assert "team" not in answer.data  # support reads no more than the status now


def test_assign_by_user_name(api: Api, people: People, case_at: Any) -> None:
    case = case_at("assigned")

    move(api(people.security_lead), case, "assign_to", {"handler": "security"})

    case.refresh_from_db()
    assert case.handler == people.security


def test_assign_to_somebody_elsewhere_is_refused(
    api: Api, people: People, case_at: Any
) -> None:
    answer = move(
        api(people.security_lead), case_at("assigned"), "assign_to", {"handler": "risk"}
    )

    assert answer.status_code == 400
    assert answer.data["errors"]["handler"][0]["code"] == "unknown"


def test_ask_customer_until_a_moment(api: Api, people: People, case_at: Any) -> None:
    case = case_at("investigating")
    year = timezone.now().year + 2
    sent = {"question": "When?", "answer_by": f"{year}-01-02T03:04:05+08:00"}

    answer = move(api(people.security), case, "ask_customer", sent)

    clock = case.clocks.get(step="answer_customer", stopped_at=None)
    assert answer.data["state"] == "awaiting_customer"
    assert clock.due_at.isoformat() == f"{year}-01-01T19:04:05+00:00"


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59-14:00", "x", "2030-13-01", []])
def test_moment_out_of_this_world_is_refused(
    moment: Any, api: Api, people: People, case_at: Any
) -> None:
    sent = {"question": "When?", "answer_by": moment}

    answer = move(api(people.security), case_at("investigating"), "ask_customer", sent)

    assert answer.status_code == 400
    assert list(answer.data["errors"]) == ["answer_by"]


def test_merge_into_a_case_one_sees(api: Api, people: People, case_at: Any) -> None:
    case, survivor = case_at("received"), case_at("received")
    spelled = survivor.reference.replace("-", "").lower()
    sent = {"survivor": spelled, "reason": "The same"}

    move(api(people.support), case, "merge_into", sent)

    case.refresh_from_db()
    assert case.merged_into == survivor


def test_merge_into_a_case_one_does_not_see(
    api: Api, people: People, case_at: Any
) -> None:
    case, hidden = case_at("received"), case_at("investigating")
    sent = {"survivor": hidden.reference, "reason": "The same"}

    answer = move(api(people.support), case, "merge_into", sent)

    assert answer.status_code == 400
    assert answer.data["errors"]["survivor"][0]["code"] == "unknown"


def test_move_without_version_is_refused(
    api: Api, people: People, case_at: Any
) -> None:
    case = case_at("assigned")

    answer = api(people.security).post(url(case, "transitions/take/"), {})

    assert answer.status_code == 428
    assert answer.data["code"] == "version_missing"


@pytest.mark.parametrize("version", ["*", "x", "-1", '"1', "1, 2", "9" * 10])
def test_version_that_is_none_is_refused(
    version: str, api: Api, people: People, case_at: Any
) -> None:
    case = case_at("assigned")

    answer = api(people.security).post(
        url(case, "transitions/take/"), {}, HTTP_IF_MATCH=version
    )

    assert answer.status_code in (400, 409)
    case.refresh_from_db()
    assert case.state == "assigned"


def test_stale_version_is_told(api: Api, people: People, case_at: Any) -> None:
    case = case_at("assigned")
    case.version -= 1

    answer = move(api(people.security), case, "take")

    assert answer.status_code == 409
    assert answer.data["code"] == "stale"


def test_move_from_a_wrong_state_is_told(
    api: Api, people: People, case_at: Any
) -> None:
    answer = move(api(people.security), case_at("investigating"), "take")

    assert answer.status_code == 409
    assert answer.data["code"] == "illegal_move"


def test_move_of_another_role_is_told(api: Api, people: People, case_at: Any) -> None:
    answer = move(api(people.security), case_at("assigned"), "reroute")

    assert answer.status_code == 403
    assert answer.data["code"] == "not_permitted"


def test_guard_says_its_reasons(api: Api, people: People, case_at: Any) -> None:
    case, events = case_at("investigating"), Event.objects.count()

    answer = move(api(people.security), case, "propose_decision")

    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.data["code"] == "guard_refused"
    assert {"no_draft"} <= {row["code"] for row in answer.data["reasons"]}
    assert Event.objects.count() == events


def test_missing_field_is_the_guards_reason(
    api: Api, people: People, case_at: Any
) -> None:
    answer = move(api(people.support), case_at("received"), "admit", {"team": "risk"})

    assert answer.status_code == 422
    assert "field_missing" in {row["code"] for row in answer.data["reasons"]}


def test_wrong_choice_is_the_guards_reason(
    api: Api, people: People, case_at: Any
) -> None:
    sent = ADMIT | {"severity": "enormous"}

    answer = move(api(people.support), case_at("received"), "admit", sent)

    assert answer.status_code == 422
    assert [row["code"] for row in answer.data["reasons"]] == ["field_invalid"]


@pytest.mark.parametrize(
    "name", ["delete", "lodge_appeal", "conclude_appeal", "__init__"]
)
def test_unknown_and_internal_moves_are_not_there(
    name: str, api: Api, people: People, case_at: Any
) -> None:
    answer = move(api(people.customer), case_at("answered"), name)

    assert answer.status_code == 404


@pytest.mark.parametrize("body", [[], "take", 1, None, {"_connector": "OR"}])
def test_body_of_another_shape_is_refused(
    body: Any, api: Api, people: People, case_at: Any
) -> None:
    case = case_at("assigned")
    address = url(case, "transitions/reroute/")

    answer = api(people.security_lead).post(
        address, body, format="json", HTTP_IF_MATCH=str(case.version)
    )

    assert answer.status_code in (400, 422)
    case.refresh_from_db()
    assert case.state == "assigned"


# The customer's short ways ---------------------------------------------------------


def test_customer_accepts_the_decision(api: Api, people: People, case_at: Any) -> None:
    case = case_at("answered")

    answer = api(people.customer).post(url(case, "accept/"))

    case.refresh_from_db()
    assert answer.status_code == 200
    assert case.closing_reason == "accepted"


def test_second_acceptance_is_refused(api: Api, people: People, case_at: Any) -> None:
    case, client = case_at("answered"), api(people.customer)
    client.post(url(case, "accept/"))

    answer = client.post(url(case, "accept/"))

    assert answer.status_code == 422
    assert [row["code"] for row in answer.data["reasons"]] == ["accepted_already"]


def test_customer_withdraws(api: Api, people: People, case_at: Any) -> None:
    case = case_at("received")

    answer = api(people.customer).post(url(case, "withdraw/"), {"reason": "Found it"})

    assert answer.data["status"] == "closed"
    case.refresh_from_db()
    assert case.state == "withdrawn"


def test_support_withdraws_with_the_customers_word(
    api: Api, people: People, case_at: Any
) -> None:
    case, client = case_at("investigating"), api(people.support)

    without = client.post(url(case, "withdraw/"), {"reason": "Found it"})
    word = {"customer_word": "by phone, 14:20"}
    with_word = client.post(url(case, "withdraw/"), word)

    assert without.status_code == 422
    assert without.data["reasons"][0]["code"] == "no_customer_word"
    assert with_word.status_code == 200


@pytest.mark.parametrize(
    ("name", "state"), [("accept", "accepted"), ("refuse", "refused")]
)
def test_customer_moves_one_remedy(
    name: str, state: str, api: Api, people: People
) -> None:
    case = _offered(people)
    remedy = case.remedies.get()

    answer = api(people.customer).post(url(case, f"remedies/{remedy.pk}/{name}/"))

    remedy.refresh_from_db()
    assert answer.status_code == 200
    assert remedy.state in (state, "executing")
    assert api(people.customer).get(url(case)).data["decision"]["remedies"][0]["id"]


def test_remedy_of_another_case_is_not_there(api: Api, people: People) -> None:
    case = _offered(people)
    other = cases.filed(people, by=people.other_customer)
    client, number = api(people.other_customer), case.remedies.get().pk

    assert client.post(url(other, f"remedies/{number}/accept/")).status_code == 404
    assert client.post(url(case, f"remedies/{number}/accept/")).status_code == 404
    far = client.post(url(other, f"remedies/{9**30}/accept/"))
    assert far.status_code == 404


def _offered(people: People) -> Any:
    """An answered case with one remedy that waits for the customer."""
    case = cases.at(people, "investigating")
    cases.draft(people, case, on_acceptance=True)
    from complaints.workflow import perform

    perform(case, "propose_decision", actor=people.security)
    for step in cases.PATHS["answered"][3:]:
        step(people, case)
    return case


def test_staff_do_not_move_their_own_complaint(api: Api, people: People) -> None:
    """Support's own complaint is in support's queue; they are its customer alone."""
    case = cases.filed(people, by=people.support)

    offers = api(people.support).get(url(case, "transitions/")).data["transitions"]
    answer = move(api(people.support), case, "admit", ADMIT)

    assert [row["name"] for row in offers] == ["withdraw"]
    assert answer.status_code == 403
