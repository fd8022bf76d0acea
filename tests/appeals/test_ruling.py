"""What each ruling does to the complaint, its decision and its remedies."""

from typing import Any

import pytest
from django.utils import timezone

from appeals.models import Appeal
from appeals.services import (
    answer_ground,
    choose_again,
    draft_new_decision,
    propose_new_decision,
    return_new_decision,
    sign_new_decision,
    write_ruling,
)
from complaints import ledger, triggers
from complaints.errors import (
    GuardRefused,
    IllegalMove,
    InvalidInput,
    NotPermitted,
    NotVisible,
)
from complaints.models import Complaint, Event
from complaints.permissions import viewer_of
from complaints.services import protect, sign_offs
from complaints.states import AppealState, DecisionStatus, RemedyState, State, Step
from complaints.workflow import perform
from teams.models import Team, User
from teams.services import remove_member
from teams.system import system_actor
from tests import cases
from tests.appeals import walk
from tests.few import few
from tests.people import People
from tests.steps import step


@step
def _offered(people: People, case: Complaint) -> None:
    """A first decision with a remedy offered on acceptance, not carried out yet."""
    cases.admit(people, case)
    perform(case, "take", actor=people.security)
    cases.draft(people, case, on_acceptance=True)
    perform(case, "propose_decision", actor=people.security)
    perform(case, "approve_decision", actor=cases.sign_all(people, case))
    perform(case, "issue_decision", actor=system_actor())


@pytest.fixture
def decided(people: People) -> Complaint:
    case = cases.filed(people)
    _offered(people, case)
    assert case.remedies.get().state == RemedyState.OFFERED
    return case


def _faults() -> list[str]:
    found = [str(fault) for fault in ledger.verify()]
    objects = [*Complaint.objects.all(), *Appeal.objects.all()]
    return found + [str(fault) for fault in ledger.verify_versions(objects)]


@pytest.mark.parametrize(
    ("outcome", "state", "first", "old_remedy"),
    few(
        [
            ("confirmed", State.ANSWERED, "issued", "offered"),
            ("varied", State.REMEDYING, "superseded", "cancelled"),
            ("overturned", State.REMEDYING, "superseded", "cancelled"),
            ("remitted", State.INVESTIGATING, "superseded", "cancelled"),
        ],
        ("overturned", State.REMEDYING, "superseded", "cancelled"),
    ),
)
def test_ruling_on_a_decision(
    outcome: str,
    state: str,
    first: str,
    old_remedy: str,
    people: People,
    decided: Complaint,
) -> None:
    old = decided.remedies.get()

    row = walk.ruled(people, decided, outcome)

    assert (row.state, decided.state) == (AppealState.RULED, state)
    assert decided.decisions.get(number=1).status == first
    old.refresh_from_db()
    assert old.state == old_remedy
    assert row.ruled_at is not None
    assert not decided.clocks.filter(step=Step.APPEAL_RULE, stopped_at=None).exists()
    assert _faults() == []


@pytest.mark.parametrize(
    ("outcome", "state", "ground"),
    [
        ("confirmed", State.INADMISSIBLE, "not_about_our_services"),
        ("overturned", State.RECEIVED, ""),
    ],
)
def test_ruling_on_a_refusal(
    outcome: str, state: str, ground: str, people: People, case_at: Any
) -> None:
    case = case_at(State.INADMISSIBLE)

    row = walk.ruled(people, case, outcome)

    assert (row.state, case.state) == (AppealState.RULED, state)
    assert case.refusal_ground == ground
    law = case.clocks.filter(step=Step.STATUTORY_DECISION, stopped_at=None)
    assert law.exists() is (outcome == "overturned")


@pytest.mark.parametrize("outcome", ["varied", "remitted"])
def test_refusal_is_confirmed_or_overturned(
    outcome: str, people: People, case_at: Any
) -> None:
    row = walk.reviewing(people, case_at(State.INADMISSIBLE))

    with pytest.raises(InvalidInput):
        walk.write(row, outcome)


