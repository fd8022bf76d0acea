"""Conferences: who is invited, what the calendar is told, what stays of them."""

from datetime import UTC, datetime, timedelta
from email.message import Message
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from complaints.errors import IllegalMove, InvalidInput, NotPermitted
from complaints.models import Complaint, Conference, Event, Outbox
from complaints.permissions import customer_of, viewer_of
from complaints.selectors.timeline import customer_timeline
from complaints.services import conferences
from complaints.services.consult import consult
from complaints.services.relay import relay_due
from teams.models import Team, User
from tests import cases
from tests.people import People

pytestmark = pytest.mark.django_db

HALF_AN_HOUR = timedelta(minutes=30)


def _tomorrow() -> datetime:
    return timezone.now().replace(microsecond=0) + timedelta(days=1)


@pytest.fixture
def case(people: People) -> Complaint:
    return cases.at(people, "investigating")


def _call(of: People, case: Complaint, **more: Any) -> Conference:
    given = {
        "agenda": "Whose key signed it?",
        "starts_at": _tomorrow(),
        "length": HALF_AN_HOUR,
        "people": [of.security, of.security_lead],
        "place": "Room 4",
        "actor": of.security,
    }
    return conferences.call(complaint=case, **given | more)


def _calendars() -> list[Any]:
    """What came by mail since the last look, as calendars."""
    relay_due(limit=100)
    found = []
    for sent in mail.outbox:
        message: Message = sent.message()
        for part in message.walk():
            if part.get_content_type() == "text/calendar":
                raw: Any = part.get_payload(decode=True)
                found.append(
                    (part.get_param("method"), sent.to, Calendar.from_ical(raw))
                )
    mail.outbox.clear()
    return found


def test_everybody_invited_gets_it_into_the_calendar(
    people: People, case: Complaint
) -> None:
    row = _call(people, case)

    found = _calendars()

    assert len(found) == 2
    for method, to, calendar in found:
        (event,) = calendar.walk("VEVENT")
        assert (method, calendar["method"]) == ("REQUEST", "REQUEST")
        assert event["attendee"] == f"mailto:{to[0].rpartition('<')[2].rstrip('>')}"
        assert event["organizer"] == f"mailto:{people.security.email}"
        assert event.decoded("dtstart") == row.starts_at.astimezone(UTC)
        assert event.decoded("dtend") - event.decoded("dtstart") == HALF_AN_HOUR
        assert (event["location"], event["sequence"]) == ("Room 4", 0)
        assert case.reference in event["summary"]
        assert "key" not in calendar.to_ical().decode()


def test_calling_off_takes_it_out_again(people: People, case: Complaint) -> None:
    row = _call(people, case)
    (_method, _to, before), _other = _calendars()

    conferences.cancel(conference=row, actor=people.security_lead)

    (method, _to, after), _other = _calendars()
    (was,), (now,) = before.walk("VEVENT"), after.walk("VEVENT")
    assert method == "CANCEL"
    assert (now["uid"], now["status"]) == (was["uid"], "CANCELLED")
    assert now["sequence"] == was["sequence"] + 1
    with pytest.raises(IllegalMove):
        conferences.cancel(conference=row, actor=people.security)


def test_minutes_stand_in_the_timeline_of_staff_alone(
    people: People, case: Complaint, time_machine: Any
) -> None:
    row = _call(people, case)
    with pytest.raises(InvalidInput, match="not begun"):
        conferences.write_up(conference=row, minutes="We pay.", actor=people.security)
    time_machine.move_to(row.ends_at)

    conferences.write_up(conference=row, minutes="We pay.", actor=people.security)

    (event,) = Event.objects.filter(what="conference_written_up")
    assert event.texts.get().text == "We pay."
    told = customer_timeline(case, customer_of(people.customer))
    assert not any("pay" in entry.body or "key" in entry.body for entry in told)
    with pytest.raises(IllegalMove):
        conferences.write_up(conference=row, minutes="No.", actor=people.security)


