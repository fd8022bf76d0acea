"""The hold queue: a person decides a held message once, in one of three ways."""

import pytest
from django.test import Client
from django.utils import timezone

from complaints.models import Complaint, RawMessage
from complaints.states import Intake
from tests import cases
from tests.people import People

pytestmark = pytest.mark.django_db

MAIL = b"""From: Caller <caller@people.example>
To: complaints@recourse.test
Subject: Where is my money
Date: Mon, 02 Nov 2026 09:30:00 +0000
Message-ID: <one@people.example>

Nobody answered my ticket. <script>alert(1)</script>
"""


@pytest.fixture
def held(db: None) -> RawMessage:
    return RawMessage.objects.create(
        provider="email",
        account="desk",
        external_id="one",
        raw=MAIL,
        raw_sha256="0" * 64,
        received_at=timezone.now(),
        outcome=Intake.HELD,
        reason="unverified",
        sender="caller@people.example",
        subject="Where is my money",
    )


def page(raw: RawMessage, end: str = "change/") -> str:
    return f"/admin/complaints/rawmessage/{raw.pk}/{end}"


def test_held_message_is_read_as_text(
    people: People, client: Client, held: RawMessage
) -> None:
    client.force_login(people.support)
    html = client.get(page(held)).content.decode()
    assert "Nobody answered my ticket." in html
    assert "forged" in html
    assert "<script>alert" not in html


def test_accepting_opens_a_complaint_once(
    people: People, client: Client, held: RawMessage
) -> None:
    client.force_login(people.support)
    assert client.get(page(held, "decide/accept/")).status_code == 405
    assert client.post(page(held, "decide/accept/")).status_code == 302
    case = Complaint.objects.get()
    held.refresh_from_db()
    assert (held.outcome, held.complaint, held.decided_by) == (
        Intake.OPENED,
        case,
        people.support,
    )
    assert client.post(page(held, "decide/accept/")).status_code == 404
    assert Complaint.objects.count() == 1


def test_attaching_needs_a_case_that_may_be_seen(
    people: People, client: Client, held: RawMessage
) -> None:
    case = cases.at(people, "assigned")
    Complaint.objects.filter(pk=case.pk).update(barrier="insider")
    client.force_login(people.support)
    posted = {"attach-reference": case.reference}
    assert client.post(page(held, "decide/attach/"), posted).status_code == 422
    Complaint.objects.filter(pk=case.pk).update(barrier="")
    assert client.post(page(held, "decide/attach/"), posted).status_code == 302
    held.refresh_from_db()
    assert (held.outcome, held.complaint) == (Intake.APPENDED, case)
    assert "Nobody answered my ticket." in case.messages.get().text


def test_dropping_needs_a_reason(
    people: People, client: Client, held: RawMessage
) -> None:
    client.force_login(people.support)
    assert client.post(page(held, "decide/drop/"), {}).status_code == 422
    posted = {"drop-reason": "Advertising"}
    assert client.post(page(held, "decide/drop/"), posted).status_code == 302
    held.refresh_from_db()
    assert (held.outcome, held.reason) == (Intake.DROPPED, "by_hand")


@pytest.mark.parametrize("who", ["security", "admin", "head"])
def test_others_meet_nothing(
    people: People, client: Client, held: RawMessage, who: str
) -> None:
    client.force_login(people.all()[who])
    assert client.get(page(held)).status_code in {403, 404}
    for way in ("accept", "attach", "drop"):
        answer = client.post(page(held, f"decide/{way}/"), {"drop-reason": "x"})
        assert answer.status_code == 404
    held.refresh_from_db()
    assert held.outcome == Intake.HELD
