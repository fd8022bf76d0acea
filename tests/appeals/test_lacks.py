"""What a case under appeal lacks is said to staff, and escalated once."""

from typing import Any

import pytest
from django.utils import timezone

from appeals.models import Appeal
from appeals.services import choose_again, propose_new_decision, sign_new_decision
from complaints.models import Complaint, Event
from complaints.registry import lacks_of
from complaints.services import protect, sign_offs
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


def test_missing_reviewer_is_told_by_name_where_the_desk_is_tied(
    people: People, case: Complaint
) -> None:
    """The head and the lead decided, and the officer signed: it leaves the house."""
    for user in (people.appeals, people.appeals_2, people.appeals_3, people.head):
        protect.record_conflict(
            complaint=case, user=user, kind="related", reason="", actor=user
        )

    row = walk.appeal(case)

    told = case.outbox.filter(subject__contains="nobody independent is left")
    assert [(one.kind, one.recipient) for one in told] == [
        ("management", "board@recourse.example")
    ]
    (lack,) = lacks_of(case)
    assert "board@recourse.example" in str(lack.remedy)

    officer = walk.second_officer()
    choose_again(appeal=row, actor=people.appeals)
    last = case.outbox.filter(subject__contains="nobody independent is left").last()
    assert last is not None
    assert (last.kind, last.recipient) == ("staff", officer.email)


def test_reviewer_who_is_new_is_chosen_by_itself(
    people: People, case: Complaint
) -> None:
    """Nobody who is tied has to press for it."""
    for user in (people.appeals, people.appeals_2, people.appeals_3, people.head):
        protect.record_conflict(
            complaint=case, user=user, kind="related", reason="", actor=user
        )
    row = walk.appeal(case)
    sign_offs.look_at_all(now=timezone.now())
    row.refresh_from_db()
    assert row.reviewer is None
    said = Event.objects.filter(stream=case.stream, what="no_reviewer")
    assert said.count() == 1

    fresh = walk.join("appeals_4", "appeals", "reviewer")
    sign_offs.look_at_all(now=timezone.now())

    row.refresh_from_db()
    assert (row.reviewer, said.count()) == (fresh, 1)


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