def test_who_does_not_see_the_case_is_not_invited(
    people: People, case: Complaint
) -> None:
    with pytest.raises(InvalidInput) as refused:
        _call(people, case, people=[people.security, people.legal])
    assert str(people.legal) in str(refused.value)
    assert not Conference.objects.exists()

    team = Team.objects.get(code="legal")
    consult(complaint=case, team=team, question="May we?", actor=people.security)
    row = _call(people, case, people=[people.legal])
    assert row.names == str(people.legal)


def test_place_stands_on_one_line(people: People, case: Complaint) -> None:
    """Nothing in it begins another line of the calendar, nor is no text of one."""
    place = "Room\r\nATTENDEE:mailto:evil@else.example\x0b\u2028\x1b4"
    row = _call(people, case, place=place, people=[people.security])

    assert row.place == "Room ATTENDEE:mailto:evil@else.example 4"
    ((_method, _to, calendar),) = _calendars()
    (event,) = calendar.walk("VEVENT")
    assert event["attendee"] == f"mailto:{people.security.email}"


def test_who_lost_sight_of_the_case_since_is_sent_nothing(
    people: People, case: Complaint
) -> None:
    _call(people, case)
    User.objects.filter(pk=people.security_lead.pk).update(is_active=False)

    ((_method, to, _calendar),) = _calendars()

    assert people.security.email in to[0]
    row = Outbox.objects.get(
        conference__isnull=False, recipient=people.security_lead.email
    )
    assert (row.status, row.sent_at) == ("withheld", None)


def test_nobody_is_invited_to_their_own_complaint(people: People) -> None:
    """Somebody of ours reads it as its customer; that is not how one is invited."""
    case = cases.at(people, "investigating", by=people.security_lead)
    with pytest.raises(InvalidInput) as refused:
        _call(people, case)
    assert str(people.security_lead) in str(refused.value)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"agenda": " "}, "agenda"),
        ({"starts_at": timezone.now() - timedelta(minutes=1)}, "starts_at"),
        ({"length": timedelta(0)}, "length"),
        ({"length": timedelta(hours=9)}, "length"),
        ({"people": []}, "people"),
    ],
)
def test_what_is_no_conference_is_refused(
    people: People, case: Complaint, more: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        _call(people, case, **more)
    assert refused.value.field == field


def test_only_who_has_the_case_in_hand_calls(people: People, case: Complaint) -> None:
    for actor in (people.support_lead, people.legal, people.reviewer):
        assert not conferences.may_call(case, viewer_of(actor))
    with pytest.raises(NotPermitted):
        _call(people, case, actor=people.reviewer)
    Complaint.objects.filter(pk=case.pk).update(barrier="insider")
    case.refresh_from_db()
    assert not conferences.may_call(case, viewer_of(people.security))


def test_from_the_page(people: People, client: Client, case: Complaint) -> None:
    client.force_login(people.security)
    act = reverse("admin:complaints_complaint_act", args=(case.pk, "confer"))
    at = timezone.localtime(_tomorrow()).strftime("%Y-%m-%dT%H:%M")
    sent = {
        "agenda": "Whose key?",
        "people": [people.security.pk],
        "starts_at": at,
        "length": "45",
        "place": "Room 4",
    }

    assert client.get(act).status_code == 200
    assert client.post(act, {**sent, "people": []}).status_code == 422
    assert client.post(act, sent).status_code == 302

    page = client.get(reverse("admin:complaints_complaint_change", args=(case.pk,)))
    assert "Room 4" in page.content.decode()
    row = Conference.objects.get()
    assert row.ends_at - row.starts_at == timedelta(minutes=45)
    off = reverse("admin:complaints_complaint_act", args=(case.pk, "call-off"))
    assert client.post(off, {"conference": row.pk}).status_code == 302
    row.refresh_from_db()
    assert row.cancelled_at is not None
    assert client.get(off).status_code == 403
