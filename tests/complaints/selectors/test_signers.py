"""Who is left to sign: exactly those whom the move itself would take."""

from collections.abc import Callable

import pytest

from complaints.models import Complaint, Conflict, Decision
from complaints.permissions import viewer_of
from complaints.registry import Lack, lacks_of
from complaints.selectors.signers import conflicted, signatures, unsignable
from complaints.states import DecisionStatus, SignOffRole
from complaints.workflow import perform
from teams.models import Team, User
from teams.services import add_member, remove_member
from teams.system import system_actor
from tests.people import People

CaseAt = Callable[..., Complaint]
LEAD, COMPLIANCE = SignOffRole.LEAD, SignOffRole.COMPLIANCE


def proposed(case: Complaint) -> Decision:
    decision = case.current_decision(DecisionStatus.PROPOSED)
    assert decision is not None
    return decision


def left(case: Complaint) -> list[SignOffRole]:
    return unsignable(proposed(case), conflicted(case))


@pytest.fixture
def case(case_at: CaseAt) -> Complaint:
    """Small, but of a category that compliance signs as well."""
    return case_at("in_review")


def leave(user: User, code: str) -> None:
    team = Team.objects.get(code=code)
    remove_member(user=user, team=team, actor=system_actor())


def test_somebody_is_left_for_every_sign_off(case: Complaint) -> None:
    assert proposed(case).required_capacities() == [LEAD, COMPLIANCE]
    assert left(case) == []
    assert lacks_of(case) == []


def test_sign_off_without_anybody_is_named_with_its_team(
    people: People, case: Complaint
) -> None:
    leave(people.compliance_officer, "compliance")

    assert left(case) == [COMPLIANCE]
    (lack,) = lacks_of(case)
    assert lack.words == "Nobody independent is left for the sign-off: Compliance."
    assert lack.remedy == (
        "The head of complaints sees to it: an administrator gives that role to "
        "somebody who had no part in this case, in: Compliance team."
    )


def test_conflict_of_the_only_one_leaves_nobody(
    people: People, case: Complaint
) -> None:
    Conflict.objects.create(
        complaint=case,
        user=people.security_lead,
        kind="related",
        recorded_by=people.head,
        recorded_at=case.received_at,
    )

    assert left(case) == [LEAD]


def test_one_person_with_two_rights_gives_one_sign_off(
    people: People, case: Complaint
) -> None:
    compliance = Team.objects.get(code="compliance")
    actor = system_actor()
    leave(people.compliance_officer, "compliance")
    add_member(user=people.security_lead, team=compliance, role="officer", actor=actor)

    assert left(case) == [COMPLIANCE]

    second = Team.objects.get(code="security")
    add_member(user=people.risk_lead, team=second, role="lead", actor=actor)
    assert left(case) == []


def test_signer_is_not_counted_for_another_sign_off(
    people: People, case: Complaint
) -> None:
    compliance = Team.objects.get(code="compliance")
    add_member(
        user=people.security_lead,
        team=compliance,
        role="officer",
        actor=system_actor(),
    )
    leave(people.compliance_officer, "compliance")
    perform(case, "sign_off", actor=people.security_lead)

    assert proposed(case).missing_capacities() == [LEAD]
    assert left(case) == [LEAD]


def test_amount_above_everybodys_limit_leaves_nobody(
    people: People, case: Complaint
) -> None:
    limited = people.compliance_officer.memberships.get()
    limited.approval_limit = 1
    limited.save()

    assert left(case) == [COMPLIANCE]


def test_people_left_are_those_the_move_would_take(
    people: People, case: Complaint
) -> None:
    """Whoever is the only one left may sign; with them gone nobody may."""
    decision = proposed(case)
    able = {
        name
        for name, user in people.all().items()
        if decision.capacity_for(viewer_of(user)) is not None
    }
    assert able == {"security_lead", "compliance_officer"}


def test_signatures_name_who_signed_and_what_is_open(
    people: People, case: Complaint
) -> None:
    perform(case, "sign_off", actor=people.security_lead)

    rows = signatures(proposed(case))

    assert [
        (str(row["label"]), row["sign_off"] and row["sign_off"].signer, row["stands"])
        for row in rows
    ] == [("Team lead", people.security_lead, True), ("Compliance", None, False)]
    assert signatures(None) == []


def test_handler_with_a_conflict_is_said(people: People, case_at: CaseAt) -> None:
    case = case_at("investigating")
    Conflict.objects.create(
        complaint=case,
        user=people.security,
        kind="related",
        recorded_by=people.security_lead,
        recorded_at=case.received_at,
    )

    assert lacks_of(case) == [
        Lack(
            "The handler has a conflict of interest.",
            "A lead of the team assigns the case to somebody else.",
        )
    ]
