"""A band that wants two people in one capacity gets two, and never one person twice."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from complaints import profiles
from complaints.errors import GuardRefused
from complaints.models import Complaint, Decision, SignOff
from complaints.permissions import viewer_of
from complaints.profiles import Band, by_key
from complaints.profiles.eu_casp import EU_CASP_2026_1 as EU
from complaints.selectors.signers import conflicted, signatures, unsignable
from complaints.services.effects import add_signature
from complaints.states import SignOffRole
from complaints.workflow import perform
from tests import cases
from tests.complaints.test_concurrency import race
from tests.people import People, everybody

APPROVER, COMPLIANCE = SignOffRole.APPROVER, SignOffRole.COMPLIANCE


@pytest.fixture(autouse=True)
def _two_approvers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules whose only band wants two approvers; the category adds compliance."""
    rules = replace(EU, bands=(Band(None, (APPROVER, APPROVER)),))
    monkeypatch.setitem(profiles._BY_KEY, EU.key, rules)


def proposed(people: People) -> Complaint:
    case = cases.at(people, "in_review")
    assert by_key(case.profile_key).capacities_for(Decimal(1)) == (APPROVER, APPROVER)
    return case


def decision_of(case: Complaint) -> Decision:
    decision = case.current_decision("proposed")  # type: ignore[arg-type]
    assert decision is not None
    return decision


@pytest.mark.django_db
def test_two_different_people_sign_in_one_capacity() -> None:
    people = everybody()
    case = proposed(people)
    assert decision_of(case).required_capacities() == [APPROVER, APPROVER, COMPLIANCE]
    assert unsignable(decision_of(case), conflicted(case)) == []

    perform(case, "sign_off", actor=people.approver)
    assert decision_of(case).missing_capacities() == [APPROVER, COMPLIANCE]
    labels = [row["label"] for row in signatures(decision_of(case))]
    assert labels == ["Approver", "Approver", "Compliance"]

    perform(case, "sign_off", actor=people.approver_2)
    perform(case, "sign_off", actor=people.compliance_officer)

    given = decision_of(case).standing()
    assert [(row.signer, row.capacity, row.place) for row in given] == [
        (people.approver, "approver", 1),
        (people.approver_2, "approver", 2),
        (people.compliance_officer, "compliance", 1),
    ]
    perform(case, "approve_decision", actor=people.compliance_officer)
    case.refresh_from_db()
    assert case.state == "remedying"


@pytest.mark.django_db
def test_one_person_does_not_sign_twice() -> None:
    people = everybody()
    case = proposed(people)
    perform(case, "sign_off", actor=people.approver)

    with pytest.raises(GuardRefused) as again:
        perform(case, "sign_off", actor=people.approver)
    assert "signed_already" in {one.code for one in again.value.refusals}
    with pytest.raises(GuardRefused) as early:
        perform(case, "approve_decision", actor=people.approver)
    assert "sign_offs_missing" in {one.code for one in early.value.refusals}
    assert SignOff.objects.filter(decision=decision_of(case)).count() == 1


@pytest.mark.django_db
def test_database_refuses_the_same_person_and_the_same_place_twice() -> None:
    """Past every guard."""
    people = everybody()
    case = proposed(people)
    first = add_signature(
        decision_of(case), viewer_of(people.approver), case.received_at
    )
    assert first.place == 1

    for signer, place in ((people.approver, 2), (people.approver_2, 1)):
        first.pk, first.signer, first.place = None, signer, place
        with pytest.raises(IntegrityError), transaction.atomic():
            first.save(force_insert=True)


@pytest.mark.django_db
def test_two_are_missed_where_only_one_is_left() -> None:
    people = everybody()
    case = proposed(people)
    people.approver_2.is_active = False
    people.approver_2.save()

    assert unsignable(decision_of(case), conflicted(case)) == [APPROVER]


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_make_two_and_one_person_at_once_makes_one() -> None:
    people = everybody()
    case = proposed(people)
    two = (people.approver, people.approver_2)

    def sign(number: int) -> None:
        row = Complaint.objects.get(pk=case.pk)
        perform(row, "sign_off", actor=two[number % 2])

    said = race(sign)

    assert said == Counter({"won": 2, "guard_refused": 6})
    given = SignOff.objects.filter(decision=decision_of(case)).order_by("place")
    assert {row.signer for row in given} == set(two)
    assert [row.place for row in given] == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_one_person_eight_times_at_once_makes_one() -> None:
    people = everybody()
    case = proposed(people)

    def sign(_number: int) -> None:
        row = Complaint.objects.get(pk=case.pk)
        perform(row, "sign_off", actor=people.approver)

    said = race(sign)

    assert said["won"] == 1
    assert SignOff.objects.filter(decision=decision_of(case)).count() == 1
    assert decision_of(case).missing_capacities() == [APPROVER, COMPLIANCE]
