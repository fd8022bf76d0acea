"""The nightly check: each violation is named once, to the head, and by a command."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from appeals.models import Appeal, ArbitratorObjection
from appeals.services import watch
from appeals.services.outside import award, objections
from complaints import triggers
from complaints.models import Conflict, Event, Outbox
from complaints.states import State
from teams.models import User
from tests.appeals import walk
from tests.appeals.outside import stage
from tests.people import People


@pytest.fixture
def row(people: People, case_at: Any) -> Appeal:
    return walk.appeal(case_at(State.ANSWERED))


def _put(row: Appeal, user: User) -> None:
    """As somebody could who owns the database."""
    triggers.remove()
    Appeal.objects.filter(pk=row.pk).update(reviewer=user)
    triggers.install()


def test_independent_reviewers_are_not_named(row: Appeal) -> None:
    said = io.StringIO()

    assert watch.name_violations() == 0
    call_command("check_independence", stdout=said)
    assert "is independent" in said.getvalue()


def test_violation_is_named_once_and_told_to_the_head(
    row: Appeal, people: People
) -> None:
    _put(row, people.security_lead)

    assert (watch.name_violations(), watch.name_violations()) == (1, 0)

    event = Event.objects.get(stream=row.stream, what=watch.NAMED)
    assert event.payload == {"appeal": row.pk, "person": people.security_lead.pk}
    told = Outbox.objects.filter(subject__contains="not independent")
    assert [notice.recipient for notice in told] == [people.head.email]
    said = io.StringIO()
    with pytest.raises(CommandError):
        call_command("check_independence", stdout=said)
    assert str(people.security_lead) in said.getvalue()


def test_who_came_to_report_to_the_decider_is_named_while_it_goes_on(
    row: Appeal, people: People
) -> None:
    User.objects.filter(pk=people.appeals_2.pk).update(reports_to=people.security)

    assert [v.user for v in watch.violations()] == [people.appeals_2]


def test_ruling_is_not_blamed_for_what_came_later(people: People, case_at: Any) -> None:
    row = walk.ruled(people, case_at(State.ANSWERED), "confirmed")
    User.objects.filter(pk=walk.reviewer(row).pk).update(reports_to=people.security)
    assert list(watch.violations()) == []

    _put(row, people.compliance_officer)

    assert {v.user for v in watch.violations()} == {people.compliance_officer}


# Past objections ----------------------------------------------------------------------

DECIDED = "An objection to an arbitrator was decided by them."


@pytest.fixture
def objection(people: People, case_at: Any) -> ArbitratorObjection:
    """The customer's, to an arbitrator who stayed: decided by the head."""
    referral = stage.hearing(people, case_at(State.ANSWERED))
    made = objections.object_to(
        referral=referral,
        seat=referral.seats.get(),
        reason="She sat on your board.",
        actor=people.customer,
    )
    return objections.decide(
        objection=made, upheld=False, answer="She did not.", actor=people.head
    )


def _decided_by(objection: ArbitratorObjection, user: User) -> None:
    """As somebody could who owns the database."""
    ArbitratorObjection.objects.filter(pk=objection.pk).update(decided_by=user)


def _named() -> list[tuple[User, str]]:
    return [(one.user, str(one.reason)) for one in watch.violations()]


def test_objection_decided_by_somebody_tied_is_named_for_good(
    objection: ArbitratorObjection, people: People
) -> None:
    """Who proposed the first decision decided it; the award has been made since."""
    assert (_named(), watch.name_violations()) == ([], 0)
    _decided_by(objection, people.security)
    stage.write(objection.referral)
    award.make_award(
        referral=objection.referral, actor=stage.presiding(objection.referral)
    )

    assert (watch.name_violations(), watch.name_violations()) == (1, 0)

    event = Event.objects.get(what=watch.OBJECTION_BY_TIED)
    assert event.stream == objection.referral.stream
    assert event.payload == {
        "appeal": objection.referral.appeal_id,
        "objection": objection.pk,
        "decider": people.security.pk,
    }
    notice = Outbox.objects.get(subject__contains="was decided by somebody tied")
    reference = objection.referral.complaint.reference
    assert (notice.recipient, reference in notice.subject) == (people.head.email, True)
    assert str(people.security) in notice.body
    said = io.StringIO()
    with pytest.raises(CommandError):
        call_command("check_independence", stdout=said)
    assert f"{reference} A{event.payload['appeal']}: {people.security}: " in (
        said.getvalue()
    )


def test_reviewer_who_decided_an_objection_is_named_for_it(
    objection: ArbitratorObjection, people: People
) -> None:
    heard = walk.reviewer(objection.referral.appeal)
    _decided_by(objection, heard)

    ((named, reason),) = _named()
    assert named == heard
    assert reason == f"{DECIDED} This person heard the appeal."


def test_conflict_counts_for_an_objection_from_when_it_stood(
    objection: ArbitratorObjection, people: People
) -> None:
    """One that came up after the award was made is no fault of the objection."""
    stage.write(objection.referral)
    award.make_award(
        referral=objection.referral, actor=stage.presiding(objection.referral)
    )
    at = objection.decided_at
    assert at is not None
    made = Conflict.objects.create(
        complaint=objection.referral.complaint,
        user=people.head,
        kind="related",
        recorded_by=people.head,
        recorded_at=at + timedelta(days=1),
    )
    assert _named() == []

    made.recorded_at, made.lifted_at = at - timedelta(days=2), at - timedelta(days=1)
    made.save()
    assert _named() == []

    made.lifted_at = at + timedelta(days=1)
    made.save()
    assert [user for user, _reason in _named()] == [people.head]


def test_line_that_came_up_counts_while_the_hearing_goes_on(
    objection: ArbitratorObjection, people: People
) -> None:
    User.objects.filter(pk=people.head.pk).update(reports_to=people.security)
    assert [user for user, _reason in _named()] == [people.head]

    stage.write(objection.referral)
    award.make_award(
        referral=objection.referral, actor=stage.presiding(objection.referral)
    )

    assert _named() == []


def test_objection_of_the_exchange_that_one_of_its_people_decided_is_named(
    objection: ArbitratorObjection, people: People
) -> None:
    """The arbitrator alone answers it."""
    own = objections.object_to(
        referral=objection.referral,
        seat=objection.seat,
        reason="She blogs.",
        actor=people.appeals,
    )
    objections.answer_own(
        objection=own,
        leaves=False,
        answer="Not of you.",
        actor=stage.presiding(objection.referral),
    )
    assert _named() == []

    _decided_by(own, people.head)

    ((named, reason),) = _named()
    assert named == people.head
    assert reason == f"{DECIDED} The arbitrator answers an objection of the exchange."


def test_head_who_was_tied_is_not_the_one_who_hears_of_it(
    objection: ArbitratorObjection, people: People
) -> None:
    officer = walk.second_officer()
    _put(objection.referral.appeal, people.head)

    watch.name_violations()

    told = Outbox.objects.filter(subject__contains="was decided by somebody tied")
    assert [one.recipient for one in told] == [officer.email]
