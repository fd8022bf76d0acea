"""The outside stage by its services: consent, seats, hearing, award, remedy ledger."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.utils import timezone

from appeals import consent
from appeals.award_words import award_hash
from appeals.models import ArbitratorSeat, AwardPoint, Referral
from appeals.services import watch
from appeals.services.outside import award, carry_out, hearing, register, seats
from complaints.errors import GuardRefused, IllegalMove, NotPermitted, NotVisible, Stale
from complaints.models import Complaint, Event, Outbox, Remedy
from complaints.registry import lacks_of
from complaints.states import State
from complaints.workflow import perform
from teams.models import Team, User
from teams.services import add_member
from tests.appeals import walk
from tests.appeals.outside import stage
from tests.people import People


@pytest.fixture
def answered(people: People, case_at: Any) -> Complaint:
    case: Complaint = case_at(State.ANSWERED)
    return case


def _events(row: Referral, what: str) -> list[Event]:
    return list(Event.objects.filter(stream=row.stream, what=what))


def test_consent_is_on_record_with_the_version_of_its_words(
    people: People, answered: Complaint
) -> None:
    row = stage.referred(people, answered)

    assert (row.consent_version, row.consented_by) == (consent.VERSION, people.customer)
    assert row.consent_sha256 == consent.digest()
    (event,) = _events(row, "consent_recorded")
    assert event.payload == {
        "referral": row.pk,
        "version": "2026.1",
        "sha256": row.consent_sha256,
    }
    assert answered.letters.filter(kind="outside").count() == 1


def test_nobody_on_the_register_is_told_to_the_head(
    people: People, answered: Complaint
) -> None:
    row = stage.referred(people, answered)

    assert seats.taken(row) == []
    assert len(_events(row, "no_arbitrator")) == 1
    told = Outbox.objects.filter(subject__contains="no independent arbitrator")
    assert {people.head.email, people.appeals.email} == set(
        told.values_list("recipient", flat=True)
    )


def test_other_bodies_get_no_arbitrator(people: People, answered: Complaint) -> None:
    stage.arbitrator(people)

    row = stage.referred(people, answered, "eu-court")

    assert (row.kind, row.seats.count(), row.bundle) == ("court", 0, None)


def test_from_the_award_to_the_executed_remedy(
    people: People, answered: Complaint
) -> None:
    row = stage.prepared(people, answered)

    perform(row, "carry_out", actor=people.appeals_2)

    answered.refresh_from_db()
    assert (row.state, answered.state) == ("carrying_out", State.REMEDYING)
    remedy = Remedy.objects.get(decision=row.award.decision)
    assert (remedy.state, remedy.plain_amount) == ("approved", "100")
    perform(remedy, "start", actor=people.executor)
    perform(remedy, "complete", actor=people.executor, proof="ledger-1")
    row.refresh_from_db()
    assert row.state == "done"
    perform(answered, "issue_decision", actor=people.security)
    row.appeal.refresh_from_db()
    perform(row.appeal, "close", actor=people.appeals)
    assert row.appeal.state == "closed"
    call_command("verify_ledger", "--reference", answered.reference)


def test_award_without_remedies_is_done_at_once(
    people: People, answered: Complaint
) -> None:
    row = stage.awarded(people, answered, amount="0")

    assert (row.state, row.appeal.state) == ("done", "awarded")


def test_nobody_of_the_house_ends_or_makes_an_award_in_a_hearing(
    people: People, answered: Complaint
) -> None:
    row = stage.hearing(people, answered)
    moves = {"record_award": {"award": "We win."}, "discontinue": {"reason": "No."}}

    for name, fields in moves.items():
        with pytest.raises(GuardRefused) as refused:
            perform(row.appeal, name, actor=people.appeals, **fields)
        assert [r.code for r in refused.value.refusals] == ["hearing_on"]
    for user in (people.appeals, people.head, people.customer):
        with pytest.raises((NotPermitted, NotVisible)):
            perform(row, "make_award", actor=user)


def test_sign_off_is_on_what_was_read(people: People, answered: Complaint) -> None:
    """Put back and prepared anew at another rate between the look and the press."""
    row = stage.awarded(people, answered)
    first = carry_out.prepare(
        referral=row, rates={1: Decimal(1)}, actor=people.appeals_2
    )
    read = first.current_hash()
    carry_out.withdraw(referral=row, actor=people.appeals_2)
    row.refresh_from_db()
    carry_out.prepare(referral=row, rates={1: Decimal(2)}, actor=people.appeals_2)
    row = Referral.objects.get(pk=row.pk)

    with pytest.raises(Stale):
        carry_out.sign(referral=row, actor=people.appeals, seen=read)

    decision = row.award.decision
    assert decision is not None
    assert not decision.sign_offs.exists()
    carry_out.sign(referral=row, actor=people.appeals, seen=decision.current_hash())


def test_who_prepared_it_neither_signs_nor_is_it_paid_unsigned(
    people: People, answered: Complaint
) -> None:
    row = stage.awarded(people, answered)
    rates = {1: Decimal(1)}
    carry_out.prepare(referral=row, rates=rates, actor=people.appeals)

    with pytest.raises(GuardRefused) as unsigned:
        perform(row, "carry_out", actor=people.appeals)
    with pytest.raises(GuardRefused) as own:
        carry_out.sign(referral=row, actor=people.appeals)

    assert [r.code for r in unsigned.value.refusals] == ["sign_offs_missing"]
    assert [r.code for r in own.value.refusals] == ["own_proposal"]
    with pytest.raises(GuardRefused) as side_door:
        perform(answered, "execute_award", actor=people.appeals)
    assert [r.code for r in side_door.value.refusals] == ["no_award"]


def test_who_decided_first_has_no_hand_in_what_is_paid(
    people: People, answered: Complaint
) -> None:
    """Neither by preparing, nor by signing, nor by paying; the head hears of it when
    nobody else is left to sign."""
    row = stage.awarded(people, answered)
    User.objects.filter(pk=people.appeals.pk).update(reports_to=people.security)
    rates = {1: Decimal(1)}

    with pytest.raises(GuardRefused) as prepares:
        carry_out.prepare(referral=row, rates=rates, actor=people.appeals)
    carry_out.prepare(referral=row, rates=rates, actor=people.appeals_2)
    with pytest.raises(GuardRefused) as signs:
        carry_out.sign(referral=row, actor=people.appeals)

    codes = [[r.code for r in one.value.refusals] for one in (prepares, signs)]
    assert codes == [["not_independent"], ["not_independent"]]
    assert len(_events(row, "no_signer")) == 1
    assert [str(one.words) for one in lacks_of(answered)] == [
        f"Nobody independent is left for the sign-off: {role}."
        for role in ("Team lead", "Compliance")
    ]

    User.objects.filter(pk=people.appeals.pk).update(reports_to=None)
    stage.sign(people, row)
    perform(row, "carry_out", actor=people.appeals_2)
    remedy = Remedy.objects.get(decision=row.award.decision)
    desk = Team.objects.get(code="desk")
    add_member(user=people.security, team=desk, role="executor", actor=people.head)
    with pytest.raises(GuardRefused) as pays:
        perform(remedy, "start", actor=people.security)
    assert [r.code for r in pays.value.refusals] == ["decided_before"]


def test_questions_and_orders_run_clocks_until_they_are_answered(
    people: People, answered: Complaint
) -> None:
    row = stage.hearing(people, answered)
    by = timezone.now() + timedelta(days=5)
    asked = hearing.ask(
        referral=row,
        side="company",
        text="Who approved it?",
        answer_by=by,
        actor=stage.presiding(row),
    )
    ordered = hearing.order(
        referral=row,
        side="customer",
        text="Send the statement of your bank.",
        due_at=by,
        actor=stage.presiding(row),
    )
    clocks = answered.clocks.filter(stopped_at=None, due_at=by)
    assert {clock.step for clock in clocks} == {"outside", "outside_customer"}

    with pytest.raises(NotPermitted):
        hearing.answer(question=asked, text="Me.", actor=people.customer)
    with pytest.raises((NotPermitted, NotVisible)):
        hearing.comply(order=ordered, words="Sent.", actor=people.appeals_2)
    hearing.answer(question=asked, text="Nobody.", actor=people.appeals_2)
    hearing.comply(order=ordered, words="Sent.", actor=people.customer)

    assert not answered.clocks.filter(stopped_at=None, due_at=by).exists()
    with pytest.raises(IllegalMove):
        hearing.answer(question=asked, text="Again.", actor=people.appeals_2)


def test_of_three_two_carry_exactly_the_words_that_stand_there(
    people: People, answered: Complaint, settings: Any
) -> None:
    settings.APPEAL_PANEL_FROM = Decimal(10**9)
    for name in ("Ida Moor", "Bo Lind", "Cy Park"):
        stage.arbitrator(people, name)
    row = walk.ruled(people, answered, "confirmed")
    settings.APPEAL_PANEL_FROM = Decimal(1)
    perform(row, "refer", actor=people.customer, route="arbitration", consent=True)
    case = Referral.objects.get(appeal=row)
    members = [stage.viewer(seat) for seat in seats.taken(case)]
    for member in members:
        seats.accept(referral=case, actor=member)
    case.refresh_from_db()
    stage.write(case)
    award.vote(referral=case, agrees=True, dissent="", actor=members[1])
    award.vote(referral=case, agrees=True, dissent="", actor=members[2])
    read = award_hash(case.award)
    stage.write(case, summary="Other words.")
    with pytest.raises(Stale):
        award.vote(referral=case, agrees=True, dissent="", seen=read, actor=members[1])

    with pytest.raises(GuardRefused) as old:
        award.make_award(referral=case, actor=members[0])
    assert [r.code for r in old.value.refusals] == ["votes_missing"]
    for member, agrees in ((members[1], False), (members[2], True)):
        award.vote(referral=case, agrees=agrees, dissent="No.", actor=member)
    award.make_award(referral=case, actor=members[0])
    assert case.state == "awarded"


def test_award_that_was_made_cannot_be_changed_in_the_database(
    people: People, answered: Complaint
) -> None:
    row = stage.awarded(people, answered)

    for change in (
        lambda: AwardPoint.objects.filter(award=row.award).delete(),
        lambda: row.award.remedies.all().delete(),
        lambda: type(row.award).objects.update(summary="Nothing."),
        lambda: ArbitratorSeat.objects.update(seat=2),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_award_of_another_body_is_entered_and_paid(
    people: People, answered: Complaint
) -> None:
    row = stage.referred(people, answered, "eu-court")
    perform(row.appeal, "record_award", actor=people.appeals_2, award="Pay 100 USDT.")
    row.refresh_from_db()
    assert row.state == "awarded"
    with pytest.raises(IllegalMove):
        carry_out.prepare(referral=row, rates={}, actor=people.appeals_2)
    points = [
        award.NewPoint(point=point, finding="upheld", reasons="So the court.")
        for point in answered.points.all()
    ]
    owed = award.NewAwarded(
        kind="refund", amount=Decimal(100), asset="USDT", due_on=stage.tomorrow()
    )
    award.enter_award(
        referral=row,
        summary="Pay 100 USDT.",
        reasons="So the court.",
        points=points,
        remedies=[owed],
        actor=people.appeals_2,
    )
    row = Referral.objects.get(pk=row.pk)
    carry_out.prepare(referral=row, rates={1: Decimal(1)}, actor=people.appeals_2)
    stage.sign(people, row)

    perform(row, "carry_out", actor=people.appeals_2)

    assert row.state == "carrying_out"


def test_arbitrator_who_becomes_tied_is_named_and_makes_no_award(
    people: People, answered: Complaint
) -> None:
    row = stage.hearing(people, answered)
    stage.write(row)
    person = row.seats.get().arbitrator
    register.declare_tie(
        arbitrator=person,
        kind="staff",
        user=people.security,
        reason="We now share an office.",
        actor=people.head,
    )

    assert (watch.name_violations(), watch.name_violations()) == (1, 0)
    (event,) = _events(row, "independence_violated")
    assert event.payload == {"appeal": row.appeal_id, "arbitrator": person.pk}
    with pytest.raises(GuardRefused) as refused:
        award.make_award(referral=row, actor=stage.presiding(row))
    assert [r.code for r in refused.value.refusals] == ["arbitrator_tied"]


def test_nobody_takes_the_seat_of_whoever_made_the_award(
    people: People, answered: Complaint
) -> None:
    """A link of theirs would open the whole bundle of a case that is decided."""
    row = stage.awarded(people, answered)
    stage.arbitrator(people, "Bo Lind")
    seat = row.seats.get()

    with pytest.raises(IllegalMove):
        seats.decline(
            referral=row, kind="customer", reason="Kin.", actor=stage.viewer(seat)
        )
    with pytest.raises(IllegalMove):
        seats.remove(referral=row, seat=seat, reason="Ill.", actor=people.head)

    assert [one.left_at for one in row.seats.all()] == [None]
