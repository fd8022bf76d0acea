"""Appeals of the tests, walked to where they stand through the one door."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from appeals.models import Appeal
from appeals.services import (
    NewGround,
    answer_ground,
    draft_new_decision,
    lodge,
    propose_new_decision,
    sign_new_decision,
    write_ruling,
)
from complaints.models import Complaint
from complaints.permissions import viewer_of
from complaints.services import decide
from complaints.states import AppealState
from complaints.workflow import perform
from teams.models import Team, User
from teams.services import add_member
from teams.system import system_actor
from tests.people import People, make_user
from tests.steps import step

GROUND = NewGround(kind="remedy_too_small", text="It does not cover my loss.")


@step
def appeal(case: Complaint, *, now: datetime | None = None, **given: Any) -> Appeal:
    """The customer appeals against the last word on ``case``."""
    words: dict[str, Any] = {
        "grounds": [GROUND],
        "statement": "Please look again.",
        "actor": case.customer.user,
    }
    made = lodge(complaint=case, now=now, **words | given)
    case.refresh_from_db()
    return made


@step
def admitted(people: People, case: Complaint) -> Appeal:
    made = appeal(case)
    perform(made, "admit", actor=reviewer(made))
    return made


@step
def reviewing(people: People, case: Complaint) -> Appeal:
    made = admitted(people, case)
    perform(made, "start_review", actor=reviewer(made))
    return made


def reviewer(row: Appeal) -> User:
    assert row.reviewer is not None
    return row.reviewer


@step
def answer_all(row: Appeal, *, accepted: bool = True) -> None:
    for ground in row.grounds.all():
        answer_ground(
            ground=ground,
            accepted=accepted,
            answer="We looked at it again.",
            actor=reviewer(row),
        )


@step
def write(row: Appeal, outcome: str) -> None:
    write_ruling(
        appeal=row,
        outcome=outcome,
        summary="Our ruling in one sentence.",
        reasons="The file shows it.",
        lesson="Look at the hold first.",
        actor=reviewer(row),
    )


@step
def new_draft(row: Appeal, *, amount: str = "1000", **remedy: Any) -> None:
    draft = draft_new_decision(appeal=row, actor=reviewer(row))
    for point in row.complaint.points.all():
        finding = decide.NewFinding(
            point=point,
            outcome="upheld",
            reasons="The file shows it.",
            no_evidence=True,
        )
        decide.put_finding(draft, finding)
    decide.put_shares(draft, {"exchange": 100})
    decide._set_fields(
        draft,
        {
            "outcome": "upheld",
            "summary": "We uphold your complaint.",
            "reasons": "The hold was not applied at all.",
            "precedents_seen": True,
            "cause": "process_gap",
        },
    )
    if Decimal(amount):
        given = {"kind": "refund", "asset": "USDT", "rate": Decimal(1)} | remedy
        decide.put_remedy(draft, decide.NewRemedy(amount=Decimal(amount), **given))


@step
def signed(people: People, row: Appeal, *, amount: str = "1000") -> None:
    """A new decision with every sign-off it needs."""
    new_draft(row, amount=amount)
    propose_new_decision(appeal=row, actor=reviewer(row))
    sign(people, row)


@step
def sign(people: People, row: Appeal) -> None:
    """Whoever decided the case before cannot sign, so compliance sends another."""
    assert row.new_decision is not None
    for user in (people.appeals, people.approver, second_officer()):
        if row.new_decision.capacity_for(viewer_of(user)) is not None:
            sign_new_decision(appeal=row, actor=user)


def second_officer() -> User:
    """Another compliance officer, who never touched a case."""
    return join("officer_2", "compliance", "officer")


@step
def join(name: str, team: str, role: str, **columns: Any) -> User:
    """Somebody new in ``team``; the same person when asked for again."""
    known = User.objects.filter(username=name).first()
    if known is not None:
        return known
    user = make_user(name, **columns)
    add_member(
        user=user, team=Team.objects.get(code=team), role=role, actor=system_actor()
    )
    return user


@step
def ruled(people: People, case: Complaint, outcome: str) -> Appeal:
    row = reviewing(people, case)
    answer_all(row)
    if outcome in ("varied", "overturned") and row.decision_id:
        signed(people, row)
    write(row, outcome)
    perform(row, "rule", actor=reviewer(row))
    case.refresh_from_db()
    return row


@step
def _out_of_time(people: People, case: Complaint) -> Appeal:
    due = case.clocks.get(step="appeal_window").due_at
    row = appeal(case, now=due, late_reason="I was in hospital.")
    perform(row, "reject_late", actor=reviewer(row), explanation="Two months ago.")
    return row


@step
def _withdrawn(people: People, case: Complaint) -> Appeal:
    row = appeal(case)
    perform(row, "withdraw", actor=case.customer.user)
    return row


def _ruled(people: People, case: Complaint) -> Appeal:
    return ruled(people, case, "confirmed")


@step
def _referred(people: People, case: Complaint) -> Appeal:
    row = _ruled(people, case)
    user = case.customer.user
    perform(row, "refer", actor=user, route="arbitration", consent=True)
    return row


@step
def _awarded(people: People, case: Complaint) -> Appeal:
    row = _referred(people, case)
    perform(row, "record_award", actor=reviewer(row), award="We are to pay 10 USDT.")
    return row


@step
def _discontinued(people: People, case: Complaint) -> Appeal:
    row = _referred(people, case)
    perform(row, "discontinue", actor=reviewer(row), reason="Settled.")
    return row


@step
def _closed(people: People, case: Complaint) -> Appeal:
    row = _ruled(people, case)
    perform(row, "close", actor=reviewer(row))
    return row


def _lodged(people: People, case: Complaint) -> Appeal:
    return appeal(case)


PATHS: dict[str, Callable[[People, Complaint], Appeal]] = {
    AppealState.LODGED: _lodged,
    AppealState.ADMITTED: admitted,
    AppealState.OUT_OF_TIME: _out_of_time,
    AppealState.REVIEWING: reviewing,
    AppealState.RULED: _ruled,
    AppealState.WITHDRAWN: _withdrawn,
    AppealState.REFERRED: _referred,
    AppealState.AWARDED: _awarded,
    AppealState.DISCONTINUED: _discontinued,
    AppealState.CLOSED: _closed,
}


def at(people: People, state: str, case: Complaint) -> Appeal:
    """An appeal that stands in ``state``, by the shortest lawful way."""
    row = PATHS[state](people, case)
    assert row.state == state
    return row
