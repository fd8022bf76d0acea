"""Whoever reviews is never dependent; where nobody is left, the desk says so."""

from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appeals import panel
from appeals.independence import dependence, independent_reviewer, ties_to
from appeals.models import Appeal
from appeals.services import lodge
from appeals.services.panel import call_panel
from complaints.models import Complaint, Conflict, Event, Outbox
from complaints.services import correspond
from complaints.states import State
from complaints.workflow import perform
from teams.models import Absence, Membership, Team, User
from teams.system import system_actor
from tests.appeals import walk
from tests.people import People

NOW = timezone.now


@pytest.fixture
def answered(people: People, case_at: Any) -> Complaint:
    case: Complaint = case_at(State.ANSWERED)
    return case


def _reasons(row: Appeal, user: User) -> list[str]:
    return [str(reason) for reason in dependence(row, user)]


def test_least_loaded_is_chosen(people: People, case_at: Any) -> None:
    chosen = [walk.appeal(case_at(State.ANSWERED)).reviewer for _time in range(4)]

    assert chosen == [
        people.appeals_2,
        people.appeals_3,
        people.appeals_2,
        people.appeals_3,
    ]


def test_absent_and_inactive_are_passed_over(
    people: People, answered: Complaint
) -> None:
    now = NOW()
    Absence.objects.create(
        user=people.appeals_2,
        starts_at=now - timedelta(days=1),
        ends_at=now + timedelta(days=1),
    )
    people.appeals_3.is_active = False
    people.appeals_3.save()

    assert walk.appeal(answered).reviewer == people.appeals


@pytest.mark.parametrize("role", ["handler", "signer", "boss", "boss of boss"])
def test_who_decided_and_who_reports_to_them_is_dependent(
    role: str, people: People, answered: Complaint
) -> None:
    first = people.appeals_2
    if role == "handler":
        Complaint.objects.filter(pk=answered.pk).update(handler=first)
    elif role == "signer":
        decision = answered.decisions.get()
        decision.sign_offs.model.objects.create(
            decision=decision,
            signer=first,
            proposer=people.security,
            capacity="legal",
            content_hash=decision.content_hash,
            at=NOW(),
        )
    elif role == "boss":
        first.reports_to = people.security
        first.save()
    else:
        people.tech.reports_to, first.reports_to = people.security_lead, people.tech
        people.tech.save()
        first.save()

    row = walk.appeal(answered)

    assert row.reviewer == people.appeals_3
    assert _reasons(row, first)


def test_to_whom_a_decider_reports_hears_nothing_but_may_sign(
    people: People, answered: Complaint
) -> None:
    """They would judge what their own people did; a new decision needs their name."""
    User.objects.filter(pk=people.security.pk).update(reports_to=people.tech)
    User.objects.filter(pk=people.tech.pk).update(reports_to=people.appeals_2)

    row = walk.appeal(answered)

    said = "Somebody who decided the case reports to this person."
    assert _reasons(row, people.appeals_2) == [said]
    assert row.reviewer == people.appeals_3
    assert not ties_to(row)(people.appeals_2)


def test_whoever_refused_admission_is_a_decider(people: People, case_at: Any) -> None:
    case = case_at(State.INADMISSIBLE)
    people.appeals_2.reports_to = people.support_lead
    people.appeals_2.save()

    assert walk.appeal(case).reviewer == people.appeals_3


def test_given_the_case_and_doing_nothing_is_enough(
    people: People, case_at: Any
) -> None:
    """Assigned once and taken off again: no event is theirs, the case was."""
    team = Team.objects.get(code="security")
    Membership.objects.create(user=people.appeals_2, team=team, role="member")
    case = case_at(State.INVESTIGATING)
    perform(case, "assign_to", actor=people.security_lead, handler=people.appeals_2)
    perform(case, "assign_to", actor=people.security_lead, handler=people.security)
    from tests import cases

    for step in cases.PATHS[State.ANSWERED][2:]:
        step(people, case)

    row = walk.appeal(case)

    assert not Event.objects.filter(actor=people.appeals_2).exists()
    assert row.reviewer == people.appeals_3


def test_conflict_and_own_case_make_dependent(
    people: People, answered: Complaint
) -> None:
    Conflict.objects.create(
        complaint=answered,
        user=people.appeals_2,
        kind="named",
        recorded_by=people.security_lead,
        recorded_at=NOW(),
    )

    row = walk.appeal(answered)

    assert row.reviewer == people.appeals_3
    assert _reasons(row, people.customer)


def test_nobody_left_is_escalated_and_told(people: People, answered: Complaint) -> None:
    for user in (people.appeals, people.appeals_2, people.appeals_3):
        user.reports_to = people.security
        user.save()

    row = walk.appeal(answered)

    assert row.reviewer is None
    assert Event.objects.filter(stream=row.stream, what="no_reviewer").count() == 1
    told = set(
        Outbox.objects.filter(subject__contains="nobody independent").values_list(
            "recipient", flat=True
        )
    )
    assert told == {people.head.email, people.appeals.email}


def test_reviewer_is_told(people: People, answered: Complaint) -> None:
    walk.appeal(answered)

    notice = Outbox.objects.get(subject__contains="you are its reviewer")
    assert notice.recipient == people.appeals_2.email


