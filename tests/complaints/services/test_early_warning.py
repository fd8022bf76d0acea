"""Alarms: raised once, told to those who can act, answered once."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from complaints.errors import IllegalMove, InvalidInput, NotPermitted, NotVisible
from complaints.models import (
    Alarm,
    Category,
    Complaint,
    Event,
    Outbox,
    Party,
    RootCause,
)
from complaints.permissions import viewer_of
from complaints.services import early_warning
from complaints.services.alarm_answers import answer, cases_of, open_alarms
from complaints.services.early_warning import rising, scan
from complaints.states import Barrier
from teams.models import Team
from tests import cases
from tests.people import People

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


def received(people: People, *, weeks_ago: float, number: int, **columns: Any) -> None:
    """Bare rows of the register: what the scan reads of them."""
    party = Party.objects.create(last_name="Bulk")
    given: dict[str, Any] = {
        "customer": party,
        "channel": "email",
        "received_at": timezone.now() - weeks_ago * WEEK,
        "recorded_by": people.support,
        "subject": "Delayed",
        "description": "Still pending",
        "category": Category.objects.get(code="withdrawals.delayed"),
        "asset": "USDT",
        "team": Team.objects.get(code="risk"),
        "profile_key": "eu_casp-1",
    }
    Complaint.objects.bulk_create(
        Complaint(**given | columns) for _number in range(number)
    )


def quiet_past(people: People, **columns: Any) -> None:
    for week in range(1, 9):
        received(people, weeks_ago=week + 0.5, number=2, **columns)


# A sudden rise ------------------------------------------------------------------------


def test_rise_of_one_cell_raises_one_alarm_once(people: People) -> None:
    quiet_past(people)
    received(people, weeks_ago=0.3, number=30)

    assert (scan(), scan()) == (1, 0)

    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.count, alarm.team.code) == ("rise", 30, "risk")
    assert alarm.cell.startswith("rise:withdrawals:")
    assert alarm.figures["weeks"] == [2] * 8
    assert alarm.figures["chance"] < 1e-9
    told = set(Outbox.objects.filter(key__startswith="alarm:").values_list("recipient"))
    people_told = (people.risk_lead, people.compliance_officer, people.head)
    assert told == {(user.email,) for user in people_told}
    assert Event.objects.filter(what="alarm_raised").count() == 1
    seen = cases_of(alarm, viewer_of(people.risk_lead))
    assert seen.count() == 30


def test_rise_over_all_channels_shows_though_no_cell_stands_out(
    people: People,
) -> None:
    quiet_past(people, channel="portal")
    for channel in ("email", "portal", "chat", "telegram", "x", "phone"):
        received(people, weeks_ago=0.3, number=4, channel=channel)

    (found,) = rising(timezone.now())

    assert (found.cell, found.count) == ("rise:withdrawals::", 24)


def test_no_alarm_for_what_is_usual_barred_or_unsorted(people: People) -> None:
    quiet_past(people)
    received(people, weeks_ago=0.3, number=4)
    received(people, weeks_ago=0.3, number=30, barrier=Barrier.values[1])
    received(people, weeks_ago=0.3, number=30, category=None)

    assert scan() == 0


def test_answered_cell_stays_quiet_for_its_window(people: People) -> None:
    now = timezone.now()
    quiet_past(people)
    received(people, weeks_ago=0.3, number=30)
    scan(now=now)
    answer(
        alarm=Alarm.objects.get(), actor=people.risk_lead, reason="A campaign", now=now
    )

    assert scan(now=now + timedelta(hours=1)) == 0
    received(people, weeks_ago=-0.7, number=60)
    assert scan(now=now + WEEK) == 1


def test_two_scans_at_once_raise_it_once(people: People) -> None:
    """The second does not see the first's row until it wants to write its own."""
    quiet_past(people)
    received(people, weeks_ago=0.3, number=30)
    (found,) = rising(timezone.now())
    scan()

    with transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(early_warning, "_is_known", lambda *_about: False)
        assert early_warning._raise(found, timezone.now()) is False

    assert Alarm.objects.count() == 1


# The same cause again -----------------------------------------------------------------


def test_cause_that_comes_back_raises_one_alarm(people: People) -> None:
    RootCause.objects.filter(code="process_not_followed").update(alarm_from=2)
    cases.at(people, "closed")
    assert scan() == 0
    barred = cases.at(people, "closed")

    assert (scan(), scan()) == (1, 0)

    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.cause, alarm.count, alarm.team.code) == (
        "recurrence",
        "process_not_followed",
        2,
        "security",
    )
    assert cases_of(alarm, viewer_of(people.security_lead)).count() == 2
    Complaint.objects.filter(pk=barred.pk).update(barrier=Barrier.values[1])
    assert cases_of(alarm, viewer_of(people.security_lead)).count() == 1
    assert scan(now=timezone.now() + timedelta(days=31)) == 0


# Answering ----------------------------------------------------------------------------


def test_who_answers_and_how(people: People) -> None:
    quiet_past(people)
    received(people, weeks_ago=0.3, number=30)
    scan()
    alarm = Alarm.objects.get()

    for user, error in (
        (people.security_lead, NotVisible),
        (people.risk, NotPermitted),
    ):
        with pytest.raises(error):
            answer(alarm=alarm, actor=user, reason="Nothing")
    with pytest.raises(InvalidInput):
        answer(alarm=alarm, actor=people.risk_lead, reason=" ")
    answer(alarm=alarm, actor=people.risk_lead, reason="A planned closure")
    with pytest.raises(IllegalMove):
        answer(alarm=alarm, actor=people.head, reason="Again")
    assert list(open_alarms(viewer_of(people.risk_lead))) == []