def test_overturned_refusal_keeps_the_limit_of_the_law(
    people: People, case_at: Any
) -> None:
    """An appeal does not extend the limit of the first decision (Art 6(2))."""
    case = case_at(State.INADMISSIBLE)
    first = case.clocks.filter(step=Step.STATUTORY_DECISION).get().due_at

    walk.ruled(people, case, "overturned")

    clock = case.clocks.get(step=Step.STATUTORY_DECISION, stopped_at=None)
    assert clock.due_at == first


def test_new_decision_is_carried_out_and_sent(
    people: People, decided: Complaint
) -> None:
    row = walk.ruled(people, decided, "varied")
    new = row.new_decision
    assert new is not None
    assert (new.status, new.on_appeal) == (DecisionStatus.APPROVED, True)
    remedy = new.remedies.get()
    assert remedy.state == RemedyState.APPROVED
    assert decided.cause == "process_gap"

    cases.execute(people, remedy)
    perform(decided, "issue_decision", actor=system_actor())

    new.refresh_from_db()
    assert (new.status, decided.state) == (DecisionStatus.ISSUED, State.ANSWERED)
    assert decided.appeal_exhausted()
    with pytest.raises(GuardRefused) as refused:
        walk.appeal(decided)
    assert [r.code for r in refused.value.refusals] == ["appeal_used"]
    assert _faults() == []


def test_remitted_case_goes_to_somebody_new(people: People, decided: Complaint) -> None:
    walk.ruled(people, decided, "remitted")

    assert decided.handler is None
    with pytest.raises(GuardRefused) as refused:
        perform(
            decided, "assign_to", actor=people.security_lead, handler=people.security
        )
    assert "conflict_of_interest" in [r.code for r in refused.value.refusals]


def test_executed_remedy_of_the_first_decision_stays(
    people: People, case_at: Any
) -> None:
    case = case_at(State.ANSWERED)
    walk.ruled(people, case, "overturned")

    assert case.decisions.get(number=1).remedies.get().state == RemedyState.EXECUTED


@pytest.mark.drill
def test_nothing_is_replaced_while_it_is_being_paid(
    people: People, decided: Complaint
) -> None:
    remedy = decided.remedies.get()
    perform(remedy, "accept", actor=people.customer)
    perform(remedy, "start", actor=people.executor)
    row = walk.reviewing(people, decided)
    walk.answer_all(row)
    walk.signed(people, row)
    walk.write(row, "varied")
    with pytest.raises(GuardRefused) as refused:
        perform(row, "rule", actor=walk.reviewer(row))
    assert [r.code for r in refused.value.refusals] == ["remedy_in_progress"]

    perform(remedy, "complete", actor=people.executor, proof="ledger-1")
    perform(row, "rule", actor=walk.reviewer(row))

    assert row.state == AppealState.RULED


@pytest.mark.drill
def test_accepted_remedy_goes_on_after_a_confirmation(
    people: People, decided: Complaint
) -> None:
    perform(decided.remedies.get(), "accept", actor=people.customer)

    walk.ruled(people, decided, "confirmed")

    assert decided.clocks.filter(step=Step.EXECUTE_REMEDY, stopped_at=None).exists()
    cases.execute(people, decided.remedies.get())


@pytest.mark.parametrize("state", [State.ANSWERED, State.INADMISSIBLE, State.CLOSED])
@pytest.mark.parametrize("end", few(["out_of_time", "withdrawn"], "withdrawn"))
def test_late_or_withdrawn_goes_back_to_the_state_before(
    state: str, end: str, people: People, case_at: Any
) -> None:
    case = case_at(state)
    window = case.clocks.filter(step=Step.APPEAL_WINDOW, stopped_at=None).first()
    ended = window.due_at if window else None
    row = walk.appeal(case, now=ended, late_reason="I was ill.")
    assert not row.in_time
    if end == "withdrawn":
        perform(row, "withdraw", actor=people.customer)
    else:
        perform(row, "reject_late", actor=walk.reviewer(row), explanation="Too late.")

    case.refresh_from_db()
    assert (row.state, case.state) == (end, state)
    assert not case.accesses.filter(kind="appeal", revoked_at=None).exists()
    assert not case.clocks.filter(
        step__in=(Step.APPEAL_ADMIT, Step.APPEAL_RULE), stopped_at=None
    ).exists()


