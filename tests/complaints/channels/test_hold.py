"""What people make of held messages, and who may."""

import threading
from collections import Counter
from typing import Any

import pytest
from django.db import connection

from complaints import ledger
from complaints.channels import hold
from complaints.channels.email.inbound import receive
from complaints.errors import IllegalMove, NotPermitted, NotVisible, RecourseError
from complaints.models import Complaint, Contact, Event, RawMessage
from tests.complaints.channels.email.mails import (
    ANN,
    MALLORY,
    a_mail,
    answer_to,
    letters_to,
    opened,
)
from tests.people import People, everybody

pytestmark = pytest.mark.django_db


def a_held_mail(number: int = 1) -> RawMessage:
    raw = receive(a_mail(List_Id="<x.example>", number=number)).raw_message
    assert raw.outcome == "held"
    return raw


def test_accepted_message_opens_a_complaint(people: People) -> None:
    raw = a_held_mail()
    case = hold.accept(raw, actor=people.support)

    assert (case.state, case.customer.email) == ("received", ANN)
    assert case.description == "1,860 USDT left my account at night. It was not me."
    raw.refresh_from_db()
    assert (raw.outcome, raw.reason) == ("opened", "accepted")
    assert (raw.decided_by, raw.complaint) == (people.support, case)
    event = Event.objects.get(stream=case.stream, what="held_accepted")
    assert event.actor == people.support
    assert event.payload["raw_sha256"] == raw.raw_sha256
    assert list(ledger.verify()) == []


def test_accepted_message_without_a_sender_opens_one_without_an_address(
    people: People,
) -> None:
    raw = receive(a_mail(sender="")).raw_message
    case = hold.accept(raw, actor=people.support)

    assert case.customer.email == ""
    assert not case.customer.contacts.exists()


def test_attached_message_joins_the_case_and_its_sender_does_not(
    people: People,
) -> None:
    case = opened()
    (receipt,) = letters_to(ANN)
    raw = receive(answer_to(receipt, sender=MALLORY)).raw_message
    message = hold.attach(raw, case, actor=people.support)

    assert (message.complaint, message.direction) == (case, "in")
    assert message.author.username == "channel:email"
    assert not message.sender_verified
    raw.refresh_from_db()
    assert (raw.outcome, raw.reason) == ("appended", "attached")
    assert not Contact.objects.filter(value=MALLORY).exists()
    event = Event.objects.get(stream=case.stream, what="held_attached")
    assert event.actor == people.support


def test_dropped_message_opens_nothing_and_says_why(people: People) -> None:
    raw = a_held_mail()
    hold.drop(raw, "An advertisement.", actor=people.support)

    assert (raw.outcome, raw.reason) == ("dropped", "by_hand")
    event = Event.objects.get(what="held_dropped")
    assert event.stream.startswith("desk:")
    assert event.texts.get().text == "An advertisement."
    assert not Complaint.objects.exists()


@pytest.mark.parametrize("name", ["customer", "security", "reviewer", "admin", "head"])
def test_only_triage_may(people: People, name: str) -> None:
    raw, actor = a_held_mail(), people.all()[name]

    with pytest.raises(NotPermitted):
        hold.accept(raw, actor=actor)
    with pytest.raises(NotPermitted):
        hold.drop(raw, "Because.", actor=actor)
    with pytest.raises(NotPermitted):
        hold.attach(raw, opened(a_mail(number=2)), actor=actor)
    raw.refresh_from_db()
    assert raw.outcome == "held"


def test_barred_case_takes_no_message(people: People) -> None:
    case = opened(a_mail(number=2))
    Complaint.objects.filter(pk=case.pk).update(barrier="insider")
    raw = a_held_mail()

    with pytest.raises(NotVisible):
        hold.attach(raw, case, actor=people.support)


def test_what_is_decided_is_not_decided_again(people: People) -> None:
    raw = receive(a_mail()).raw_message
    for act in (hold.accept, lambda r, actor: hold.drop(r, "No.", actor=actor)):
        with pytest.raises(IllegalMove):
            act(raw, actor=people.support)  # type: ignore[operator]

    assert Complaint.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_of_eight_accepts() -> None:
    people = everybody()
    raw = a_held_mail()
    results: list[str] = []
    start = threading.Barrier(8)

    def run() -> None:
        start.wait()
        try:
            row: Any = RawMessage.objects.get(pk=raw.pk)
            hold.accept(row, actor=people.support)
            results.append("won")
        except RecourseError as error:
            results.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert Counter(results) == {"won": 1, "illegal_move": 7}
    assert Complaint.objects.count() == 1