# Random histories ---------------------------------------------------------------------

KINDS = ("nothing", "note", "handled", "conflict", "away", "inactive", "reports")
ACTORS = ("security", "security_lead", "compliance_officer", "tech", "head")

history = st.lists(
    st.tuples(st.sampled_from(KINDS), st.sampled_from(ACTORS)), min_size=1, max_size=5
)


class Desk(NamedTuple):
    """What every history begins with, made once: an answered case, and the team."""

    case: Complaint
    team: list[User]


@pytest.fixture
def desk(people: People, answered: Complaint) -> Desk:
    extra = [walk.join(f"extra_{n}", "appeals", "reviewer") for n in range(2)]
    team = [people.appeals_2, people.appeals_3, people.appeals, *extra]
    return Desk(answered, team)


def _over(histories: int) -> settings:
    return settings(
        max_examples=histories,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )


@pytest.mark.once
@_over(6)
@given(histories=history)
def test_chosen_reviewer_is_never_dependent(
    people: People, desk: Desk, histories: list[tuple[str, str]]
) -> None:
    _ask_for_a_reviewer(people, desk, histories)


@pytest.mark.drill
@_over(500)
@given(histories=history)
def test_chosen_reviewer_is_never_dependent_over_many(
    people: People, desk: Desk, histories: list[tuple[str, str]]
) -> None:
    """By lodging and seating for real; ten thousand histories are asked, without that,
    in ``test_independence_over_many``."""
    _ask_for_a_reviewer(people, desk, histories)


def _ask_for_a_reviewer(
    people: People, desk: Desk, histories: list[tuple[str, str]]
) -> None:
    """Each pair is what one member of the appeals team did or is before the appeal."""
    with transaction.atomic():
        case = Complaint.objects.select_related("customer__user").get(pk=desk.case.pk)
        there = max(3, len(histories))
        Membership.objects.filter(user__in=desk.team[there:]).delete()
        tainted = _taint_all(people, case, desk.team, histories)

        row = lodge(
            complaint=case,
            grounds=[walk.GROUND],
            statement="",
            actor=case.customer.user,
        )

        members = Membership.objects.filter(team__code="appeals")
        pool = set(members.values_list("user_id", flat=True))
        if row.reviewer is None:
            assert pool <= tainted
            assert Event.objects.filter(stream=row.stream, what="no_reviewer").exists()
        else:
            assert row.reviewer.pk not in tainted
            assert _reasons(row, row.reviewer) == []
            _ask_for_a_panel(row, pool - tainted)
        transaction.set_rollback(True)


def _ask_for_a_panel(row: Appeal, free: set[int]) -> None:
    """Two more who are as independent, and never somebody who is not."""
    assert row.reviewer is not None
    perform(row, "admit", actor=row.reviewer)
    call_panel(appeal=row, reason="A principle.", actor=row.reviewer)

    seated = [seat.user for seat in panel.members(row)]
    assert len(seated) == min(2, len(free) - 1)
    assert {user.pk for user in seated} <= free - {row.reviewer.pk}
    assert [reason for user in seated for reason in _reasons(row, user)] == []


def _taint_all(
    people: People,
    case: Complaint,
    team: list[User],
    histories: list[tuple[str, str]],
) -> set[int]:
    """Who of the team is dependent, or not there, when all of that has happened."""
    tainted = set()
    for user, (kind, name) in zip(team, histories, strict=False):
        other = getattr(people, name)
        _happen(case, user, kind, other)
        dependent = other.pk in _deciders(people) if kind == "reports" else True
        if dependent and kind not in ("nothing", "handled"):
            tainted.add(user.pk)
    case.refresh_from_db()
    return tainted | ({case.handler_id} if case.handler_id else set())


def _happen(case: Complaint, user: User, kind: str, other: User) -> None:
    now = NOW()
    if kind == "note":
        _show_case(case, user)
        correspond.note(complaint=case, text="Seen.", actor=user)
    elif kind == "handled":
        Complaint.objects.filter(pk=case.pk).update(handler=user)
    elif kind == "conflict":
        Conflict.objects.create(
            complaint=case,
            user=user,
            kind="related",
            recorded_by=other,
            recorded_at=now,
        )
    elif kind == "away":
        later = now + timedelta(days=1)
        Absence.objects.create(user=user, starts_at=now - timedelta(1), ends_at=later)
    elif kind == "inactive":
        User.objects.filter(pk=user.pk).update(is_active=False)
    elif kind == "reports":
        User.objects.filter(pk=user.pk).update(reports_to=other)


def _deciders(people: People) -> set[int]:
    return {
        people.security.pk,
        people.security_lead.pk,
        people.compliance_officer.pk,
    }


def _show_case(case: Complaint, user: User) -> None:
    from complaints.permissions import viewer_of
    from complaints.services.effects import grant

    by = viewer_of(system_actor())
    grant(case, "consultation", by=by, now=NOW(), user=user)


def test_nobody_is_chosen_outside_the_team(people: People, answered: Complaint) -> None:
    """A review permission held in another team does not make a reviewer."""
    Membership.objects.filter(team__code="appeals").delete()

    row = walk.appeal(answered)

    assert row.reviewer is None
    assert independent_reviewer(row, NOW()) is None