# The new decision ---------------------------------------------------------------------


def test_rule_needs_the_new_decision_with_every_sign_off(
    people: People, decided: Complaint
) -> None:
    row = walk.reviewing(people, decided)
    walk.answer_all(row)
    walk.write(row, "varied")
    assert _codes(row) == ["no_new_decision"]

    walk.new_draft(row)
    propose_new_decision(appeal=row, actor=walk.reviewer(row))
    assert _codes(row) == ["sign_offs_missing"]

    sign_new_decision(appeal=row, actor=people.approver)
    assert _codes(row) == ["sign_offs_missing"]

    sign_new_decision(appeal=row, actor=walk.second_officer())
    assert _codes(row) == []


def _codes(row: Appeal) -> list[str]:
    from complaints.workflow import offer_of

    offer = offer_of(row, "rule", walk.reviewer(row))
    assert offer is not None
    return [refusal.code for refusal in offer.refusals]


def test_edited_proposal_loses_its_sign_offs(
    people: People, decided: Complaint
) -> None:
    row = walk.reviewing(people, decided)
    walk.answer_all(row)
    walk.write(row, "varied")
    walk.signed(people, row)
    assert _codes(row) == []
    assert row.new_decision is not None

    triggers.remove()  # as the owner of the database can
    type(row.new_decision).objects.filter(pk=row.new_decision.pk).update(
        reasons="Something else."
    )
    triggers.install()
    row.refresh_from_db()

    assert _codes(row) == ["sign_offs_missing"]


def test_incomplete_draft_is_not_proposed(people: People, decided: Complaint) -> None:
    row = walk.reviewing(people, decided)
    draft_new_decision(appeal=row, actor=walk.reviewer(row))

    with pytest.raises(GuardRefused) as refused:
        propose_new_decision(appeal=row, actor=walk.reviewer(row))

    codes = {refusal.code for refusal in refused.value.refusals}
    assert {"points_open", "shares_incomplete", "no_reasons"} <= codes


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("appeals_2", "own_proposal"),
        ("compliance_officer", "not_independent"),
        ("legal", "capacity_not_needed"),
    ],
)
def test_who_may_not_sign_the_new_decision(
    name: str, code: str, people: People, decided: Complaint
) -> None:
    row = walk.reviewing(people, decided)
    walk.new_draft(row)
    propose_new_decision(appeal=row, actor=walk.reviewer(row))
    user = getattr(people, name)
    _show(row, user)

    with pytest.raises((GuardRefused, NotPermitted)) as refused:
        sign_new_decision(appeal=row, actor=user)

    if isinstance(refused.value, GuardRefused):
        assert [r.code for r in refused.value.refusals] == [code]


def _show(row: Appeal, user: Any) -> None:
    from django.utils import timezone

    from complaints.permissions import viewer_of
    from complaints.services.effects import grant

    by = viewer_of(system_actor())
    grant(row.complaint, "consultation", by=by, now=timezone.now(), user=user)


@pytest.mark.drill
def test_small_new_decision_is_signed_by_the_lead_of_appeals(
    people: People, decided: Complaint
) -> None:
    """Not by the lead of the team that decided first."""
    row = walk.reviewing(people, decided)
    walk.new_draft(row, amount="300")
    propose_new_decision(appeal=row, actor=walk.reviewer(row))

    with pytest.raises(GuardRefused):
        sign_new_decision(appeal=row, actor=people.security_lead)
    signature = sign_new_decision(appeal=row, actor=people.appeals)

    assert signature.capacity == "lead"


