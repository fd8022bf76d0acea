"""What a case under appeal lacks is said to staff, and escalated once."""

from typing import Any

import pytest

from appeals.models import Appeal
from appeals.services import propose_new_decision, sign_new_decision
from complaints.models import Complaint, Event
from complaints.registry import lacks_of
from complaints.states import State
from tests.appeals import walk
from tests.people import People

NO_REVIEWER = "Nobody independent is left to review the appeal."
NO_COMPLIANCE = "Nobody independent is left for the sign-off: Compliance."


def said(case: Complaint) -> list[str]:
    return [str(lack.words) for lack in lacks_of(case)]


def gaps(case: Complaint) -> list[Any]:
    rows = Event.objects.filter(stream=case.stream, what="no_signer").order_by("seq")
    return [row.payload["capacities"] for row in rows]


@pytest.fixture
def case(people: People, case_at: Any) -> Complaint:
    """Of a category that compliance signs, decided with its only officer's name."""
    return case_at(State.ANSWERED)


@pytest.fixture
def proposed(people: People, case: Complaint) -> Appeal:
    row = walk.reviewing(people, case)
    walk.new_draft(row)
    propose_new_decision(appeal=row, actor=walk.reviewer(row))
    return row


def test_appeal_with_a_reviewer_lacks_nothing(people: People, case: Complaint) -> None:
    walk.reviewing(people, case)

    assert (said(case), gaps(case)) == ([], [])


def test_missing_reviewer_is_said_with_who_can_help(
    people: People, case: Complaint
) -> None:
    for user in (people.appeals, people.appeals_2, people.appeals_3):
        user.reports_to = people.security
        user.save()

    walk.appeal(case)

    assert said(case) == [NO_REVIEWER]
    (lack,) = lacks_of(case)
    assert "An administrator can add a reviewer" in str(lack.remedy)


def test_new_decision_needs_a_second_officer_and_the_head_hears_of_it(
    people: People, case: Complaint, proposed: Appeal
) -> None:
    """Who signed the first decision may not sign what replaces it."""
    assert said(case) == [NO_COMPLIANCE]
    assert gaps(case) == [["compliance"]]
    told = case.outbox.filter(kind="staff", subject__contains="nobody is left to sign")
    assert [row.recipient for row in told] == [people.head.email]


def test_second_officer_fills_the_gap(
    people: People, case: Complaint, proposed: Appeal
) -> None:
    officer = walk.second_officer()
    assert said(case) == []

    sign_new_decision(appeal=proposed, actor=officer)

    assert (said(case), gaps(case)) == ([], [["compliance"]])


def test_ruled_appeal_lacks_nothing(people: People, case: Complaint) -> None:
    walk.ruled(people, case, "confirmed")

    assert said(case) == []
