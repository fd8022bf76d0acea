"""Texts that are not sent yet, and the one rating of a case that is over."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from complaints import ledger
from complaints.errors import IllegalMove, InvalidInput, NotVisible
from complaints.models import Complaint, Event, EventText, Rating, UnsentText
from complaints.services.feedback import (
    forget_old,
    keep_unsent,
    may_rate,
    rate,
    unsent_text,
)
from complaints.states import State
from tests.people import People

pytestmark = pytest.mark.django_db
CaseAt = Callable[..., Complaint]


def test_text_is_kept_until_the_same_writer_empties_it(
    people: People, case_at: CaseAt
) -> None:
    case = case_at("investigating")
    keep_unsent(complaint=case, text="Half a sen", actor=people.customer)
    keep_unsent(complaint=case, text="Half a sentence\0", actor=people.customer)

    assert unsent_text(complaint=case, actor=people.customer) == "Half a sentence"
    assert UnsentText.objects.count() == 1
    keep_unsent(complaint=case, text=" \n", actor=people.customer)
    assert unsent_text(complaint=case, actor=people.customer) == ""


@pytest.mark.parametrize("who", ["other_customer", "security", "head", "admin"])
def test_nobody_else_keeps_reads_or_rates(
    people: People, case_at: CaseAt, who: str
) -> None:
    case, stranger = case_at("closed"), getattr(people, who)
    for act in (
        lambda: keep_unsent(complaint=case, text="x", actor=stranger),
        lambda: unsent_text(complaint=case, actor=stranger),
        lambda: rate(complaint=case, score=1, actor=stranger),
    ):
        with pytest.raises(NotVisible):
            act()
    assert not Rating.objects.exists()


def test_old_texts_are_forgotten_and_younger_ones_stay(
    people: People, case_at: CaseAt
) -> None:
    case = case_at("received")
    keep_unsent(complaint=case, text="x", actor=people.customer)
    now = timezone.now()

    assert forget_old(now=now + timedelta(days=29)) == 0
    assert forget_old(now=now + timedelta(days=31)) == 1


def test_rating_stands_on_the_ledger_once(people: People, case_at: CaseAt) -> None:
    case = case_at("closed")
    assert may_rate(case)
    rate(complaint=case, score=4, comment=" Faster, please ", actor=people.customer)

    event = Event.objects.get(stream=case.stream, what="rated")
    assert event.payload["score"] == 4
    assert EventText.objects.get(event=event).text == "Faster, please"
    assert not may_rate(case)
    with pytest.raises(InvalidInput):
        rate(complaint=case, score=5, actor=people.customer)
    assert Rating.objects.get().score == 4
    assert list(ledger.verify()) == []


@pytest.mark.parametrize("state", sorted(set(State.values) - {"closed", "withdrawn"}))
def test_no_rating_before_the_end(people: People, case_at: CaseAt, state: str) -> None:
    case = case_at(state)
    with pytest.raises(IllegalMove):
        rate(complaint=case, score=3, actor=people.customer)
    assert not may_rate(case)


@pytest.mark.parametrize("score", [0, 6, -1])
def test_a_score_is_one_to_five_in_the_service_and_in_the_database(
    people: People, case_at: CaseAt, score: int
) -> None:
    case = case_at("withdrawn")
    with pytest.raises(InvalidInput):
        rate(complaint=case, score=score, actor=people.customer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Rating.objects.create(complaint=case, score=abs(score) * 6, at=timezone.now())


@pytest.mark.parametrize("comment", ["x" * 5001, "a\0b"])
def test_a_comment_that_cannot_be_kept_is_refused(
    people: People, case_at: CaseAt, comment: Any
) -> None:
    case = case_at("withdrawn")
    with pytest.raises(InvalidInput):
        rate(complaint=case, score=3, comment=comment, actor=people.customer)
