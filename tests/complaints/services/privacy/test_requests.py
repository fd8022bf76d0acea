"""Requests of persons: one month, two more with a reason, reminders, and their end."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from complaints.errors import IllegalMove, InvalidInput, NotPermitted
from complaints.models import Event, Outbox, PersonRequest
from complaints.services.privacy import requests
from tests.people import People

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 1, 31, 9, 0, tzinfo=UTC)


@pytest.fixture
def asked(people: People) -> PersonRequest:
    return requests.record(
        kind="access",
        email="somebody@else.example",
        received_on=NOW.date(),
        actor=people.head,
        now=NOW,
    )


def test_a_month_ends_on_its_last_day_and_two_more_on_theirs(
    people: People, asked: PersonRequest
) -> None:
    assert asked.due_on == date(2026, 2, 28)

    requests.extend(request=asked, why="Four systems.", actor=people.head, now=NOW)

    asked.refresh_from_db()
    assert asked.due_on == date(2026, 4, 30)
    with pytest.raises(IllegalMove):
        requests.extend(request=asked, why="More.", actor=people.head, now=NOW)


def test_nothing_is_extended_after_the_month(
    people: People, asked: PersonRequest
) -> None:
    late = NOW + timedelta(days=30)
    with pytest.raises(IllegalMove):
        requests.extend(request=asked, why="Sorry.", actor=people.head, now=late)


def test_answered_once_and_on_the_ledger_without_the_person(
    people: People, asked: PersonRequest
) -> None:
    officer = people.compliance_officer
    requests.answer(request=asked, answer="done", actor=officer, now=NOW)

    with pytest.raises(IllegalMove):
        requests.answer(request=asked, answer="refused", actor=officer, now=NOW)
    events = Event.objects.filter(what__startswith="person_request").order_by("pk")
    assert [event.what for event in events] == [
        "person_request_recorded",
        "person_request_answered",
    ]
    assert not any("somebody" in str(event.payload) for event in events)


def test_what_cannot_be_is_refused(people: People) -> None:
    for given in ({"email": "nobody"}, {"received_on": date(2026, 2, 1)}):
        facts = {"email": "a@b.example", "received_on": NOW.date()} | given
        with pytest.raises(InvalidInput):
            requests.record(kind="access", actor=people.head, now=NOW, **facts)  # type: ignore[arg-type]
    with pytest.raises(NotPermitted):
        requests.record(
            kind="access",
            email="a@b.example",
            received_on=NOW.date(),
            actor=people.risk_lead,
            now=NOW,
        )


def test_reminded_seven_days_and_a_day_before_and_daily_when_late(
    people: People, asked: PersonRequest
) -> None:
    counts = []
    for day in (20, 21, 22, 27, 28, 29, 30):
        at = datetime.combine(date(2026, 1, 31) + timedelta(days=day), NOW.timetz())
        requests.remind(now=at)
        requests.remind(now=at)
        rows = Outbox.objects.filter(key__startswith="person_request:")
        counts.append(rows.filter(recipient=people.head.email).count())

    # 28 February is the day; day 28 of the list is that, 29 and 30 are late.
    assert counts == [0, 1, 1, 2, 3, 4, 5]
    assert Outbox.objects.filter(recipient=people.compliance_officer.email).exists()


def test_words_go_three_years_after_the_answer(
    people: People, asked: PersonRequest
) -> None:
    requests.answer(request=asked, answer="done", actor=people.head, now=NOW)

    assert requests.forget_old(now=NOW + timedelta(days=3 * 365)) == 0
    assert requests.forget_old(now=NOW + timedelta(days=3 * 366 + 1)) == 1
    asked.refresh_from_db()
    assert (asked.email, asked.answer) == ("", "done")


def test_written_down_extended_and_answered_on_pages(
    people: People, client: Client
) -> None:
    client.force_login(people.head)
    page = "admin:complaints_complaint_person"
    given = {"kind": "erasure", "email": "a@b.example", "received_on": "2026-01-01"}
    assert client.post(reverse(f"{page}_new"), given).status_code == 302
    row = PersonRequest.objects.get()
    assert client.post(reverse(f"{page}_new"), {}).status_code == 422
    listed = client.get(reverse(f"{page}s")).content.decode()
    assert "a@b.example" in listed
    late = client.post(reverse(f"{page}_extend", args=[row.pk]), {"why": "Late."})
    assert late.status_code == 422
    sent = client.post(reverse(f"{page}_answer", args=[row.pk]), {"answer": "done"})
    assert sent.status_code == 302
    row.refresh_from_db()
    assert row.answered_by == people.head
    client.force_login(people.risk_lead)
    assert client.get(reverse(f"{page}s")).status_code == 403