@pytest.mark.drill
def test_returned_proposal_is_drafted_again_with_all_its_parts(
    people: People, decided: Complaint
) -> None:
    row = walk.reviewing(people, decided)
    walk.new_draft(row)
    first = propose_new_decision(appeal=row, actor=walk.reviewer(row))

    return_new_decision(appeal=row, comment="Say why.", actor=people.approver)

    first.refresh_from_db()
    assert first.status == DecisionStatus.RETURNED
    assert row.new_decision is None
    again = draft_new_decision(appeal=row, actor=walk.reviewer(row))
    assert again.number == first.number + 1
    assert [row.amount for row in again.live_remedies()] == [1000]
    assert again.findings.count() == 2
    assert [r.state for r in first.remedies.all()] == [RemedyState.CANCELLED]
    second = propose_new_decision(appeal=row, actor=walk.reviewer(row))
    assert row.new_decision == second


def test_only_the_reviewer_writes(people: People, decided: Complaint) -> None:
    row = walk.reviewing(people, decided)
    ground = row.grounds.get()
    words = {"summary": "So.", "reasons": "So."}
    for user, refusal in (
        (people.appeals, NotPermitted),
        (people.appeals_3, NotVisible),
    ):
        with pytest.raises(refusal):
            write_ruling(appeal=row, outcome="confirmed", actor=user, **words)
        with pytest.raises(refusal):
            answer_ground(ground=ground, accepted=True, answer="So.", actor=user)
        with pytest.raises(refusal):
            draft_new_decision(appeal=row, actor=user)


def test_nothing_is_written_before_the_review_or_after_the_ruling(
    people: People, decided: Complaint
) -> None:
    row = walk.admitted(people, decided)
    with pytest.raises(IllegalMove):
        walk.write(row, "confirmed")
    perform(row, "start_review", actor=walk.reviewer(row))
    walk.answer_all(row)
    walk.write(row, "confirmed")
    perform(row, "rule", actor=walk.reviewer(row))

    with pytest.raises(IllegalMove):
        walk.write(row, "overturned")


@pytest.mark.drill
def test_unused_draft_of_the_reviewer_is_put_away(
    people: People, decided: Complaint
) -> None:
    """A confirmed decision stays the newest that stands, offers and all."""
    row = walk.reviewing(people, decided)
    walk.answer_all(row)
    walk.new_draft(row)
    walk.write(row, "confirmed")

    perform(row, "rule", actor=walk.reviewer(row))

    decided.refresh_from_db()
    drafted = decided.decisions.get(number=2)
    assert drafted.status == DecisionStatus.SUPERSEDED
    assert drafted.remedies.get().state == RemedyState.CANCELLED
    standing = decided.current_decision(DecisionStatus.ISSUED)
    assert standing is not None
    assert standing.number == 1


# Recusal ------------------------------------------------------------------------------


def test_recusal_hands_over_and_starts_afresh(
    people: People, decided: Complaint
) -> None:
    row = walk.reviewing(people, decided)
    first = walk.reviewer(row)
    walk.answer_all(row)
    walk.new_draft(row)
    propose_new_decision(appeal=row, actor=first)
    walk.write(row, "varied")

    perform(row, "recuse", actor=first, reason="My brother works for the customer.")

    assert row.reviewer == people.appeals_3
    assert row.state == AppealState.REVIEWING
    assert (row.outcome, row.ruling_reasons, row.new_decision) == ("", "", None)
    assert row.grounds.get().answer == ""
    with pytest.raises(NotVisible):
        write_ruling(
            appeal=row, outcome="confirmed", summary="x", reasons="x", actor=first
        )
    assert _faults() == []


@pytest.mark.parametrize("reason", few(["conflict", "left", "account closed"], "left"))
def test_reviewer_who_falls_out_is_replaced(
    people: People, decided: Complaint, reason: str
) -> None:
    row = walk.reviewing(people, decided)
    first = walk.reviewer(row)
    sign_offs.look_at_all(now=timezone.now())

    if reason == "conflict":
        protect.record_conflict(
            complaint=decided, user=first, kind="related", reason="", actor=first
        )
    elif reason == "left":
        team = Team.objects.get(code="appeals")
        remove_member(user=first, team=team, actor=system_actor())
    else:
        User.objects.filter(pk=first.pk).update(is_active=False)
    sign_offs.look_at_all(now=timezone.now())

    row.refresh_from_db()
    assert row.reviewer == people.appeals_3
    assert not Complaint.objects.visible_to(viewer_of(first)).exists()
    assert _faults() == []


