"""The delay notice: who may send it, what it needs, what it does not heal."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine

from complaints import ledger
from complaints.errors import IllegalMove, InvalidInput, NotPermitted, NotVisible
from complaints.models import Clock, Event, EventText
from complaints.services.delay import send_delay_notice
from complaints.states import Step
from tests import cases
from tests.people import People

NOW = datetime(2026, 11, 18, 8, 42, tzinfo=UTC)
REASON = "The network's issuer has not answered yet."
DAY = date(2027, 2, 15)


@pytest.fixture(autouse=True)
def _morning() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.parametrize("name", ["security", "security_lead"])
def test_delay_is_told_by_handler_or_lead(people: People, name: str) -> None:
    case = cases.at(people, "investigating")
    actor = getattr(people, name)

    letter = send_delay_notice(
        complaint=case, reason=f" {REASON} ", new_date=DAY, actor=actor
    )

    event = Event.objects.get(what="delay_notice")
    payload = {"new_date": "2027-02-15", "due": "2027-01-18"}
    assert {k: event.payload[k] for k in payload} == payload
    assert (event.actor, event.stream) == (actor, case.stream)
    assert EventText.objects.get(event=event).text == REASON
    assert (letter.kind, letter.facts["reasons"]) == ("delay", REASON)
    row = case.outbox.get(letter=letter)
    assert row.key.startswith(f"{event.stream}#{event.seq}:delay:")
    assert list(ledger.verify()) == []


def test_delay_leaves_the_clock_of_the_law_alone(people: People) -> None:
    case = cases.at(people, "investigating")
    before = Clock.objects.filter(complaint=case).order_by("pk").values()
    kept = list(before)

    send_delay_notice(
        complaint=case, reason=REASON, new_date=DAY, actor=people.security
    )

    assert list(before.all()) == kept
    assert any(clock["step"] == Step.STATUTORY_DECISION for clock in kept)


def test_each_further_delay_is_a_letter_of_its_own(people: People) -> None:
    case = cases.at(people, "investigating")

    for day in (DAY, date(2027, 3, 1)):
        send_delay_notice(
            complaint=case, reason=REASON, new_date=day, actor=people.security
        )

    assert case.outbox.filter(kind="delay").count() == 2


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("support", NotVisible),
        ("risk_lead", NotVisible),
        ("outsider", NotVisible),
        ("customer", NotPermitted),
        ("reviewer", NotPermitted),
    ],
)
def test_delay_is_refused_to(people, name, error):
    case = cases.at(people, "investigating")

    with pytest.raises(error):
        send_delay_notice(
            complaint=case, reason=REASON, new_date=DAY, actor=getattr(people, name)
        )

    assert not case.letters.filter(kind="delay").exists()


@pytest.mark.parametrize(
    ("reason", "day", "field"),
    [
        ("", DAY, "reason"),
        ("busy", DAY, "reason"),
        (" " * 40, DAY, "reason"),
        ("x" * 5_001, DAY, "reason"),
        (REASON, date(2026, 11, 18), "new_date"),
        (REASON, date(2026, 11, 17), "new_date"),
        (REASON, date(2027, 1, 18), "new_date"),
        (REASON, date(9999, 12, 31), "new_date"),
    ],
)
def test_delay_needs_a_reason_and_a_later_day(people, reason, day, field):
    case = cases.at(people, "investigating")

    with pytest.raises(InvalidInput) as refusal:
        send_delay_notice(
            complaint=case, reason=reason, new_date=day, actor=people.security
        )

    assert refusal.value.field == field
    assert not Event.objects.filter(what="delay_notice").exists()


def test_delay_of_a_decision_already_given_is_refused(people: People) -> None:
    case = cases.at(people, "answered")

    with pytest.raises(IllegalMove):
        send_delay_notice(
            complaint=case, reason=REASON, new_date=DAY, actor=people.security_lead
        )
