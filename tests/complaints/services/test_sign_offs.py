"""A sign-off that nobody is left to give stands on the ledger, and the head knows."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from complaints.models import Complaint, Event, Outbox
from complaints.services import protect, sign_offs
from complaints.services.clocks import sweep
from complaints.workflow import perform
from teams.models import Membership, Team, User
from teams.services import remove_member
from teams.system import ROUTING, system_actor
from tests import cases
from tests.people import People

CaseAt = Callable[..., Complaint]
SUBJECT = "Complaint {}: nobody is left to sign"


def events(case: Complaint) -> list[dict[str, object]]:
    rows = Event.objects.filter(stream=case.stream, what="no_signer").order_by("seq")
    assert {row.actor for row in rows} <= {system_actor(ROUTING)}
    return [row.payload for row in rows]


def told(case: Complaint) -> list[tuple[str, str]]:
    rows = case.outbox.filter(kind="staff").order_by("pk")
    return list(rows.values_list("recipient", "subject"))


@pytest.fixture
def drafted(people: People, case_at: CaseAt) -> Complaint:
    case = case_at("investigating")
    cases.draft(people, case)
    return case


def test_proposal_that_can_be_signed_escalates_nothing(
    people: People, drafted: Complaint
) -> None:
    perform(drafted, "propose_decision", actor=people.security)

    assert (events(drafted), told(drafted)) == ([], [])


def test_proposal_that_nobody_may_sign_is_escalated_to_the_head(
    people: People, drafted: Complaint
) -> None:
    team = Team.objects.get(code="compliance")
    remove_member(user=people.compliance_officer, team=team, actor=system_actor())

    perform(drafted, "propose_decision", actor=people.security)

    assert events(drafted) == [{"decision": 1, "capacities": ["compliance"]}]
    assert told(drafted) == [
        (people.head.email, SUBJECT.format(drafted.reference)),
    ]
    assert f"/admin/complaints/complaint/{drafted.pk}/" in Outbox.objects.last().body


def test_same_gap_is_escalated_once_and_a_new_one_again(
    people: People, drafted: Complaint
) -> None:
    team = Team.objects.get(code="compliance")
    remove_member(user=people.compliance_officer, team=team, actor=system_actor())
    perform(drafted, "propose_decision", actor=people.security)
    perform(drafted, "sign_off", actor=people.security_lead)
    assert len(events(drafted)) == 1

    perform(drafted, "return_decision", actor=people.security_lead, comment="Again.")
    cases.draft(people, drafted, amount="0")
    perform(drafted, "propose_decision", actor=people.security)

    assert [row["decision"] for row in events(drafted)] == [1, 2]
    assert len(told(drafted)) == 2


def test_conflict_of_the_last_signer_is_escalated(
    people: People, case_at: CaseAt
) -> None:
    case = case_at("in_review")

    protect.record_conflict(
        complaint=case,
        user=people.compliance_officer,
        kind="related",
        reason="A cousin",
        actor=people.security_lead,
    )

    assert events(case) == [{"decision": 1, "capacities": ["compliance"]}]


# Who leaves after the proposal ------------------------------------------------------


def leave(user: User, team: str) -> None:
    remove_member(user=user, team=Team.objects.get(code=team), actor=system_actor())


def test_signer_who_leaves_is_noticed_by_the_next_scan(
    people: People, case_at: CaseAt
) -> None:
    case = case_at("in_review")
    sign_offs.look_at_all(now=timezone.now())
    assert events(case) == []

    leave(people.compliance_officer, "compliance")
    sweep()

    assert events(case) == [{"decision": 1, "capacities": ["compliance"]}]
    assert told(case) == [(people.head.email, SUBJECT.format(case.reference))]


def test_account_that_is_closed_counts_as_leaving(
    people: People, case_at: CaseAt
) -> None:
    case = case_at("in_review")
    sign_offs.look_at_all(now=timezone.now())
    User.objects.filter(pk=people.compliance_officer.pk).update(is_active=False)

    sign_offs.look_at_all(now=timezone.now())

    assert len(events(case)) == 1


def test_proposals_are_looked_at_only_when_people_changed(
    people: People, case_at: CaseAt
) -> None:
    case_at("in_review")
    now = timezone.now()
    assert [sign_offs.look_at_all(now=now) for _n in range(3)] == [1, 0, 0]

    Membership.objects.filter(user=people.approver).update(approval_limit=100)

    assert [sign_offs.look_at_all(now=now) for _n in range(2)] == [1, 0]


def test_case_that_cannot_be_looked_at_holds_up_no_other(
    people: People, case_at: CaseAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_at("in_review")
    case_at("in_review")
    seen: list[int] = []

    def look(case: Complaint, _now: object) -> None:
        seen.append(case.pk)
        if len(seen) == 1:
            raise ValueError

    monkeypatch.setattr(sign_offs, "look_again", look)
    assert [sign_offs.look_at_all(now=timezone.now()) for _n in range(3)] == [2, 2, 0]
    assert len(set(seen)) == 2