@pytest.mark.drill
def test_conflict_of_the_last_signer_of_an_appeal_is_escalated(
    people: People, decided: Complaint
) -> None:
    row = walk.reviewing(people, decided)
    walk.answer_all(row)
    walk.new_draft(row)
    propose_new_decision(appeal=row, actor=walk.reviewer(row))
    told = Event.objects.filter(stream=decided.stream, what="no_signer")
    before = [event.payload["capacities"] for event in told.order_by("seq")]

    for user in (people.approver, people.approver_2):
        protect.record_conflict(
            complaint=decided, user=user, kind="related", reason="", actor=user
        )

    after = [event.payload["capacities"] for event in told.order_by("seq")]
    assert after == [*before, ["approver", "compliance"]]


@pytest.mark.drill
def test_last_recusal_leaves_no_reviewer_and_says_so(
    people: People, decided: Complaint
) -> None:
    row = walk.appeal(decided)
    for _time in range(3):
        perform(row, "recuse", actor=walk.reviewer(row), reason="I know them.")

    assert row.reviewer is None
    said = Event.objects.filter(stream=row.stream, what="no_reviewer")
    assert said.get().payload == {"appeal": row.pk}

    assert choose_again(appeal=row, actor=people.head) is None
    fresh = walk.join("appeals_4", "appeals", "reviewer")
    assert choose_again(appeal=row, actor=people.head) == fresh
    row.refresh_from_db()
    assert row.reviewer == fresh
    with pytest.raises(IllegalMove):
        choose_again(appeal=row, actor=people.head)


# The complaint around it --------------------------------------------------------------


@pytest.mark.drill
def test_withdrawn_complaint_takes_its_appeal_with_it(
    people: People, decided: Complaint
) -> None:
    row = walk.reviewing(people, decided)

    perform(decided, "withdraw", actor=people.customer)

    row.refresh_from_db()
    assert (row.state, decided.state) == (AppealState.WITHDRAWN, State.WITHDRAWN)
    assert not decided.accesses.filter(kind="appeal", revoked_at=None).exists()
    assert _faults() == []


def test_withdrawn_by_phone_takes_the_appeal_with_it(
    people: People, decided: Complaint
) -> None:
    row = walk.appeal(decided)

    perform(decided, "withdraw", actor=people.support, customer_word="Rang at 14:20.")

    row.refresh_from_db()
    assert row.state == AppealState.WITHDRAWN


@pytest.mark.parametrize("state", ["lodged", "admitted", "reviewing"])
@pytest.mark.parametrize("result", ["answered", "closed", "received", "investigating"])
def test_complaint_leaves_its_appeal_by_no_other_way(
    state: str, result: str, people: People, case_at: Any
) -> None:
    case = case_at(State.ANSWERED)
    walk.at(people, state, case)

    for actor in (people.appeals, people.appeals_2, system_actor()):
        with pytest.raises(GuardRefused) as refused:
            perform(case, "conclude_appeal", actor=actor, result=result)
        assert [r.code for r in refused.value.refusals] == ["not_concluded"]


@pytest.mark.parametrize("state", [AppealState.REFERRED, AppealState.AWARDED])
def test_no_case_closes_while_it_is_before_an_outside_body(
    state: str, people: People, case_at: Any
) -> None:
    case = case_at(State.ANSWERED)
    walk.at(people, state, case)
    case.refresh_from_db()

    with pytest.raises(GuardRefused) as refused:
        perform(case, "close", actor=people.security_lead)

    assert "appeal_open" in [r.code for r in refused.value.refusals]


def test_case_closes_after_a_ruling(people: People, case_at: Any) -> None:
    case = case_at(State.ANSWERED)
    walk.at(people, AppealState.RULED, case)
    case.refresh_from_db()

    perform(case, "close", actor=people.security_lead)

    assert case.state == State.CLOSED
