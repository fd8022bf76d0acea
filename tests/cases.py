"""Cases of the tests, walked to where they stand through the one door."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from complaints.models import Category, Complaint, Remedy
from complaints.services import decide, intake
from complaints.services.intake import Filing
from complaints.states import Outcome, State
from complaints.workflow import perform
from teams.models import Team, User
from teams.system import system_actor
from tests.people import People
from tests.steps import step

CATEGORY = "security.unauthorised-withdrawal"


@step
def filed(people: People, *, by: User | None = None, **filing: Any) -> Complaint:
    """A complaint as it is born; keywords replace fields of the ``Filing``."""
    user = by or people.customer
    actor = filing.pop("actor", user)
    now: datetime | None = filing.pop("now", None)
    given: dict[str, Any] = {
        "customer": intake.party_of_user(user),
        "channel": "portal",
        "subject": "Withdrawal that I did not make",
        "description": "1,860 USDT left my account at night. It was not me.",
        "points": ("The withdrawal was not mine", "It should have been held"),
        "category": Category.objects.get(code=CATEGORY),
        "asset": "USDT",
        "amount": Decimal(1860),
        "identifiers": (("transaction", "9f3c51aa5a697c", "tron"),),
    }
    return intake.file_complaint(filing=Filing(**given | filing), actor=actor, now=now)


@step
def admit(
    people: People, case: Complaint, team: str = "security", **given: Any
) -> None:
    perform(
        case,
        "admit",
        actor=people.support,
        category=case.category or Category.objects.get(code="other"),
        team=Team.objects.get(code=team),
        severity="high",
        complexity="medium",
        impact="high",
        **given,
    )


@step
def draft(
    people: People, case: Complaint, *, amount: str = "300", on_acceptance: bool = False
) -> None:
    """A complete draft by the handler; ``amount`` in USDT at a rate of 1."""
    handler = people.security
    for point in case.points.all():
        finding = decide.NewFinding(
            point=point,
            outcome="upheld",
            reasons="The records show it.",
            no_evidence=True,
        )
        decide.set_finding(complaint=case, finding=finding, actor=handler)
    decide.set_shares(
        complaint=case, shares={"exchange": 70, "customer": 30}, actor=handler
    )
    decide.write_draft(
        complaint=case,
        actor=handler,
        outcome=Outcome.PARTLY_UPHELD,
        summary="We uphold your complaint in part.",
        reasons="The hold was not applied.",
        what_changes="The hold now applies to every new address.",
        precedents_seen=True,
        cause="process_not_followed",
    )
    if Decimal(amount):
        remedy = decide.NewRemedy(
            kind="refund",
            amount=Decimal(amount),
            asset="USDT",
            rate=Decimal(1),
            on_acceptance=on_acceptance,
        )
        decide.add_remedy(complaint=case, remedy=remedy, actor=handler)


@step
def sign_all(people: People, case: Complaint) -> User:
    """Every sign-off that is needed; returns who signed last."""
    last = people.security_lead
    signers = (
        people.security_lead,
        people.approver,
        people.legal,
        people.compliance_officer,
    )
    for signer in signers:
        decision = case.current_decision("proposed")  # type: ignore[arg-type]
        if decision and decision.capacity_for(_viewer(signer)) is not None:
            perform(case, "sign_off", actor=signer)
            last = signer
    return last


def _viewer(user: User) -> Any:
    from complaints.permissions import viewer_of

    return viewer_of(user)


@step
def execute(people: People, remedy: Remedy) -> None:
    perform(remedy, "start", actor=people.executor)
    perform(remedy, "complete", actor=people.executor, proof="ledger-1")


def at(people: People, state: str, **filing: Any) -> Complaint:
    """A complaint that stands in ``state``, by the shortest lawful way."""
    case = filed(people, **filing)
    for walk in PATHS[state]:
        walk(people, case)
    assert case.state == state
    return case


@step
def _admit(people: People, case: Complaint) -> None:
    admit(people, case)


@step
def _take(people: People, case: Complaint) -> None:
    perform(case, "take", actor=people.security)


@step
def _ask(people: People, case: Complaint) -> None:
    answer_by = case.recorded_at + timedelta(days=400)
    perform(
        case,
        "ask_customer",
        actor=people.security,
        question="When?",
        answer_by=answer_by,
    )


@step
def _propose(people: People, case: Complaint) -> None:
    draft(people, case)
    perform(case, "propose_decision", actor=people.security)


@step
def _approve(people: People, case: Complaint) -> None:
    perform(case, "approve_decision", actor=sign_all(people, case))


@step
def _issue(people: People, case: Complaint) -> None:
    for remedy in case.remedies.filter(state="approved", on_acceptance=False):
        execute(people, remedy)
    perform(case, "issue_decision", actor=system_actor())


@step
def _accept(people: People, case: Complaint) -> None:
    perform(case, "accept", actor=case.customer.user)


@step
def _close(people: People, case: Complaint) -> None:
    perform(case, "close", actor=people.security_lead)


@step
def _refuse(people: People, case: Complaint) -> None:
    perform(
        case,
        "refuse_admission",
        actor=people.support_lead,
        ground="not_about_our_services",
        explanation="This firm is not ours.",
    )


@step
def _withdraw(people: People, case: Complaint) -> None:
    perform(case, "withdraw", actor=case.customer.user)


@step
def _merge(people: People, case: Complaint) -> None:
    survivor = filed(people, by=case.customer.user)
    perform(
        case, "merge_into", actor=people.support, survivor=survivor, reason="The same"
    )


@step
def _appeal(people: People, case: Complaint) -> None:
    from appeals.services import NewGround, lodge

    ground = NewGround(kind="remedy_too_small", text="It does not cover my loss.")
    lodge(
        complaint=case,
        grounds=[ground],
        statement="Please look again.",
        actor=case.customer.user,
    )
    case.refresh_from_db()


Walk = Callable[[People, Complaint], None]
_INVESTIGATING: tuple[Walk, ...] = (_admit, _take)
_ANSWERED: tuple[Walk, ...] = (*_INVESTIGATING, _propose, _approve, _issue)

PATHS: dict[str, tuple[Walk, ...]] = {
    State.RECEIVED: (),
    State.INADMISSIBLE: (_refuse,),
    State.ASSIGNED: (_admit,),
    State.INVESTIGATING: _INVESTIGATING,
    State.AWAITING_CUSTOMER: (*_INVESTIGATING, _ask),
    State.IN_REVIEW: (*_INVESTIGATING, _propose),
    State.REMEDYING: (*_INVESTIGATING, _propose, _approve),
    State.ANSWERED: _ANSWERED,
    State.APPEALED: (*_ANSWERED, _appeal),
    State.CLOSED: (*_ANSWERED, _accept, _close),
    State.WITHDRAWN: (_withdraw,),
    State.MERGED: (_merge,),
}
