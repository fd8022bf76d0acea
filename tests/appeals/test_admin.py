"""The desk's pages of an appeal: who sees them and what they do."""

from typing import Any

import pytest
from django.test import Client

from appeals.models import Appeal
from complaints.models import Complaint
from complaints.states import AppealState, DecisionStatus, State
from complaints.workflow import perform
from tests.appeals import walk
from tests.few import few
from tests.people import People

LIST = "/admin/appeals/appeal/"


@pytest.fixture(autouse=True)
def _no_second_factor(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False


@pytest.fixture
def case(people: People, case_at: Any) -> Complaint:
    found: Complaint = case_at(State.ANSWERED)
    return found


def _as(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _url(row: Appeal, rest: str = "change/") -> str:
    return f"{LIST}{row.pk}/{rest}"


READ = {"appeals", "appeals_2", "head"}
"""Who reads an appeal that goes on: its reviewer, the lead, the head."""


@pytest.mark.drill
def test_only_who_hears_heads_or_signs_sees_it_while_it_goes_on(
    people: People, case: Complaint
) -> None:
    row = walk.reviewing(people, case)

    seen = {
        name
        for name, user in people.all().items()
        if _as(user).get(_url(row)).status_code == 200
    }
    listed = {
        name
        for name, user in people.all().items()
        if case.reference in _as(user).get(LIST).content.decode()
    }

    assert seen == READ
    assert listed == READ


def test_first_team_reads_it_after_the_ruling(people: People, case: Complaint) -> None:
    row = walk.ruled(people, case, "confirmed")

    page = _as(people.security_lead).get(_url(row))

    assert page.status_code == 200
    assert "Look at the hold first" in page.content.decode()


def test_page_shows_the_appeal_and_its_file_before_the_reasoning(
    people: People, case: Complaint
) -> None:
    row = walk.reviewing(people, case)

    text = _as(walk.reviewer(row)).get(_url(row)).content.decode()

    places = [text.index(f'id="{name}"') for name in ("grounds", "file", "first")]
    assert places == sorted(places)
    assert text.index('id="first"') < text.index("The records show it.")


def test_page_has_the_same_number_of_queries_at_any_length(
    people: People, case: Complaint, django_assert_max_num_queries: Any
) -> None:
    from complaints.services import correspond

    for number in range(12):
        correspond.note(complaint=case, text=f"Note {number}", actor=people.security)
    row = walk.reviewing(people, case)
    client = _as(walk.reviewer(row))
    client.get(_url(row))

    with django_assert_max_num_queries(75):
        client.get(_url(row))


def test_review_by_the_pages_alone(people: People, case: Complaint) -> None:
    row = walk.appeal(case)
    client = _as(people.appeals_2)
    client.post(_url(row, "do/admit/"), {"version": 0})
    client.post(_url(row, "do/start_review/"), {"version": 1})
    client.post(_url(row, "ground/1/"), {"accepted": "no", "answer": "It does."})
    client.post(
        _url(row, "ruling/"),
        {"outcome": "confirmed", "summary": "It stands.", "reasons": "The file."},
    )
    answer = client.post(_url(row, "do/rule/"), {"version": 2, "sure": "on"})

    assert answer["Location"] == _url(row)
    row.refresh_from_db()
    case.refresh_from_db()
    assert (row.state, row.outcome) == (AppealState.RULED, "confirmed")
    assert row.grounds.get().accepted is False
    assert case.state == State.ANSWERED


def test_new_decision_by_the_pages_alone(people: People, case: Complaint) -> None:
    row = walk.reviewing(people, case)
    client = _as(people.appeals_2)
    draft = client.get(_url(row, "decision/"))
    assert draft.status_code == 200
    post: dict[str, Any] = {"seen": "none", "s-exchange": 100}
    for point in case.points.all():
        post[f"p{point.pk}-outcome"] = "upheld"
        post[f"p{point.pk}-reasons"] = "The file shows it."
        post[f"p{point.pk}-no_evidence"] = "on"
    post |= {
        "outcome": "upheld",
        "summary": "We uphold it.",
        "reasons": "The hold did not run.",
        "cause": "process_gap",
        "precedents_seen": "on",
    }
    assert client.post(_url(row, "decision/"), post).status_code == 302
    remedy = {"kind": "refund", "amount": "1000", "asset": "USDT", "rate": "1"}
    assert client.post(_url(row, "decision/remedy/"), remedy).status_code == 302
    client.post(_url(row, "decision/propose/"))

    row.refresh_from_db()
    assert row.new_decision is not None
    assert row.new_decision.status == DecisionStatus.PROPOSED
    page = _as(people.approver).get(_url(row))
    assert page.context["may_sign"] is True
    read = row.new_decision.current_hash()
    assert f'name="seen" value="{read}"' in page.content.decode()
    for words in ({}, {"seen": "0" * 64}):
        _as(people.approver).post(_url(row, "decision/sign/"), words)
    assert not row.new_decision.sign_offs.exists()
    for signer in (people.approver, walk.second_officer()):
        _as(signer).post(_url(row, "decision/sign/"), {"seen": read})
    assert row.new_decision.missing_capacities() == []


def test_stale_draft_keeps_what_was_typed(people: People, case: Complaint) -> None:
    row = walk.reviewing(people, case)
    walk.new_draft(row)
    post = {"seen": "none", "summary": "Mine, typed meanwhile."}

    page = _as(people.appeals_2).post(_url(row, "decision/"), post)

    assert page.status_code == 409
    assert "Mine, typed meanwhile." in page.content.decode()


def test_approver_of_the_first_decision_is_told_why_not(
    people: People, case: Complaint
) -> None:
    from appeals.services import propose_new_decision

    row = walk.reviewing(people, case)
    walk.new_draft(row)
    propose_new_decision(appeal=row, actor=walk.reviewer(row))

    page = _as(people.compliance_officer).get(_url(row))

    assert page.context["may_sign"] is False
    assert "decided the case" in page.content.decode()


PRESSES = (
    "reviewer/",
    "decision/propose/",
    "decision/sign/",
    "decision/return/",
    "decision/",
    "decision/remedy/",
    "ground/1/",
    "ruling/",
    "do/rule/",
    "do/recuse/",
    "do/close/",
)


@pytest.mark.parametrize("rest", few(PRESSES, "decision/", "ruling/", "do/rule/"))
def test_strangers_get_no_page_and_press_nothing(
    rest: str, people: People, case: Complaint
) -> None:
    row = walk.reviewing(people, case)
    post = {"accepted": "no", "answer": "x", "outcome": "confirmed", "version": 2}
    for user in (people.tech, people.appeals_3, people.security, people.reviewer):
        assert _as(user).post(_url(row, rest), post).status_code in (403, 404, 405)
        assert _as(user).get(_url(row, rest)).status_code in (403, 404, 405)
    for user in (people.customer, people.outsider, None):
        client = _as(user) if user else Client()
        assert client.post(_url(row, rest), post).status_code in (302, 403, 404)
    row.refresh_from_db()
    assert (row.state, row.outcome) == (AppealState.REVIEWING, "")
    assert row.grounds.get().answer == ""


@pytest.mark.parametrize(
    "rest", ["ground/1/", "ruling/", "decision/", "decision/remedy/"]
)
def test_lead_and_head_read_but_do_not_write(
    rest: str, people: People, case: Complaint
) -> None:
    row = walk.reviewing(people, case)

    for user in (people.appeals, people.head):
        assert _as(user).get(_url(row, rest)).status_code == 403


def test_empty_forms_name_their_fields(people: People, case: Complaint) -> None:
    row = walk.reviewing(people, case)
    client = _as(people.appeals_2)

    ground = client.post(_url(row, "ground/1/"), {"answer": "x"})
    ruling = client.post(_url(row, "ruling/"), {"outcome": "moon", "summary": "x"})

    assert (ground.status_code, ruling.status_code) == (422, 422)
    assert set(ground.context["form"].errors) == {"accepted"}
    assert set(ruling.context["form"].errors) == {"outcome", "reasons"}


def test_head_finds_a_reviewer_again(people: People, case: Complaint) -> None:
    for user in (people.appeals, people.appeals_2, people.appeals_3):
        user.reports_to = people.security
        user.save()
    row = walk.appeal(case)
    client = _as(people.head)
    page = client.get(_url(row))
    assert "nobody independent is left" in page.content.decode()
    assert [str(lack.words) for lack in page.context["lacks"]] == [
        "Nobody independent is left to review the appeal."
    ]
    fresh = walk.join("appeals_4", "appeals", "reviewer")

    client.post(_url(row, "reviewer/"))

    row.refresh_from_db()
    assert row.reviewer == fresh


def test_recused_reviewer_lands_in_the_queue(people: People, case: Complaint) -> None:
    row = walk.appeal(case)

    answer = _as(people.appeals_2).post(
        _url(row, "do/recuse/"), {"version": 0, "reason": "I know them."}
    )

    assert answer["Location"] == LIST
    assert _as(people.appeals_2).get(_url(row)).status_code == 404


def test_closed_appeal_leaves_the_sight_of_its_reviewer(
    people: People, case: Complaint
) -> None:
    row = walk.ruled(people, case, "confirmed")

    perform(row, "close", actor=people.appeals)

    assert _as(people.appeals_2).get(_url(row)).status_code == 404
