"""The draft that follows a returned decision."""

from typing import Any

from complaints.services import decide
from complaints.states import DecisionStatus, RemedyState, State
from complaints.workflow import perform
from tests.people import People


def test_draft_after_a_return_says_what_the_returned_one_said(
    people: People, case_at: Any
) -> None:
    case = case_at(State.IN_REVIEW)
    perform(case, "return_decision", actor=people.security_lead, comment="Say why.")

    draft = decide.draft_of(complaint=case, actor=people.security)

    first = case.decisions.get(number=1)
    assert (first.status, draft.number) == (DecisionStatus.RETURNED, 2)
    assert draft.live_remedies().get().amount == 300
    assert draft.findings.count() == 2
    assert dict(draft.shares.values_list("bearer", "percent")) == {
        "exchange": 70,
        "customer": 30,
    }
    assert [row.state for row in first.remedies.all()] == [RemedyState.CANCELLED]


def test_withdrawal_after_a_return_cancels_what_was_proposed(
    people: People, case_at: Any
) -> None:
    case = case_at(State.IN_REVIEW)
    perform(case, "return_decision", actor=people.security_lead, comment="Say why.")

    perform(case, "withdraw", actor=people.customer)

    assert [row.state for row in case.remedies.all()] == [RemedyState.CANCELLED]
