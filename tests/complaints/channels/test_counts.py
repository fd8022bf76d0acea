"""Stored = opened + appended + held + dropped + undecided, shown, measured, alarmed."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from complaints.channels import counts, watch
from complaints.channels.email import mailbox_state
from complaints.channels.email.fetch import Round
from complaints.channels.email.inbound import receive
from complaints.channels.tasks import watch_intake
from complaints.models import Event, Outbox, RawMessage
from tests.complaints.channels.email.mails import (
    ANN,
    MALLORY,
    a_mail,
    answer_to,
    letters_to,
    opened,
)
from tests.people import People

pytestmark = pytest.mark.django_db

LIST = "/admin/complaints/rawmessage/"


def arrive() -> None:
    """One message of each outcome, and one that nobody decided."""
    opened()
    (receipt,) = letters_to(ANN)
    assert receive(answer_to(receipt)).outcome == "appended"
    assert receive(a_mail(sender="", number=3)).outcome == "held"
    bounce = a_mail(sender="MAILER-DAEMON@mx.example", number=4)
    assert receive(bounce).outcome == "dropped"
    RawMessage.objects.create(
        provider="telegram",
        account="bot",
        external_id="left",
        raw=b"{}",
        raw_sha256="0" * 64,
        received_at=timezone.now(),
        decided_at=timezone.now(),
    )


def test_every_message_is_counted_once_by_channel() -> None:
    arrive()

    email, telegram = counts.intake_counts()
    assert (email.provider, telegram.provider) == ("email", "telegram")
    assert (email.stored, email.opened, email.appended) == (4, 1, 1)
    assert (email.held, email.dropped, email.undecided) == (1, 1, 0)
    assert (telegram.stored, telegram.undecided) == (1, 1)
    together = counts.total([email, telegram])
    assert (together.stored, together.undecided, together.adds_up) == (5, 1, True)


def test_counting_is_one_statement(django_assert_num_queries: Any) -> None:
    arrive()
    with django_assert_num_queries(1):
        counts.intake_counts()


@pytest.mark.parametrize(
    "spoilt", [{"outcome": "lost"}, {"outcome": "opened", "complaint": None}]
)
def test_sum_that_does_not_come_out_is_seen(spoilt: dict[str, Any]) -> None:
    arrive()
    RawMessage.objects.filter(outcome="held").update(**spoilt)

    email, _telegram = counts.intake_counts()
    assert not email.adds_up
    assert [t.code for t in watch.troubles(timezone.now())] == ["uneven:email"]


def test_waiting_message_is_told_of_once_a_day_and_person(people: People) -> None:
    arrive()
    now = timezone.now()
    assert watch.tell(now=now) == 0
    late = now + timedelta(hours=25)
    assert watch.tell(now=late) == watch.tell(now=late) == 2

    told = Outbox.objects.filter(kind="staff")
    assert {row.recipient for row in told} == {people.support_lead.email}
    assert sorted(row.key.rpartition(":")[0].split(":", 3)[3] for row in told) == [
        "held",
        "stuck",
    ]
    assert watch.tell(now=late + timedelta(days=1)) == 2
    assert told.all().count() == 4


def test_mailbox_that_fell_silent_is_told_of(people: People, settings: Any) -> None:
    settings.IMAP_URLS = ["imaps://a%40desk.example:x@127.0.0.1:9/INBOX"]
    name = "a@desk.example/INBOX"
    now = timezone.now()
    mailbox_state.note(Round(name), now=now)
    assert watch.troubles(now) == []
    later = now + timedelta(minutes=16)
    mailbox_state.note(Round(name, error="TimeoutError: timed out"), now=later)

    (trouble,) = watch.troubles(later)
    assert trouble.words() == (
        "The mailbox a@desk.example/INBOX cannot be fetched: TimeoutError: timed out"
    )
    assert mailbox_state.states()[0].seen_at == now
    mailbox_state.note(Round(name, refused=1), now=later)
    assert [t.code for t in watch.troubles(later)] == [f"mailbox:{name}"]


def test_task_says_how_many_troubles_there_are() -> None:
    assert watch_intake() == 0


def test_numbers_are_metrics(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = "t0ken"
    settings.IMAP_URLS = ["imaps://a%40desk.example:x@127.0.0.1:9/INBOX"]
    arrive()
    asked = client.get("/metrics", headers={"Authorization": "Bearer t0ken"})
    lines = asked.content.decode().splitlines()

    for line in (
        'recourse_intake_messages{channel="email",outcome="held"} 1.0',
        'recourse_intake_messages{channel="telegram",outcome="undecided"} 1.0',
        'recourse_intake_stored{channel="email"} 4.0',
        'recourse_intake_adds_up{channel="email"} 1.0',
        'recourse_mailbox_up{mailbox="a@desk.example/INBOX"} 0.0',
    ):
        assert line in lines
    assert any("recourse_intake_oldest_held_seconds" in line for line in lines)


# The page -----------------------------------------------------------------------------


def test_page_shows_counts_troubles_and_mailboxes(
    people: People, client: Client, settings: Any
) -> None:
    settings.IMAP_URLS = ["imaps://a%40desk.example:open-sesame@127.0.0.1:9/INBOX"]
    arrive()
    client.force_login(people.support)
    html = client.get(LIST).content.decode()

    assert '<th scope="row">E-mail</th><td class="num">4</td>' in html
    assert '<th scope="row">Together</th><td class="num">5</td>' in html
    assert "a@desk.example/INBOX" in html
    assert "open-sesame" not in html
    assert "Nobody looks into it." in html


@pytest.mark.parametrize("who", ["security", "admin", "head", "customer"])
def test_counts_are_for_those_who_triage(
    people: People, client: Client, who: str
) -> None:
    client.force_login(people.all()[who])

    assert client.get(LIST).status_code in {302, 403, 404}


def hold(number: int, **given: Any) -> RawMessage:
    """A held message of the ``number``-th minute."""
    at = datetime(2026, 11, 2, 9, number, tzinfo=UTC)
    given = {"provider": "email", "subject": f"Held {number:02}", **given}
    return RawMessage.objects.create(
        account="desk",
        external_id=f"held-{number}",
        raw=b"x",
        raw_sha256="0" * 64,
        received_at=at,
        outcome="held",
        reason="unverified",
        **given,
    )


def subjects(page: HttpResponse) -> list[str]:
    return re.findall(r">(Held \d\d)</a>", page.content.decode())


def test_held_messages_come_in_pages_that_miss_none(
    people: People, client: Client, django_assert_num_queries: Any
) -> None:
    client.force_login(people.support)
    hold(0)
    client.get(LIST)
    with CaptureQueriesContext(connection) as one:
        client.get(LIST)
    for number in range(1, 53):
        hold(number)
    with django_assert_num_queries(len(one)):
        first = client.get(LIST)
    (onward,) = re.findall(r'href="([^"]+)" rel="next"', first.content.decode())
    RawMessage.objects.filter(external_id="held-0").update(outcome="dropped")

    assert subjects(first) == [f"Held {n:02}" for n in range(50)]
    with django_assert_num_queries(len(one)):
        second = client.get(unescape(onward))
    assert subjects(second) == ["Held 50", "Held 51", "Held 52"]
    assert 'rel="next"' not in second.content.decode()


def test_messages_of_one_moment_are_told_apart_by_their_keys(
    people: People, client: Client
) -> None:
    one, two = hold(1), hold(2, provider="phone")
    RawMessage.objects.update(received_at=one.received_at)
    client.force_login(people.support)
    after = f"{one.received_at.isoformat()}~{one.pk}"

    assert subjects(client.get(LIST, {"after": after})) == [two.subject]
    assert subjects(client.get(LIST, {"channel": "phone"})) == [two.subject]
    for wrong in ("2", "-~1", "yesterday~1", f"{one.received_at.isoformat()}~x"):
        assert client.get(LIST, {"after": wrong}).status_code == 404
    assert client.post(LIST).status_code == 405


def test_message_is_shown_as_text_and_taken_away_as_a_file(
    people: People, client: Client
) -> None:
    raw = receive(a_mail("<script>alert(1)</script>", sender="")).raw_message
    client.force_login(people.support)
    html = client.get(f"{LIST}{raw.pk}/change/").content.decode()
    file = client.get(f"{LIST}{raw.pk}/raw/")

    assert "Message-ID: &lt;1.25@customers.example&gt;" in html
    assert "<script>alert" not in html
    assert file.content == a_mail("<script>alert(1)</script>", sender="")
    assert file["Content-Type"] == "application/octet-stream"
    assert file["Content-Disposition"] == f'attachment; filename="message-{raw.pk}.eml"'
    assert file["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in file["Content-Security-Policy"]
    event = Event.objects.get(stream=f"reads:message:{raw.pk}")
    assert (event.what, event.actor) == ("held_taken_away", people.support)
    assert client.post(f"{LIST}{raw.pk}/raw/").status_code == 405
    client.force_login(people.security)
    assert client.get(f"{LIST}{raw.pk}/raw/").status_code == 404


SEED = "legal winner thank year wave sausage worth useful legal winner thank yellow"


def test_key_to_a_wallet_is_neither_shown_nor_handed_out(
    people: People, client: Client
) -> None:
    raw = receive(a_mail(f"My words: {SEED}", sender="")).raw_message
    client.force_login(people.support)
    html = client.get(f"{LIST}{raw.pk}/change/").content.decode()
    answer = client.get(f"{LIST}{raw.pk}/raw/", follow=True)

    assert "sausage" not in html
    assert "sausage" not in answer.content.decode()
    assert "the key to a wallet" in answer.content.decode()


def test_case_that_a_message_speaks_of_is_offered(
    people: People, client: Client
) -> None:
    case = opened()
    raw = receive(a_mail(f"About {case.reference}.", sender=MALLORY)).raw_message
    RawMessage.objects.filter(pk=raw.pk).update(outcome="held", complaint=None)
    client.force_login(people.support)
    html = client.get(f"{LIST}{raw.pk}/change/").content.decode()

    assert f'value="{case.reference}"' in html
