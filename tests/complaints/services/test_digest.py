"""The morning's mail: to whom, when, how often, and no case in it."""

from datetime import UTC, datetime, timedelta

import pytest

from complaints.models import Complaint, Outbox
from complaints.services.digest import send_digests
from teams.models import Absence
from tests import cases
from tests.people import People

pytestmark = pytest.mark.django_db

MONDAY = datetime(2027, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def case(people: People) -> Complaint:
    case = cases.at(people, "assigned")
    Complaint.objects.filter(pk=case.pk).update(
        handler=None, next_due_at=MONDAY - timedelta(hours=1)
    )
    return case


def _mails() -> list[Outbox]:
    return list(Outbox.objects.filter(key__startswith="digest:").order_by("pk"))


def test_lead_reads_the_numbers_and_no_case(people: People, case: Complaint) -> None:
    send_digests(now=MONDAY)

    (mail,) = _mails()
    assert mail.recipient == people.security_lead.email
    assert mail.subject == "Security team this morning"
    assert mail.body.splitlines()[:4] == [
        "1 case is open.",
        "1 case is late.",
        "0 fall due within a day.",
        "1 has nobody.",
    ]
    assert "/board/?team=security" in mail.body
    assert case.reference not in mail.subject + mail.body


def test_once_a_day(case: Complaint) -> None:
    for hours in (0, 1, 8):
        send_digests(now=MONDAY + timedelta(hours=hours))
    assert len(_mails()) == 1

    send_digests(now=MONDAY + timedelta(days=1))
    assert len(_mails()) == 2


def test_not_before_eight_where_the_team_is(case: Complaint) -> None:
    send_digests(now=MONDAY - timedelta(hours=3))

    assert _mails() == []


def test_not_on_a_day_on_which_the_team_rests(people: People) -> None:
    """Security works every day, support does not."""
    cases.filed(people)
    send_digests(now=MONDAY - timedelta(days=1))
    assert _mails() == []

    send_digests(now=MONDAY)
    assert [mail.recipient for mail in _mails()] == [people.support_lead.email]


def test_who_is_away_hears_nothing(people: People, case: Complaint) -> None:
    Absence.objects.create(
        user=people.security_lead,
        starts_at=MONDAY - timedelta(days=2),
        ends_at=MONDAY + timedelta(days=2),
    )

    assert send_digests(now=MONDAY) == 0


def test_nothing_open_is_nothing_to_say(people: People) -> None:
    assert send_digests(now=MONDAY) == 0
