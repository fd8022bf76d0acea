"""The relay against a real mail server: once each, kept while it fails, never lost."""

import smtplib
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import connections

from complaints import ledger, registry
from complaints.channels.email import outbound
from complaints.channels.email.address import read_message_id, read_reply_address
from complaints.errors import IllegalMove, NotPermitted, NotVisible
from complaints.models import Clock, Complaint, Event, Outbox
from complaints.services import relay
from complaints.services.relay import RelayResult, relay_due, resend, wait_after
from complaints.states import Step
from tests import cases
from tests.people import People, everybody

NOW = datetime(2026, 11, 18, 8, 42, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)


class Post:
    """A mail server's handler: keeps what it took, or says what it was told to say."""

    def __init__(self) -> None:
        self.taken: list[tuple[list[str], bytes]] = []
        self.at_rcpt = self.at_data = "250 OK"
        self.drop_after_data = False

    async def handle_RCPT(  # noqa: N802 - the server's own name
        self, server: SMTP, session: Session, envelope: Envelope, to: str, options: Any
    ) -> str:
        if self.at_rcpt.startswith("250"):
            envelope.rcpt_tos.append(to)
        return self.at_rcpt

    async def handle_DATA(  # noqa: N802 - the server's own name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.at_data.startswith("250"):
            content = envelope.content
            assert isinstance(content, bytes)
            self.taken.append((list(envelope.rcpt_tos), content))
        if self.drop_after_data:
            assert server.transport is not None
            server.transport.abort()
        return self.at_data

    @property
    def mails(self) -> list[EmailMessage]:
        return [
            message_from_bytes(raw, policy=policy.default) for _to, raw in self.taken
        ]


@pytest.fixture
def post(settings: Any) -> Iterator[Post]:
    handler = Post()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    settings.EMAIL_TIMEOUT = 5
    yield handler
    controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def case(people: People) -> Complaint:
    """Received at NOW; its receipt is due."""
    return cases.filed(people, now=NOW)


def only_row() -> Outbox:
    return Outbox.objects.get()


def counts(result: RelayResult) -> tuple[int, int, int]:
    return result.sent, result.failed, result.dead


# Sent once --------------------------------------------------------------------------


def test_due_notice_is_sent_to_one_recipient(case: Complaint, post: Post) -> None:
    result = relay_due(now=LATER)

    assert counts(result) == (1, 0, 0)
    assert [to for to, _raw in post.taken] == [["customer@people.example"]]
    row = only_row()
    assert (row.status, row.sent_at, row.attempts) == ("sent", LATER, 1)
    assert (row.leased_until, row.error) == (None, "")


def test_sent_notice_is_not_sent_again(case: Complaint, post: Post) -> None:
    relay_due(now=LATER)

    assert counts(relay_due(now=LATER + timedelta(days=1))) == (0, 0, 0)
    assert len(post.taken) == 1


def test_notice_waits_until_it_is_due(case: Complaint, post: Post) -> None:
    assert counts(relay_due(now=NOW - timedelta(seconds=1))) == (0, 0, 0)
    assert post.taken == []


def test_limit_is_kept_and_the_oldest_go_first(people: People, post: Post) -> None:
    filed = [cases.filed(people, now=NOW + timedelta(minutes=n)) for n in (2, 0, 1)]

    result = relay_due(now=NOW + timedelta(hours=1), limit=2)

    assert counts(result) == (2, 0, 0)
    subjects = [mail["Subject"] for mail in post.mails]
    order = (filed[1], filed[2])
    assert subjects == [f"Complaint {each.reference}: we have it" for each in order]


def test_message_is_signed_for_its_case_and_recipient(
    case: Complaint, post: Post, settings: Any
) -> None:
    relay_due(now=LATER)

    mail, key = post.mails[0], settings.REPLY_KEY
    sender = "customer@people.example"
    assert read_message_id(mail["Message-ID"], sender, key) == case.reference
    address = read_reply_address(mail["Reply-To"], key)
    assert address is not None
    assert (address.reference, address.belongs_to(sender)) == (case.reference, True)
    assert mail["From"] == "Recourse <complaints@localhost>"
    assert mail["Auto-Submitted"] == "auto-generated"
    letter = only_row().letter
    assert letter is not None
    body = mail.get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n").strip() == letter.body.strip()


# What a delivery means --------------------------------------------------------------


def test_receipt_is_acknowledged_only_when_it_was_sent(
    case: Complaint, post: Post
) -> None:
    clock = Clock.objects.get(complaint=case, step=Step.ACKNOWLEDGE)
    assert clock.stopped_at is None

    relay_due(now=LATER)

    clock.refresh_from_db()
    assert clock.stopped_at == LATER
    letter = only_row().letter
    assert letter is not None
    events = Event.objects.filter(stream=case.stream).order_by("seq")
    assert [(event.what, event.payload) for event in events][1:] == [
        (
            "letter_sent",
            {"letter": letter.pk, "kind": "receipt", "sha256": letter.sha256},
        ),
        ("acknowledged", {"letter": letter.pk}),
    ]
    assert list(ledger.verify()) == []


def test_second_address_acknowledges_no_second_time(people: People, post: Post) -> None:
    other = {"last_name": "Post", "email": "post@mail.example"}
    case = cases.filed(people, contact_details=(other,), now=NOW)

    relay_due(now=LATER)

    events = Event.objects.filter(stream=case.stream)
    assert events.filter(what="letter_sent").count() == 2
    assert events.filter(what="acknowledged").count() == 1


# Failure ----------------------------------------------------------------------------


def test_server_that_is_away_loses_nothing(case: Complaint, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()

    result = relay_due(now=LATER)

    assert counts(result) == (0, 1, 0)
    row = only_row()
    assert (row.status, row.attempts, row.leased_until) == ("pending", 1, None)
    waits = timedelta(seconds=60), timedelta(seconds=66)
    assert waits[0] <= row.due_at - LATER <= waits[1]
    assert row.error.startswith("ConnectionRefusedError")
    assert not Event.objects.filter(what="letter_sent").exists()


def test_server_that_is_away_is_asked_once_a_round(
    people: People, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    for _case in range(3):
        cases.filed(people, now=NOW)

    assert counts(relay_due(now=LATER)) == (0, 1, 0)

    assert sorted(Outbox.objects.values_list("attempts", flat=True)) == [0, 0, 1]


def test_server_that_comes_back_gets_it_with_the_same_message_id(
    case: Complaint, post: Post
) -> None:
    post.at_data = "451 Try again later"
    assert counts(relay_due(now=LATER)) == (0, 1, 0)
    first = only_row()
    post.at_data = "250 OK"

    assert counts(relay_due(now=first.due_at)) == (1, 0, 0)

    assert first.message_id == only_row().message_id == post.mails[0]["Message-ID"]
    assert len(post.taken) == 1
    assert first.error == "451 Try again later"


def test_server_that_hangs_blocks_no_longer_than_the_timeout(
    case: Complaint, settings: Any
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = silent.getsockname()[:2]
        settings.EMAIL_TIMEOUT = 0.2
        began = time.monotonic()

        result = relay_due(now=LATER)

    assert time.monotonic() - began < 5
    assert counts(result) == (0, 1, 0)
    assert only_row().error.endswith("timed out")


def test_drop_after_data_repeats_under_the_same_message_id(
    case: Complaint, post: Post
) -> None:
    post.drop_after_data = True
    assert counts(relay_due(now=LATER)) == (0, 1, 0)
    post.drop_after_data = False

    relay_due(now=only_row().due_at)

    ids = [mail["Message-ID"] for mail in post.mails]
    assert ids == [only_row().message_id] * 2


@pytest.mark.parametrize(
    ("at_rcpt", "at_data"),
    [("550 No such user", "250 OK"), ("250 OK", "554 Rejected")],
)
def test_refusal_for_good_is_given_up_after_three(case, post, at_rcpt, at_data):
    post.at_rcpt, post.at_data = at_rcpt, at_data
    told = []

    for _attempt in range(3):
        row = only_row()
        told.append(counts(relay_due(now=row.due_at)))

    assert told == [(0, 1, 0), (0, 1, 0), (0, 0, 1)]
    row = only_row()
    refusal = at_data if at_rcpt.startswith("250") else at_rcpt
    assert (row.status, row.attempts, row.error) == ("dead", 3, refusal)


def test_tenth_failure_is_the_last(case: Complaint, post: Post) -> None:
    post.at_rcpt = "450 Mailbox busy"

    told = [counts(relay_due(now=only_row().due_at)) for _attempt in range(10)]

    assert told == [(0, 1, 0)] * 9 + [(0, 0, 1)]
    assert only_row().status == "dead"
    assert counts(relay_due(now=NOW + timedelta(days=30))) == (0, 0, 0)


def test_address_that_is_none_is_given_up_at_once(case: Complaint, post: Post) -> None:
    Outbox.objects.update(recipient="a@b.example, evil@y.example")

    assert counts(relay_due(now=LATER)) == (0, 0, 1)

    assert only_row().error == "This is no e-mail address."
    assert post.taken == []


def test_channel_without_sender_keeps_its_notice(case: Complaint, post: Post) -> None:
    Outbox.objects.update(channel="ticket")

    assert counts(relay_due(now=LATER)) == (0, 1, 0)
    assert only_row().error == "Nothing sends on ticket."


def test_one_failing_notice_holds_up_no_other(
    people: People, post: Post, monkeypatch: Any
) -> None:
    bad, good = (cases.filed(people, now=NOW) for _case in range(2))
    send = registry.sender_of("email")
    assert send is not None

    def stumble(row: Outbox) -> None:
        if row.complaint_id == bad.pk:
            raise KeyError("a fault of our own")
        send(row)

    monkeypatch.setitem(registry._senders, "email", stumble)

    assert counts(relay_due(now=LATER)) == (1, 1, 0)
    assert good.outbox.get().status == "sent"
    assert (bad.outbox.get().status, bad.outbox.get().error) == ("pending", "KeyError")


@pytest.mark.parametrize(
    ("attempts", "minutes"),
    [
        (1, 1),
        (2, 3),
        (3, 9),
        (4, 27),
        (5, 81),
        (6, 243),
        (7, 360),
        (10, 360),
        (99, 360),
    ],
)
def test_wait_grows_from_a_minute_to_six_hours(attempts, minutes):
    least = timedelta(minutes=minutes)

    waits = [wait_after(attempts) for _draw in range(50)]

    assert all(least <= wait <= min(least * 1.1, relay.LONGEST_WAIT) for wait in waits)


# Killed between two lines -----------------------------------------------------------


def die(*_args: Any, **_kwargs: Any) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("where", "sent_before"),
    [("_deliver", 0), ("_send", 0), ("_keep_sent", 1)],
)
def test_killed_relay_leaves_its_row_to_the_next(
    case, post, monkeypatch, where, sent_before
):
    with monkeypatch.context() as patch:
        patch.setattr(relay, where, die)
        with pytest.raises(KeyboardInterrupt):
            relay_due(now=LATER)
    assert len(post.taken) == sent_before

    assert counts(relay_due(now=LATER)) == (0, 0, 0), "the lease still stands"
    assert counts(relay_due(now=LATER + relay.LEASE)) == (1, 0, 0)

    assert len({mail["Message-ID"] for mail in post.mails}) == 1
    assert len(post.taken) == sent_before + 1
    assert Event.objects.filter(what="letter_sent").count() == 1


def test_kill_while_saying_goodbye_sends_nothing_twice(
    case: Complaint, post: Post, monkeypatch: Any
) -> None:
    def quit_badly(self: smtplib.SMTP) -> None:
        self.close()
        raise TimeoutError("the server left")

    monkeypatch.setattr(smtplib.SMTP, "quit", quit_badly)

    assert counts(relay_due(now=LATER)) == (1, 0, 0)
    assert only_row().status == "sent"


def test_row_that_kills_every_relay_is_given_up(case: Complaint, post: Post) -> None:
    Outbox.objects.update(attempts=10)

    assert counts(relay_due(now=LATER)) == (0, 0, 1)
    assert (only_row().status, post.taken) == ("dead", [])


def test_late_relay_does_not_overrule_the_one_after_it(
    case: Complaint, post: Post, monkeypatch: Any
) -> None:
    def outlive_the_lease(row: Outbox) -> None:
        Outbox.objects.filter(pk=row.pk).update(attempts=2, leased_until=None)

    monkeypatch.setattr(relay, "_send", outlive_the_lease)

    assert counts(relay_due(now=LATER)) == (0, 0, 0)
    assert only_row().status == "pending"
    assert not Event.objects.filter(what="letter_sent").exists()


@pytest.mark.django_db(transaction=True)
def test_two_relays_at_once_send_each_notice_once(post: Post) -> None:
    people = everybody()
    filed = [cases.filed(people, now=NOW) for _case in range(8)]
    results: list[RelayResult] = []
    start = threading.Barrier(2)

    def run() -> None:
        start.wait()
        try:
            results.append(relay_due(now=LATER))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _relay in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert sum(result.sent for result in results) == len(filed)
    assert sum(result.failed + result.dead for result in results) == 0
    ids = [mail["Message-ID"] for mail in post.mails]
    assert (len(ids), len(set(ids))) == (len(filed), len(filed))
    assert Event.objects.filter(what="letter_sent").count() == len(filed)
    assert list(ledger.verify()) == []


# T24: recipients cannot be smuggled in ----------------------------------------------

NAMES: tuple[str, ...] = (
    "n, evil@y.example",
    "n <evil@y.example>",
    '"',
    'a" <evil@y.example>, "b',
    "Doe, Jane",
    "x\r\nBcc: evil@y.example",
    "x\nTo: evil@y.example",
    "x\u2028Bcc: evil@y.example",
    "\x00\x1b[31m",
    "李, 伟 <evil@y.example>",
    "n" * 5_000,
    "李" * 5_000,
    "['a@b.example', 'evil@y.example']",
    "",
)


@pytest.mark.parametrize("name", NAMES, ids=[ascii(name[:20]) for name in NAMES])
def test_name_never_becomes_a_second_recipient(case, post, name):
    row = only_row()
    row.recipient_name = name
    outbound._fix_message_id(row)
    sent = outbound.build(row)
    assert sent.recipients() == [f"{sent.to[0]}"]

    outbound.send(row)

    to, raw = post.taken[0]
    mail = message_from_bytes(raw, policy=policy.default)
    assert to == ["customer@people.example"]
    assert [each.addr_spec for each in mail["To"].addresses] == to
    names = [header.lower() for header in mail.keys()]  # noqa: SIM118 - repeats count
    assert (names.count("to"), names.count("cc"), names.count("bcc")) == (1, 0, 0)
    assert len(names) == len(set(names))
    head = raw.partition(b"\r\n\r\n")[0]
    assert max(map(len, head.split(b"\r\n"))) <= 998


# Dead letters -----------------------------------------------------------------------


def given_up(case: Complaint) -> Outbox:
    Outbox.objects.update(status="dead", attempts=10, error="450")
    return only_row()


def test_given_up_notice_is_sent_on_request(
    people: People, case: Complaint, post: Post
) -> None:
    row = given_up(case)

    resend(row=row, actor=people.support, now=LATER)

    assert (row.status, row.attempts, row.error) == ("pending", 0, "")
    assert counts(relay_due(now=LATER)) == (1, 0, 0)
    event = Event.objects.get(what="notice_resent")
    assert (event.payload, event.actor) == ({"notice": row.pk}, people.support)


@pytest.mark.parametrize(
    ("name", "error"),
    [("customer", NotPermitted), ("outsider", NotPermitted), ("tech", NotVisible)],
)
def test_resend_is_refused_to(people, case, name, error):
    row = given_up(case)

    with pytest.raises(error):
        resend(row=row, actor=getattr(people, name), now=LATER)

    assert only_row().status == "dead"


def test_resend_of_a_waiting_notice_is_refused(people: People, case: Complaint) -> None:
    with pytest.raises(IllegalMove):
        resend(row=only_row(), actor=people.support, now=LATER)


def test_notice_of_no_case_is_resent_by_the_head(people: People) -> None:
    row = Outbox.objects.create(
        key="scan:1", kind="scan", status="dead", due_at=NOW, created_at=NOW
    )
    for name in ("support", "admin", "customer"):
        with pytest.raises(NotPermitted):
            resend(row=row, actor=getattr(people, name), now=LATER)

    resend(row=row, actor=people.head, now=LATER)

    assert (row.status, row.attempts) == ("pending", 0)
    event = Event.objects.get(what="notice_resent")
    assert (event.stream, event.actor) == ("desk:2026-11-18", people.head)
