"""The year that the demo looks back on is lawful, whole and made once."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from appeals.demo import past as demo_past
from appeals.demo.past import live
from appeals.demo.past_case import WINDOW
from appeals.demo.people import Cast, make_cast
from complaints import ledger
from complaints.compliance.days import Days
from complaints.compliance.fairness.pairs import compare
from complaints.models import Clock, Complaint, Decision, Event, Remedy
from complaints.permissions import viewer_of
from complaints.selectors import published
from complaints.states import Outcome, RemedyState, State

COUNT = 14


@pytest.fixture
def cast(db: None, monkeypatch: pytest.MonkeyPatch, time_machine: Any) -> Cast:
    """The draws hang on the day: weekends and holidays move limits."""
    time_machine.move_to("2026-11-25T12:00:00+00:00", tick=False)
    monkeypatch.setattr(demo_past, "TOGETHER", 10)
    return make_cast()


def test_past_goes_on_where_it_was_ended_and_is_published(cast: Cast) -> None:
    now = timezone.now()
    live(cast, count=10, seed=3)
    assert published.of_today(now).received == 10

    live(cast, count=COUNT, seed=3)
    live(cast, count=COUNT, seed=3)
    published.forget(now)

    assert Complaint.objects.count() == COUNT
    year = published.of_today(now)
    span = {"received_at__gte": year.since, "received_at__lt": year.until}
    assert year.received == Complaint.objects.filter(**span).count() > 10


def test_past_is_as_lawful_as_what_the_services_do(cast: Cast) -> None:
    live(cast, count=COUNT, seed=5)

    assert list(ledger.verify()) == []
    for decision in Decision.objects.select_related("complaint"):
        is_closed_in_time(decision)
        is_signed(decision)
    for remedy in Remedy.objects.select_related("decision"):
        assert remedy.state == RemedyState.EXECUTED
        assert remedy.decision.outcome != Outcome.NOT_UPHELD
        done = Event.objects.get(
            object_type="remedy", object_id=remedy.pk, what="complete"
        )
        assert remedy.payout.finished_at == done.at
    missed = Clock.objects.exclude(breached_at=None).values_list("pk", flat=True)
    told = Event.objects.filter(what="breach").values_list("payload__clock", flat=True)
    assert sorted(missed) == sorted(told) != []


def test_past_has_a_few_like_cases_that_ended_unlike(cast: Cast) -> None:
    live(cast, count=40, seed=3)

    now = timezone.now()
    days = Days((now - timedelta(days=400)).date(), now.date())
    found = compare(days, viewer_of(cast["compliance"])).pairs

    assert {pair.why for pair in found} == {"words"}
    assert {pair.justified for pair in found} == {True, False}
    assert len(found) <= 4


def is_closed_in_time(decision: Decision) -> None:
    case, now = decision.complaint, timezone.now()
    assert decision.issued_at is not None
    assert case.received_at < decision.issued_at < now
    ended = decision.issued_at + WINDOW < now
    assert case.state == (State.CLOSED if ended else State.ANSWERED)
    assert bool(case.cause) == ended
    events = Event.objects.filter(stream=case.stream).order_by("seq")
    moments = [event.at for event in events]
    assert moments == sorted(moments)
    assert moments[0] == case.received_at


def is_signed(decision: Decision) -> None:
    assert decision.missing_capacities() == []
    assert decision.content_hash == decision.current_hash()
    signers = {row.signer_id for row in decision.sign_offs.all()}
    assert decision.proposed_by_id not in signers != set()
