"""The hold queue: a person decides a held message once, in one of three ways."""

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone

from complaints.channels.hold_many import MOST
from complaints.models import Complaint, Event, RawMessage
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


def a_held(number: str = "one", **more: Any) -> RawMessage:
    given = {
        "provider": "email",
        "reason": "unverified",
        "subject": "Where is my money",
        **more,
    }
    return RawMessage.objects.create(
        account="desk",
        external_id=number,
        raw_sha256="0" * 64,
        received_at=timezone.now(),
        outcome=Intake.HELD,
        sender="caller@people.example",
        raw=MAIL,
        **given,
    )


@pytest.fixture
def held(db: None) -> RawMessage:
    return a_held()


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


# Many at once -------------------------------------------------------------------------

LIST = "/admin/complaints/rawmessage/"


def said(answer: Any) -> list[str]:
    return [str(each) for each in get_messages(answer.wsgi_request)]


def marked(*rows: RawMessage, **more: Any) -> dict[str, Any]:
    return {"raw": [row.pk for row in rows], **more}


def outcomes() -> list[tuple[str, str]]:
    return list(RawMessage.objects.order_by("pk").values_list("outcome", "reason"))


def test_list_is_narrowed_to_a_reason(people: People, client: Client) -> None:
    a_held("one", reason="flood", subject="First of the flood")
    a_held("two", reason="flood", subject="Second of the flood")
    a_held("three", subject="Another matter")
    client.force_login(people.support)

    whole = client.get(LIST)
    assert [(code, n) for code, _words, n in whole.context["reasons"]] == [
        ("flood", 2),
        ("unverified", 1),
    ]
    html = client.get(f"{LIST}?why=flood").content.decode()
    assert "Second of the flood" in html
    assert "Another matter" not in html
    assert f'action="{LIST}many/drop/?why=flood"' in html
    assert f'formaction="{LIST}many/accept/?why=flood"' in html


@pytest.mark.parametrize("query", ["why=a%00b", "channel=%00", "why=%%0000"])
@pytest.mark.parametrize("page", [LIST, "/admin/forum/post/"])
def test_no_list_asks_the_database_for_a_nul(
    people: People, client: Client, page: str, query: str
) -> None:
    """PostgreSQL takes none; the queries of both pages were a 500 there."""
    client.force_login(people.support)
    answer = client.get(f"{page}?{query}")
    assert answer.status_code < 400
    assert "\x00" not in "".join(answer.wsgi_request.GET.values())


def test_marked_messages_are_dropped_for_one_reason(
    people: People, client: Client
) -> None:
    rows = [a_held(str(number), reason="flood") for number in range(3)]
    client.force_login(people.support)
    posted = marked(*rows[:2], reason="Invented senders")

    answer = client.post(f"{LIST}many/drop/?why=flood&channel=email&x=1", posted)
    assert answer["Location"] == f"{LIST}?channel=email&why=flood"
    assert said(answer) == ["2 messages are dropped, with your reason on the ledger."]
    assert outcomes() == [("dropped", "by_hand")] * 2 + [("held", "flood")]
    events = Event.objects.filter(what="held_dropped").order_by("pk")
    assert [
        (one.actor, one.payload["raw"], one.texts.get().text) for one in events
    ] == [(people.support, row.pk, "Invented senders") for row in rows[:2]]


def test_each_marked_message_opens_a_complaint_and_a_broken_one_waits(
    people: People, client: Client
) -> None:
    gone = a_held("gone")
    good, broken, left = (
        a_held("good"),
        a_held("broken", provider="telegraph"),
        a_held(),
    )
    client.force_login(people.support)
    client.post(
        f"/admin/complaints/rawmessage/{gone.pk}/decide/drop/", {"drop-reason": "x"}
    )

    answer = client.post(f"{LIST}many/accept/", marked(gone, good, broken))
    assert answer["Location"] == LIST
    assert said(answer)[1:] == [
        "1 complaint is opened.",
        "1 message was decided by somebody else meanwhile.",
        "1 message could not be taken and waits as before: open it by itself.",
    ]
    assert Complaint.objects.get().raw_messages.get() == good
    for row in (broken, left):
        row.refresh_from_db()
        assert row.outcome == Intake.HELD


@pytest.mark.parametrize(
    ("way", "posted", "words"),
    [
        ("drop", {"raw": ["1"]}, "Nothing is dropped yet: say why nothing is done."),
        ("drop", {"raw": ["1"], "reason": "  "}, "Nothing is dropped yet"),
        ("accept", {}, f"Mark between one and {MOST} messages."),
        ("accept", {"raw": ["x", "-1", "²"]}, "Mark between one and"),
        ("accept", {"raw": [str(n) for n in range(MOST + 1)]}, "Mark between one and"),
    ],
)
def test_many_at_once_asks_for_what_is_missing(
    people: People, client: Client, way: str, posted: dict[str, Any], words: str
) -> None:
    a_held()
    client.force_login(people.support)
    (told,) = said(client.post(f"{LIST}many/{way}/", posted))
    assert told.startswith(words)
    assert outcomes() == [("held", "unverified")]


@pytest.mark.parametrize("who", ["security", "admin", "head"])
def test_many_at_once_is_for_those_who_triage(
    people: People, client: Client, held: RawMessage, who: str
) -> None:
    client.force_login(people.all()[who])
    for way in ("accept", "drop"):
        answer = client.post(f"{LIST}many/{way}/", marked(held, reason="x"))
        assert answer.status_code == 403
    assert outcomes() == [("held", "unverified")]
    client.force_login(people.support)
    assert client.get(f"{LIST}many/drop/").status_code == 405
    assert client.post(f"{LIST}many/attach/", marked(held)).status_code == 404
