"""Role x state x transition: one table of verdicts, asked of list and door alike."""

from typing import Any

import pytest

from complaints import workflow
from complaints.errors import GuardRefused, IllegalMove, NotPermitted, NotVisible
from complaints.models import Complaint, Event
from complaints.permissions import Viewer, viewer_of
from complaints.states import State
from complaints.workflow import available_transitions, perform, transitions_of
from teams.system import system_actor
from tests.few import few
from tests.people import People

OWNERS = ("security", "security_lead")

EXPECTED: dict[str, dict[str, str]] = {
    State.RECEIVED: {
        "customer": "withdraw",
        "support": "admit merge_into withdraw",
        "support_lead": "admit refuse_admission not_a_complaint merge_into withdraw",
    },
    State.INADMISSIBLE: {
        "customer": "complete withdraw",
        "support": "complete withdraw",
        "support_lead": "complete withdraw close",
    },
    State.ASSIGNED: {
        "customer": "withdraw",
        "support": "withdraw",
        "support_lead": "withdraw",
        "security": "take merge_into withdraw",
        "security_lead": "assign_to take reroute merge_into withdraw",
    },
    State.INVESTIGATING: {
        "customer": "withdraw",
        "support": "withdraw",
        "support_lead": "withdraw",
        "security": "reroute ask_customer propose_decision merge_into withdraw",
        "security_lead": "assign_to reroute merge_into withdraw",
    },
    State.AWAITING_CUSTOMER: {
        "customer": "customer_answered withdraw",
        "support": "customer_answered withdraw",
        "support_lead": "customer_answered withdraw",
        "security": "customer_answered reroute withdraw",
        "security_lead": "customer_answered reroute withdraw",
    },
    State.IN_REVIEW: {
        "customer": "withdraw",
        "support": "withdraw",
        "support_lead": "withdraw",
        "security": "withdraw",
        "security_lead": "sign_off return_decision approve_decision withdraw",
        "compliance_officer": "sign_off return_decision approve_decision",
    },
    State.REMEDYING: {
        "customer": "withdraw",
        "support": "withdraw",
        "support_lead": "withdraw",
        "security": "issue_decision withdraw",
        "security_lead": "withdraw",
    },
    State.ANSWERED: {
        "customer": "accept withdraw",
        "support": "accept withdraw",
        "support_lead": "accept withdraw",
        "security": "accept withdraw",
        "security_lead": "accept withdraw close",
    },
    State.APPEALED: {
        "customer": "withdraw",
        "support": "withdraw",
        "support_lead": "withdraw",
        "security": "withdraw",
        "security_lead": "withdraw",
    },
    State.CLOSED: {
        "customer": "complete",
        "support": "complete",
        "support_lead": "complete",
        "security": "complete",
        "security_lead": "complete reopen",
    },
    State.WITHDRAWN: {"support_lead": "reopen"},
    State.MERGED: {"support": "unmerge", "support_lead": "unmerge"},
}
"""State -> role -> what that role is offered; whoever is not named gets nothing."""

BY_SYSTEM: dict[str, str] = {
    State.RECEIVED: "admit",
    State.INADMISSIBLE: "close",
    State.ASSIGNED: "assign_to",
    State.INVESTIGATING: "assign_to",
    State.AWAITING_CUSTOMER: "customer_answered",
    State.REMEDYING: "issue_decision",
    State.ANSWERED: "close",
}


def _expected(state: str, role: str) -> set[str]:
    return set(EXPECTED[state].get(role, "").split())


def _offered(case: Complaint, viewer: Viewer) -> set[str]:
    return {offer.name for offer in available_transitions(case, viewer)}


@pytest.mark.once
@pytest.mark.parametrize("state", State.values)
def test_offers_equal_the_table(state: str, people: People, case_at: Any) -> None:
    case = case_at(state)

    offered = {
        role: _offered(case, viewer_of(user)) for role, user in people.all().items()
    }

    assert offered == {role: _expected(state, role) for role in people.all()}


@pytest.mark.once
@pytest.mark.parametrize("state", State.values)
def test_system_is_offered_what_runs_by_itself(
    state: str, people: People, case_at: Any
) -> None:
    viewer = viewer_of(system_actor("scheduler"))

    offered = _offered(case_at(state), viewer)

    assert offered == set(BY_SYSTEM.get(state, "").split())


@pytest.mark.once
@pytest.mark.parametrize(
    "state", few(State.values, "received", "in_review", "answered")
)
def test_door_refuses_whoever_is_not_in_the_table(
    state: str, people: People, case_at: Any
) -> None:
    """What is not offered cannot be done by asking the door directly."""
    case = case_at(state)
    events = Event.objects.count()
    legal = [
        name
        for name, (method, spec) in transitions_of(Complaint).items()
        if method._django_fsm.has_transition(state)
    ]

    for role, user in people.all().items():
        viewer = viewer_of(user)
        for name in set(legal) - _expected(state, role) - _hidden(role, name="all"):
            with pytest.raises((NotVisible, NotPermitted)):
                perform(case, name, actor=viewer)

    assert Event.objects.count() == events
    assert Complaint.objects.get(pk=case.pk).state == state


def _hidden(role: str, *, name: str) -> set[str]:
    """Internal transitions are not offered though the role may cause them.

    Customers and whoever may speak for them lodge appeals through the appeals app,
    and only appeals conclude them; those doors have tables of their own.
    """
    speaks = {"customer", "support", "support_lead", "security", "security_lead"}
    hears = {"appeals", "appeals_2", "appeals_3"}
    hidden = {"lodge_appeal"} if role in speaks else set()
    return hidden | ({"conclude_appeal", "execute_award"} if role in hears else set())


@pytest.mark.once
@pytest.mark.parametrize("state", State.values)
def test_move_from_a_wrong_state_is_illegal(
    state: str, people: People, case_at: Any
) -> None:
    case = case_at(state)
    system = viewer_of(system_actor())

    for name, (method, _spec) in transitions_of(Complaint).items():
        if not method._django_fsm.has_transition(state):
            with pytest.raises(IllegalMove):
                perform(case, name, actor=system)


def test_unknown_transition_is_illegal(people: People, case_at: Any) -> None:
    with pytest.raises(IllegalMove):
        perform(case_at("received"), "delete", actor=people.support)


def test_missing_field_is_named(people: People, case_at: Any) -> None:
    with pytest.raises(GuardRefused) as refused:
        perform(case_at("received"), "admit", actor=people.support)

    assert {r.code for r in refused.value.refusals} == {"field_missing", "not_assessed"}


def test_spec_of_every_transition_has_words() -> None:
    for name, (method, spec) in workflow.transitions_of(Complaint).items():
        assert str(spec.label), name
        assert all(str(field.label) for field in spec.fields), method
