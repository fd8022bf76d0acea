"""The customer's case says how far the appeal is, without a page more."""

from typing import Any

import pytest
from django.test import Client

from appeals import outside_selectors, selectors
from appeals.models import Appeal, ReferralState
from appeals.notices import what_follows
from complaints.models import Complaint
from complaints.registry import Beside, beside_of
from complaints.states import AppealState, State
from tests.appeals import walk
from tests.appeals.outside import stage
from tests.people import People

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(people: People, case_at: Any) -> Complaint:
    found: Complaint = case_at(State.ANSWERED)
    return found


def again(case: Complaint) -> Complaint:
    return Complaint.objects.get(pk=case.pk)


def test_case_without_an_appeal_says_and_asks_nothing(
    case: Complaint, django_assert_num_queries: Any
) -> None:
    found = again(case)
    with django_assert_num_queries(0):
        assert beside_of(found) == Beside()


def test_case_says_how_far_its_appeal_is(
    people: People, client: Client, case: Complaint, django_assert_num_queries: Any
) -> None:
    walk.reviewing(people, case)
    found, words = again(case), selectors.STANDING[AppealState.REVIEWING]
    with django_assert_num_queries(1):
        assert beside_of(found).stands == [words]
    client.force_login(people.customer)
    assert str(words) in client.get(f"/complaints/{case.reference}/").content.decode()


def test_ruling_says_what_it_leads_to(people: People, case: Complaint) -> None:
    appeal = walk.ruled(people, case, "confirmed")
    ruled = selectors.STANDING[AppealState.RULED]
    assert beside_of(again(case)).stands == [ruled, what_follows(appeal)]


def test_new_decision_that_was_sent_speaks_for_itself(
    people: People, case: Complaint
) -> None:
    appeal = walk.ruled(people, case, "confirmed")
    Appeal.objects.filter(pk=appeal.pk).update(new_decision=appeal.decision)
    assert beside_of(again(case)).stands == [selectors.STANDING[AppealState.RULED]]


def test_outside_stage_speaks_instead_of_the_ruling(
    people: People, case: Complaint
) -> None:
    stage.hearing(people, case)
    heard = outside_selectors.STANDING[ReferralState.HEARING]
    assert beside_of(again(case)).stands == [heard]
