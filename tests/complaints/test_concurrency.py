"""Many at once: one wins, the others are told, nothing is written twice."""

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from complaints.errors import RecourseError
from complaints.models import Complaint, Event, Payout, Remedy
from complaints.services import intake
from complaints.services.intake import Filing
from complaints.workflow import perform
from tests import cases
from tests.people import everybody

pytestmark = pytest.mark.django_db(transaction=True)


def race(act: Callable[[int], Any], threads: int = 8) -> Counter[str]:
    """Run ``act(number)`` at once in threads; count results by name."""
    results: list[str] = []
    start = threading.Barrier(threads)

    def run(number: int) -> None:
        start.wait()
        try:
            act(number)
            results.append("won")
        except RecourseError as error:
            results.append(error.code)
        except Exception as error:
            results.append(f"{type(error).__name__}: {error}")
        finally:
            connection.close()

    running = [threading.Thread(target=run, args=(n,)) for n in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join(timeout=60)
    return Counter(results)


def test_one_of_eight_takes_the_case() -> None:
    people = everybody()
    case = cases.at(people, "assigned")

    def take(_number: int) -> None:
        perform(Complaint.objects.get(pk=case.pk), "take", actor=people.security)

    assert race(take) == {"won": 1, "illegal_move": 7}
    assert Event.objects.filter(stream=case.stream, what="take").count() == 1


def test_one_of_eight_with_the_same_version_wins() -> None:
    """Different moves of one looked-at version: the first makes the others stale."""
    people = everybody()
    case = cases.at(people, "investigating")
    version = case.version

    def move(number: int) -> None:
        row = Complaint.objects.get(pk=case.pk)
        if number % 2:
            perform(
                row,
                "assign_to",
                actor=people.security_lead,
                handler=people.security,
                expected_version=version,
            )
        else:
            perform(
                row,
                "withdraw",
                actor=people.customer,
                expected_version=version,
            )

    results = race(move)

    assert results["won"] == 1
    assert results["stale"] == 7
    assert (
        Event.objects.filter(object_type="complaint", object_id=case.pk)
        .exclude(object_version=None)
        .count()
        == version + 1
    )


def test_one_of_eight_pays() -> None:
    people = everybody()
    case = cases.at(people, "remedying")
    remedy = case.remedies.get(state="approved")

    def pay(_number: int) -> None:
        perform(Remedy.objects.get(pk=remedy.pk), "start", actor=people.executor)

    assert race(pay) == {"won": 1, "illegal_move": 7}
    assert Payout.objects.filter(remedy=remedy).count() == 1


def test_eight_submits_with_one_key_make_one_complaint() -> None:
    people = everybody()
    party = intake.party_of_user(people.customer)
    filing = Filing(
        customer=party,
        channel="portal",
        subject="Twice",
        description="I pressed twice.",
        idempotency_key="the-form",
    )
    references: list[str] = []

    def file(_number: int) -> None:
        filed = intake.file_complaint(filing=filing, actor=people.customer)
        references.append(filed.reference)

    assert race(file) == {"won": 8}
    assert len(set(references)) == 1
    assert Complaint.objects.count() == 1
