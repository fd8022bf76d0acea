"""Role x state x transition of an appeal: one table, asked of list and door alike."""

from typing import Any

import pytest

from appeals.models import Appeal
from complaints import workflow
from complaints.errors import GuardRefused, NotPermitted, NotVisible
from complaints.models import Event
from complaints.permissions import viewer_of
from complaints.states import AppealState
from complaints.workflow import available_transitions, perform, transitions_of
from teams.system import system_actor
from tests.appeals import walk
from tests.few import few
from tests.people import People

EXPECTED: dict[str, dict[str, str]] = {
    AppealState.LODGED: {
        "customer": "withdraw",
        "support": "withdraw",
        "support_lead": "withdraw",
        "security": "withdraw",
        "security_lead": "withdraw",
        "appeals": "admit",
        "appeals_2": "admit reject_late recuse",
    },
    AppealState.ADMITTED: {
        "customer": "withdraw",
        "support": "withdraw",
        "support_lead": "withdraw",
        "security": "withdraw",
        "security_lead": "withdraw",
        "appeals_2": "start_review recuse",
    },
    AppealState.REVIEWING: {
        "customer": "withdraw",
        "support": "withdraw",
        "support_lead": "withdraw",
        "security": "withdraw",
        "security_lead": "withdraw",
        "appeals_2": "recuse rule",
    },
    AppealState.RULED: {
        "customer": "refer",
        "support": "refer",
        "support_lead": "refer",
        "security": "refer",
        "security_lead": "refer",
        "appeals": "close",
        "appeals_2": "close",
    },
    AppealState.REFERRED: {
        "appeals": "record_award discontinue",
        "appeals_2": "record_award discontinue",
    },
    AppealState.AWARDED: {"appeals": "close", "appeals_2": "close"},
    AppealState.DISCONTINUED: {"appeals": "close", "appeals_2": "close"},
    AppealState.OUT_OF_TIME: {},
    AppealState.WITHDRAWN: {},
    AppealState.CLOSED: {},
}
"""State -> role -> what that role is offered; whoever is not named gets nothing."""

FEW = ("lodged", "reviewing", "ruled", "withdrawn")

BY_SYSTEM = {
    AppealState.LODGED: "admit",
    AppealState.RULED: "close",
    AppealState.REFERRED: "record_award discontinue",
    AppealState.AWARDED: "close",
    AppealState.DISCONTINUED: "close",
}


@pytest.fixture
def row_at(people: People, case_at: Any) -> Any:
    def walk_to(state: str) -> Appeal:
        return walk.at(people, state, case_at("answered"))

    return walk_to


def _offered(row: Appeal, user: Any) -> set[str]:
    return {offer.name for offer in available_transitions(row, viewer_of(user))}


@pytest.mark.once
@pytest.mark.parametrize("state", few(AppealState.values, *FEW))
def test_offers_equal_the_table(state: str, people: People, row_at: Any) -> None:
    row = row_at(state)

    offered = {role: _offered(row, user) for role, user in people.all().items()}

    expected = EXPECTED[AppealState(state)]
    assert offered == {
        role: set(expected.get(role, "").split()) for role in people.all()
    }


@pytest.mark.once
@pytest.mark.parametrize("state", AppealState.values)
def test_system_is_offered_what_the_table_says(state: str, row_at: Any) -> None:
    row = row_at(state)

    assert _offered(row, system_actor()) == set(BY_SYSTEM.get(state, "").split())  # type: ignore[call-overload]


@pytest.mark.once
@pytest.mark.parametrize("state", few(AppealState.values, "ruled"))
def test_door_refuses_what_the_list_does_not_offer(
    state: str, people: People, row_at: Any
) -> None:
    row, events = row_at(state), Event.objects.count()
    offered = EXPECTED[AppealState(state)]
    refusals = (NotVisible, NotPermitted, workflow.IllegalMove)
    for role, user in people.all().items():
        for name in set(transitions_of(Appeal)) - set(offered.get(role, "").split()):
            with pytest.raises(refusals):
                perform(row, name, actor=user, customer_word="He rang at 14:20.")

    assert Event.objects.count() == events


@pytest.mark.parametrize("state", few(AppealState.values, *FEW))
def test_every_transition_leaves_one_event_with_its_actor(
    state: str, people: People, row_at: Any
) -> None:
    row = row_at(state)

    events = Event.objects.filter(object_type="appeal", object_id=row.pk)
    versions = list(events.order_by("seq").values_list("object_version", flat=True))
    assert versions == list(range(1, row.version + 1))
    if row.version:
        assert events.order_by("seq").last().target == state  # type: ignore[union-attr]


def test_in_time_appeal_cannot_be_rejected_as_late(people: People, row_at: Any) -> None:
    row = row_at(AppealState.LODGED)

    with pytest.raises(GuardRefused) as refused:
        perform(row, "reject_late", actor=walk.reviewer(row), explanation="Late.")

    assert [r.code for r in refused.value.refusals] == ["in_time"]


def test_ruling_needs_every_ground_answered_and_words(
    people: People, row_at: Any
) -> None:
    row = row_at(AppealState.REVIEWING)

    with pytest.raises(GuardRefused) as refused:
        perform(row, "rule", actor=walk.reviewer(row))

    codes = [refusal.code for refusal in refused.value.refusals]
    assert codes == ["grounds_open", "no_ruling"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"route": "arbitration"}, "field_missing"),
        ({"route": "arbitration", "consent": False}, "no_consent"),
        ({"route": "moon", "consent": True}, "unknown_route"),
    ],
)
def test_referral_needs_consent_and_a_known_route(
    fields: dict[str, Any], code: str, people: People, row_at: Any
) -> None:
    row = row_at(AppealState.RULED)

    with pytest.raises(GuardRefused) as refused:
        perform(row, "refer", actor=people.customer, **fields)

    assert code in [refusal.code for refusal in refused.value.refusals]
    row.refresh_from_db()
    assert row.state == AppealState.RULED


def test_staff_withdraw_only_with_the_customers_word(
    people: People, row_at: Any
) -> None:
    row = row_at(AppealState.ADMITTED)
    with pytest.raises(GuardRefused):
        perform(row, "withdraw", actor=people.support)

    perform(row, "withdraw", actor=people.support, customer_word="By phone, 14:20.")

    assert row.state == AppealState.WITHDRAWN
