"""Who has seen a case at risk, and what happens where nobody has."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from complaints.models import Complaint, Event
from complaints.permissions import viewer_of
from complaints.selectors.receipts import receipts_of
from complaints.services.clocks import sweep
from complaints.services.protect import ask_protection
from complaints.services.reading import record_reading
from complaints.services.relay import relay_due
from tests import cases
from tests.people import People

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 18, 8, 42, tzinfo=UTC)
LATE = NOW + timedelta(minutes=16)


@pytest.fixture
def case(people: People) -> Complaint:
    case = cases.filed(people, funds_at_risk=True, now=NOW)
    relay_due(now=NOW)
    return case


def told(case: Complaint) -> set[str]:
    rows = case.outbox.filter(subject__contains="nobody has looked")
    return set(rows.values_list("recipient", flat=True))


def test_those_told_stand_there_with_who_opened_it(
    people: People, case: Complaint
) -> None:
    seen = NOW + timedelta(minutes=3)
    record_reading(complaint=case, actor=people.security, now=seen)

    rows = receipts_of([case])[case.pk]

    assert [(row.person, row.seen_at) for row in rows] == [
        (people.security, seen),
        (people.security_lead, None),
    ]
    assert all(row.told_at is not None for row in rows)


def test_leads_hear_once_where_nobody_opened_it_in_time(
    people: People, case: Complaint
) -> None:
    sweep(now=LATE - timedelta(minutes=2))
    assert told(case) == set()

    sweep(now=LATE)
    sweep(now=LATE + timedelta(minutes=1))

    assert told(case) == {people.security_lead.email, people.support_lead.email}
    assert Event.objects.filter(what="alarm_unseen").count() == 1


def test_nobody_hears_where_one_of_them_opened_it(
    people: People, case: Complaint
) -> None:
    record_reading(complaint=case, actor=people.security, now=NOW)

    sweep(now=LATE)

    assert told(case) == set()


def test_a_new_alarm_has_to_be_looked_after_anew(
    people: People, case: Complaint
) -> None:
    record_reading(complaint=case, actor=people.security, now=NOW)
    again = NOW + timedelta(minutes=20)
    ask_protection(
        complaint=case, kind="withdrawal_lock", actor=people.customer, now=again
    )
    assert case.pk not in receipts_of([case])

    # Within the hour in which another look would be the same reading.
    seen = again + timedelta(minutes=1)
    record_reading(complaint=case, actor=people.security, now=seen)

    assert receipts_of([case])[case.pk][0].seen_at == seen


def test_what_triage_finds_at_risk_sounds_too(people: People) -> None:
    case = cases.filed(people)
    cases.admit(people, case, funds_at_risk=True)

    assert case.outbox.filter(kind="alarm").count() == 1


def test_case_and_board_show_the_receipts(
    people: People, case: Complaint, client: Client
) -> None:
    client.force_login(people.security_lead)
    for address in (
        reverse("admin:complaints_complaint_change", args=[case.pk]),
        reverse("admin:complaints_complaint_board"),
    ):
        text = client.get(address).content.decode()
        assert "At risk: who has seen it" in text
        assert "not opened yet" in text
    assert viewer_of(people.security_lead).is_staff
