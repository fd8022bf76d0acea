"""D11 to D14: the same thing many times at once."""

import random
from collections import Counter
from email.message import EmailMessage
from multiprocessing import get_context
from typing import Any

import pytest
from django.db import connections, transaction

from complaints import ledger
from complaints.channels.email.inbound import receive
from complaints.errors import RecourseError
from complaints.models import Complaint, Event, Message, Payout, RawMessage, Remedy
from complaints.reference_number import normalise
from complaints.services import intake
from complaints.workflow import perform
from teams.models import User
from tests import cases
from tests.complaints.test_concurrency import race
from tests.people import everybody

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]


def mail(number: int = 0) -> bytes:
    mail = EmailMessage()
    mail["From"] = "Ada <ada@walk.example>"
    mail["To"] = "complaints@recourse.example"
    mail["Subject"] = f"Withdrawal missing {number}"
    mail["Message-ID"] = f"<drill-{number}@walk.example>"
    mail.set_content("My withdrawal is missing since Monday.")
    return mail.as_bytes()


def test_d11_same_message_ten_times_and_again_later() -> None:
    assert race(lambda _number: receive(mail()), 10) == {"won": 10}

    again = receive(mail())

    assert again.duplicate
    assert Complaint.objects.count() == 1
    assert RawMessage.objects.count() == 1
    assert Message.objects.count() <= 1


PROCESSES, EACH = 8, 250


def _create(seed: int) -> int:
    """File ``EACH`` complaints and roll every tenth back; how many were kept."""
    connections.close_all()
    dice, kept = random.Random(seed), 0
    user = User.objects.get(username="customer")
    party = intake.party_of_user(user)
    for number in range(EACH):
        filing = intake.Filing(
            customer=party,
            channel="portal",
            subject=f"{seed}-{number}",
            description="One of many.",
        )
        try:
            with transaction.atomic():
                intake.file_complaint(filing=filing, actor=user)
                if dice.random() < 0.1:
                    raise RuntimeError
        except RuntimeError:
            continue
        kept += 1
    connections.close_all()
    return kept


def test_d12_two_thousand_references_are_unique() -> None:
    intake.party_of_user(everybody().customer)
    connections.close_all()

    with get_context("fork").Pool(PROCESSES) as pool:
        kept = sum(pool.map(_create, range(PROCESSES)))

    references = list(Complaint.objects.values_list("reference", flat=True))
    assert len(references) == len(set(references)) == kept
    assert all(normalise(reference) == reference for reference in references)
    assert list(ledger.verify()) == []


def test_d13_fifty_different_moves_of_one_case() -> None:
    """One wins a version, the others are told; the history is a legal path."""
    people = everybody()
    case = cases.at(people, "answered")
    version = case.version
    moves: list[tuple[str, Any]] = [
        ("accept", people.customer),
        ("withdraw", people.customer),
        ("close", people.security_lead),
        ("accept", people.customer),
    ]

    def move(number: int) -> None:
        name, actor = moves[number % len(moves)]
        row = Complaint.objects.get(pk=case.pk)
        perform(row, name, actor=actor, expected_version=version)

    results = race(move, 50)

    assert results["won"] == 1
    assert sum(results.values()) == 50
    assert set(results) <= {"won", "stale", "guard_refused", "illegal_move"}
    assert list(ledger.verify()) == []
    case.refresh_from_db()
    assert list(ledger.verify_versions([case])) == []


def test_d14_twenty_approvals_and_payments() -> None:
    people = everybody()
    case = cases.at(people, "in_review")
    last = cases.sign_all(people, case)

    def approve(_number: int) -> None:
        perform(Complaint.objects.get(pk=case.pk), "approve_decision", actor=last)

    assert race(approve, 20)["won"] == 1
    remedy = Remedy.objects.get(complaint=case, state="approved")

    def pay(_number: int) -> None:
        perform(Remedy.objects.get(pk=remedy.pk), "start", actor=people.executor)

    assert race(pay, 20)["won"] == 1
    assert Payout.objects.count() == 1
    decision = case.decisions.get()
    assert last.pk != decision.proposed_by_id
    assert Event.objects.filter(what="start", object_id=remedy.pk).count() == 1


def test_d14_killed_between_approval_and_payment_goes_on() -> None:
    """Nothing is in flight between the two: the approved remedy simply waits."""
    people = everybody()
    case = cases.at(people, "remedying")
    remedy = Remedy.objects.get(complaint=case, state="approved")
    perform(remedy, "start", actor=people.executor)
    perform(remedy, "fail", actor=people.executor, reason="The ledger was down.")

    perform(remedy, "start", actor=people.executor)
    perform(remedy, "complete", actor=people.executor, proof="ledger-1")

    payout = Payout.objects.get(remedy=remedy)
    assert payout.proof == "ledger-1"
    with pytest.raises(RecourseError):
        perform(remedy, "start", actor=people.executor)
    counts = Counter(Event.objects.values_list("what", flat=True))
    assert counts["complete"] == 1
