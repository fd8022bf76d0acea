"""Whom of our own people a notice about a case reaches."""

from collections.abc import Callable

import pytest
from django.core import mail

from complaints.models import CaseAccess, Complaint, Conflict, Outbox
from complaints.services import barriers, protect
from complaints.services.consult import (
    answer_consultation,
    consult,
    end_consultation,
)
from complaints.services.relay import relay_due
from complaints.services.task_list import give_task
from teams.models import Team, User
from teams.services import remove_member
from tests.few import few
from tests.people import People

CaseAt = Callable[..., Complaint]


def told(case: Complaint) -> dict[str, str]:
    """Subject by recipient, of all notices to staff."""
    rows = case.outbox.filter(kind="staff").values_list("recipient", "subject")
    return dict(rows)


def bodies(case: Complaint) -> set[str]:
    return set(case.outbox.filter(kind="staff").values_list("body", flat=True))


@pytest.fixture
def case(case_at: CaseAt) -> Complaint:
    return case_at("investigating")


def ask(people: People, case: Complaint) -> CaseAccess:
    team = Team.objects.get(code="risk")
    return consult(
        complaint=case, team=team, question="Whose address?", actor=people.security
    )


def test_consulted_team_is_told_with_the_way_to_the_case(
    people: People, case: Complaint
) -> None:
    ask(people, case)

    subject = f"Complaint {case.reference}: your team is asked"
    assert told(case) == dict.fromkeys(
        [people.risk.email, people.risk_lead.email], subject
    )
    assert all(
        body.endswith(f"/admin/complaints/complaint/{case.pk}/change/\n")
        for body in bodies(case)
    )


def test_answer_is_told_to_who_asked_and_who_has_the_case(
    people: People, case: Complaint
) -> None:
    access = ask(people, case)
    case.outbox.all().delete()

    answer_consultation(access=access, answer="Ours.", actor=people.risk)

    assert told(case) == {
        people.security.email: f"Complaint {case.reference}: your question is answered"
    }


def test_end_is_told_to_the_team_without_a_link(
    people: People, case: Complaint
) -> None:
    access = ask(people, case)
    case.outbox.all().delete()

    end_consultation(access=access, actor=people.security_lead)

    subject = f"Complaint {case.reference}: no answer is needed any more"
    assert told(case) == dict.fromkeys(
        [people.risk.email, people.risk_lead.email], subject
    )
    assert bodies(case) == {
        "The question to your team was taken back. You no longer see the case."
    }


def test_conflicted_person_hears_nothing(people: People, case: Complaint) -> None:
    Conflict.objects.create(
        complaint=case,
        user=people.risk,
        kind="related",
        recorded_by=people.head,
        recorded_at=case.received_at,
    )

    ask(people, case)

    assert set(told(case)) == {people.risk_lead.email}


def test_notice_is_in_the_language_of_its_reader(
    people: People, case: Complaint
) -> None:
    people.risk.language = "zh-hans"
    people.risk.save()

    ask(people, case)

    assert told(case) == {
        people.risk.email: f"投诉 {case.reference}：征询您团队的意见",
        people.risk_lead.email: f"Complaint {case.reference}: your team is asked",
    }


def test_nobody_hears_of_their_own_complaint(people: People, case_at: CaseAt) -> None:
    case = case_at("investigating", by=people.risk_lead)

    ask(people, case)

    assert set(told(case)) == {people.risk.email}


# Asked again when it is sent ----------------------------------------------------------


def _leave(people: People, case: Complaint) -> None:
    remove_member(
        user=people.security_lead, team=case.team, actor=people.admin, role="lead"
    )


def _raise_barrier(people: People, case: Complaint) -> None:
    barriers.put_up(
        complaint=case,
        kind="insider",
        whole=True,
        reason="One of the team is named in it.",
        actor=people.compliance_officer,
    )


def _conflict(people: People, case: Complaint) -> None:
    protect.record_conflict(
        complaint=case,
        user=people.security_lead,
        kind="declared",
        reason="A friend",
        actor=people.security_lead,
    )


def _sign_out(people: People, case: Complaint) -> None:
    User.objects.filter(pk=people.security_lead.pk).update(is_active=False)


@pytest.mark.parametrize(
    "happens", few([_leave, _raise_barrier, _conflict, _sign_out], _raise_barrier)
)
def test_waiting_notice_is_withheld_from_who_may_not_have_it_any_more(
    people: People, case: Complaint, happens: Callable[[People, Complaint], None]
) -> None:
    Outbox.objects.exclude(kind="staff").delete()
    give_task(
        complaint=case,
        text="Look at it",
        assignee=people.security_lead,
        actor=people.security,
    )
    row = case.outbox.get(kind="staff", recipient=people.security_lead.email)

    happens(people, case)
    result = relay_due()

    row.refresh_from_db()
    assert (row.status, result.dead) == ("withheld", 0)
    assert not any(people.security_lead.email in one.to for one in mail.outbox)


def test_waiting_notice_goes_to_who_still_sees_the_case(
    people: People, case: Complaint
) -> None:
    access = ask(people, case)
    case.outbox.all().delete()
    end_consultation(access=access, actor=people.security)

    relay_due()

    # That the question is taken back is told to those who see the case no more.
    rows = case.outbox.filter(kind="staff")
    assert {row.status for row in rows} == {"sent"}
    assert {one.to[0] for one in mail.outbox} == {
        f"Risk <{people.risk.email}>",
        f"Risk_Lead <{people.risk_lead.email}>",
    }
