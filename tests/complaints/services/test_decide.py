"""The draft that follows a returned decision."""

from decimal import Decimal
from typing import Any

import pytest

from complaints.errors import GuardRefused, IllegalMove, InvalidInput
from complaints.services import decide, protect
from complaints.states import DecisionStatus, RemedyState, State
from complaints.workflow import perform
from tests import cases
from tests.people import People


def test_draft_after_a_return_says_what_the_returned_one_said(
    people: People, case_at: Any
) -> None:
    case = case_at(State.IN_REVIEW)
    perform(case, "return_decision", actor=people.security_lead, comment="Say why.")

    draft = decide.draft_of(complaint=case, actor=people.security)

    first = case.decisions.get(number=1)
    assert (first.status, draft.number) == (DecisionStatus.RETURNED, 2)
    assert [row.amount for row in draft.live_remedies()] == [300]
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


def test_point_is_added_until_a_decision_is_proposed(
    people: People, case_at: Any
) -> None:
    """Whoever has the form open when a colleague proposes is told so."""
    case = case_at(State.INVESTIGATING)
    added = decide.add_point(complaint=case, text=" The fee. ", actor=people.security)
    assert (added.number, added.text) == (3, "The fee.")

    proposed = case_at(State.IN_REVIEW)
    with pytest.raises(IllegalMove):
        decide.add_point(complaint=proposed, text="The fee.", actor=people.security)
    assert proposed.points.count() == 2


GOOD = {"kind": "refund", "amount": Decimal(5), "asset": "BTC", "rate": Decimal(60_000)}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"amount": Decimal(0)}, "amount"),
        ({"amount": Decimal(-1)}, "amount"),
        ({"amount": Decimal("NaN")}, "amount"),
        ({"amount": Decimal("Infinity")}, "amount"),
        ({"amount": Decimal(10) ** 19, "rate": Decimal(10) ** 19}, "amount"),
        ({"rate": Decimal(0)}, "rate"),
        ({"rate": Decimal("NaN")}, "rate"),
        ({"asset": "EUR", "rate": Decimal("0.0001")}, "rate"),
        ({"asset": "eur ", "rate": Decimal(2)}, "rate"),
        ({"asset": "ВTC"}, "asset"),  # a Cyrillic В
        ({"asset": "BTC\u202e"}, "asset"),
        ({"asset": ""}, "asset"),
    ],
)
def test_a_payment_cannot_slip_under_its_band(
    people: People, case_at: Any, given: dict[str, Any], field: str
) -> None:
    case = case_at(State.INVESTIGATING)

    with pytest.raises(InvalidInput) as refused:
        decide.add_remedy(
            complaint=case,
            remedy=decide.NewRemedy(**GOOD | given),
            actor=people.security,
        )

    assert refused.value.field == field
    assert not case.remedies.exists()


def test_the_smallest_payment_is_worth_a_cent_and_the_largest_is_kept_exactly(
    people: People, case_at: Any
) -> None:
    case = case_at(State.INVESTIGATING)
    dust, most = Decimal(1).scaleb(-18), Decimal("9" * 17 + "." + "9" * 18)

    for amount in (dust, most):
        remedy = decide.NewRemedy(**GOOD | {"amount": amount, "rate": Decimal(1)})
        decide.add_remedy(complaint=case, remedy=remedy, actor=people.security)

    first, second = case.remedies.order_by("pk")
    assert first.reporting_value == Decimal("0.01")
    assert second.reporting_value == Decimal(10) ** 17


def test_every_word_and_sum_that_is_signed_is_in_the_hash(
    people: People, case_at: Any
) -> None:
    decision = case_at(State.IN_REVIEW).decisions.get()
    signed = decision.current_hash()

    decision.cause = "staff_error"
    assert decision.current_hash() != signed
    decision.cause = "process_not_followed"
    assert decision.current_hash() == signed
    remedy = decision.remedies.get()
    before = remedy.content()
    for name, value in (("rate", Decimal(2)), ("executor", "http")):
        kept = getattr(remedy, name)
        setattr(remedy, name, value)
        assert remedy.content() != before
        setattr(remedy, name, kept)


def test_nobody_pays_out_to_themselves_or_in_a_conflict(
    people: People, case_at: Any
) -> None:
    own = cases.filed(people, by=people.executor)
    for step in cases.PATHS[State.REMEDYING]:
        step(people, own)
    with pytest.raises(GuardRefused) as refused:
        perform(own.remedies.get(), "start", actor=people.executor)
    assert refused.value.refusals[0].code == "own_complaint"

    case = case_at(State.REMEDYING)
    protect.record_conflict(
        complaint=case,
        user=people.executor,
        kind="related",
        reason="A cousin",
        actor=people.executor,
    )
    with pytest.raises(GuardRefused) as refused:
        perform(case.remedies.get(), "start", actor=people.executor)
    assert refused.value.refusals[0].code == "conflict_of_interest"
