"""Signed calls of the exchange: what is told, to whom, how often, and never where."""

import json
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from standardwebhooks import Webhook, WebhookVerificationError

from appeals.demo.standins.webhook import Receiver, receiving
from complaints.channels.app import calls, events, webhooks
from complaints.channels.app.models import Delivery, Endpoint
from complaints.channels.app.names import EventType
from complaints.channels.app.outbound import signed
from complaints.errors import IllegalMove, NotPermitted
from complaints.models import Complaint, Event, Outbox
from complaints.services import correspond
from complaints.services.relay import relay_due
from complaints.states import Barrier
from complaints.workflow import perform
from tests import cases
from tests.people import People

LOCAL = [ip_network("127.0.0.0/8")]


@pytest.fixture(scope="module")
def server() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture
def receiver(server: Receiver, settings: Any) -> Receiver:
    settings.WEBHOOK_NETWORKS = LOCAL
    server.answers.clear()
    server.seen.clear()
    server.taken.clear()
    return server


@pytest.fixture
def endpoint(receiver: Receiver, db: None) -> Endpoint:
    made = Endpoint(name="backend", url=receiver.url)
    webhooks.prepare(made)
    made.save()
    receiver.secret = made.secret
    return made


def types(case: Complaint) -> list[str]:
    rows = Delivery.objects.filter(complaint=case).order_by("pk")
    return list(rows.values_list("subject", flat=True))


def test_what_happened_is_told_signed_and_once(
    people: People, endpoint: Endpoint, receiver: Receiver
) -> None:
    people.customer.account_id = "EX-1"
    people.customer.save()
    case = cases.filed(people, channel="app")

    relay_due()
    relay_due()

    filed = receiver.events("complaint.filed")
    assert [event["data"] for event in filed] == [
        {
            "reference": case.reference,
            "version": 0,
            "status": "received",
            "channel": "app",
            "account": "EX-1",
        }
    ]
    assert {event["type"] for event in receiver.events()} == {
        "complaint.filed",
        "letter.created",
    }
    assert len(receiver.seen) == 2


def test_call_of_the_receipt_acknowledges_what_the_app_filed(
    people: People, endpoint: Endpoint
) -> None:
    case = cases.filed(people, channel="app")
    Outbox.objects.exclude(channel="webhook").delete()

    relay_due()

    assert Event.objects.filter(stream=case.stream, what="acknowledged").count() == 1


def test_whole_life_of_a_case_in_events(people: People, endpoint: Endpoint) -> None:
    Endpoint.objects.update(events=[v for v in EventType.values if "letter" not in v])
    case = cases.at(people, "appealed")

    assert types(case) == [
        "complaint.filed",
        "complaint.state_changed",
        "complaint.state_changed",
        "remedy.completed",
        "decision.issued",
        "complaint.state_changed",
        "complaint.state_changed",
        "appeal.lodged",
    ]


def test_question_and_answer_are_messages(people: People, endpoint: Endpoint) -> None:
    case = cases.at(people, "awaiting_customer")
    perform(case, "customer_answered", actor=people.customer, answer="At noon.")
    correspond.note(complaint=case, text="Noon?", actor=people.security)

    rows = Delivery.objects.filter(subject="message.created").order_by("pk")
    assert [json.loads(row.body)["data"]["by"] for row in rows] == ["desk", "customer"]


def test_only_what_was_asked_for_is_told(people: People, endpoint: Endpoint) -> None:
    Endpoint.objects.update(events=["decision.issued"])

    assert types(cases.at(people, "answered")) == ["decision.issued"]


def test_no_word_of_anybody_is_told(
    people: People, endpoint: Endpoint, receiver: Receiver
) -> None:
    case = cases.at(people, "investigating")
    correspond.customer_writes(complaint=case, text="Zwiebel", actor=people.customer)
    correspond.reply(complaint=case, text="Turm", actor=people.security)
    correspond.note(complaint=case, text="Keller", actor=people.security)

    told = [json.loads(row.body) for row in Delivery.objects.filter(complaint=case)]

    keys = {key for event in told for key in event["data"]}
    assert keys <= {
        *("reference", "version", "status", "channel", "account"),
        *("was", "message", "by", "letter", "kind"),
    }
    text = json.dumps(told)
    assert not any(word in text for word in ("Zwiebel", "Turm", "Keller", "1860"))
    said = [e["data"]["by"] for e in told if e["type"] == "message.created"]
    assert said == ["customer", "desk"]


def test_barred_case_is_told_of_never(people: People, endpoint: Endpoint) -> None:
    case = cases.at(people, "investigating")
    waiting = Delivery.objects.filter(complaint=case).count()
    Complaint.objects.filter(pk=case.pk).update(
        barrier=next(b for b in Barrier if b != Barrier.NONE)
    )
    case.refresh_from_db()

    correspond.reply(complaint=case, text="Hello", actor=people.security)
    relay_due()

    rows = Delivery.objects.filter(complaint=case)
    assert rows.count() == waiting
    assert set(rows.values_list("status", "error")) == {
        ("dead", "The case was barred meanwhile.")
    }


@pytest.mark.parametrize(
    ("status", "state", "attempts"),
    [
        (500, "pending", 1),
        (503, "pending", 1),
        (429, "pending", 1),
        (408, "pending", 1),
        (400, "pending", 1),
        (301, "pending", 1),
        (410, "dead", 1),
    ],
)
def test_answer_decides_whether_it_is_called_again(
    people: People,
    endpoint: Endpoint,
    receiver: Receiver,
    status: int,
    state: str,
    attempts: int,
) -> None:
    events.try_out(endpoint)
    receiver.answers[:] = [status]

    relay_due()

    row = Delivery.objects.get()
    assert (row.status, row.attempts) == (state, attempts)
    assert row.error == f"It answered {status}."
    assert len(receiver.seen) == 1
    endpoint.refresh_from_db()
    assert endpoint.active == (status != 410)


def test_refusal_is_given_up_after_three_and_a_fault_after_ten(
    endpoint: Endpoint, receiver: Receiver
) -> None:
    for status, most in ((404, 3), (500, 10)):
        Outbox.objects.all().delete()
        events.try_out(endpoint)
        receiver.answers[:] = [status] * 20
        for day in range(12):
            relay_due(now=timezone.now() + timedelta(days=day))

        row = Delivery.objects.get()
        assert (row.status, row.attempts) == ("dead", most)


def test_repeat_carries_the_same_id(endpoint: Endpoint, receiver: Receiver) -> None:
    events.try_out(endpoint)
    receiver.answers[:] = [500]
    relay_due()
    relay_due(now=timezone.now() + timedelta(hours=1))

    idents = [seen["webhook-id"] for seen in receiver.seen]
    assert len(idents) == 2
    assert len(set(idents)) == 1
    assert list(receiver.taken) == idents[:1]


def test_both_secrets_sign_for_a_day(endpoint: Endpoint, receiver: Receiver) -> None:
    old = endpoint.secret
    webhooks.rotate(endpoint)
    events.try_out(endpoint)
    row, now = Delivery.objects.get(), timezone.now()

    assert endpoint.secret != old
    for secret in (old, endpoint.secret):
        Webhook(secret).verify(row.body, signed(row, endpoint, now))
    later = now + timedelta(hours=25)
    assert len(signed(row, endpoint, later)["webhook-signature"].split()) == 1

    receiver.secret = old
    relay_due()
    assert len(receiver.taken) == 1


def test_foreign_secret_proves_nothing(endpoint: Endpoint) -> None:
    events.try_out(endpoint)
    row = Delivery.objects.get()
    stranger = Webhook("whsec_" + "QUJD" * 8)

    with pytest.raises(WebhookVerificationError):
        stranger.verify(row.body, signed(row, endpoint, timezone.now()))


def test_secret_is_sealed_in_the_database(endpoint: Endpoint, settings: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM app_channel_endpoint")
        kept = cursor.fetchone()[0]

    assert endpoint.secret.removeprefix("whsec_") not in kept
    assert Endpoint.objects.get().secret == endpoint.secret
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "n" * 50
    assert Endpoint.objects.get().secret == endpoint.secret
    settings.SECRET_KEY_FALLBACKS = []
    assert Endpoint.objects.get().secret == ""


def test_call_is_made_again_by_a_superuser_alone(
    people: People, endpoint: Endpoint, receiver: Receiver
) -> None:
    events.try_out(endpoint)
    receiver.answers[:] = [410]
    relay_due()
    row = Delivery.objects.get()
    Endpoint.objects.update(active=True)

    with pytest.raises(NotPermitted):
        webhooks.replay(row, actor=people.support)
    webhooks.replay(row, actor=people.admin)
    with pytest.raises(IllegalMove):
        webhooks.replay(row, actor=people.admin)
    relay_due()

    row.refresh_from_db()
    assert (row.status, len(receiver.taken)) == ("sent", 1)
    assert Event.objects.filter(what="webhook_replayed").count() == 1


def test_command_replays_dead_ones_or_all_since(
    endpoint: Endpoint, receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    events.try_out(endpoint)
    events.try_out(endpoint)
    Outbox.objects.filter(pk=Outbox.objects.order_by("pk")[0].pk).update(status="dead")
    relay_due()

    call_command("replay_webhooks")
    assert capsys.readouterr().out == "1 to be called again\n"
    relay_due()
    call_command("replay_webhooks", since="2020-01-01", endpoint="nobody")
    call_command("replay_webhooks", since="2020-01-01T00:00:00Z", endpoint="backend")
    assert capsys.readouterr().out == "0 to be called again\n2 to be called again\n"


def test_row_is_written_with_its_cause_or_not_at_all(
    people: People, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: Any, **_more: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("complaints.services.intake.register.warn", fail)
    with pytest.raises(RuntimeError):
        cases.filed(people)

    assert (Complaint.objects.count(), Delivery.objects.count()) == (0, 0)


# Whom nobody may have us call ---------------------------------------------------------

INSIDE = (
    "127.0.0.1",
    "10.0.0.1",
    "172.16.3.4",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104 - one that must not be called
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fd00::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "64:ff9b:1::7f00:1",
    "fec0::1",
    "::127.0.0.1",
    "240.0.0.1",
    "ff02::1",
)


@pytest.mark.parametrize("address", INSIDE)
def test_address_inside_is_not_public(settings: Any, address: str) -> None:
    settings.WEBHOOK_NETWORKS = []

    assert not calls.is_public(ip_address(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1"])
def test_address_outside_is_public(settings: Any, address: str) -> None:
    settings.WEBHOOK_NETWORKS = []

    assert calls.is_public(ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.exchange.test/",
        "http://127.0.0.1/",
        "ftp://hooks.exchange.test/",
        "https://user:password@hooks.exchange.test/",
        "https:///path",
        "https://host:99999/",
        "https://host:0/",
        "https://[::1",
        "file:///etc/passwd",
        "",
    ],
)
def test_address_that_is_none(settings: Any, url: str) -> None:
    settings.WEBHOOK_NETWORKS = []

    with pytest.raises(calls.Forbidden):
        calls.post(url, b"", {})


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "0", "2130706433", "[::1]"])
def test_nothing_is_sent_inside_whatever_the_name_says(
    settings: Any, receiver: Receiver, host: str
) -> None:
    settings.WEBHOOK_NETWORKS = []

    with pytest.raises((calls.Forbidden, calls.Unreachable)):
        calls.post(f"https://{host}:{receiver.server_port}/", b"", {})

    assert receiver.seen == []


def test_name_with_one_address_inside_is_not_called(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.WEBHOOK_NETWORKS = []

    def answer(host: str, port: int, **_more: Any) -> list[Any]:
        return [
            (2, 1, 6, "", ("93.184.216.34", port)),
            (2, 1, 6, "", ("10.0.0.1", port)),
        ]

    monkeypatch.setattr("socket.getaddrinfo", answer)

    with pytest.raises(calls.Forbidden):
        calls.post("https://hooks.exchange.test/", b"", {})


def test_nobody_there_is_unreachable(settings: Any) -> None:
    settings.WEBHOOK_NETWORKS = LOCAL

    with pytest.raises(calls.Unreachable):
        calls.post("http://127.0.0.1:1/", b"", {})


def test_secret_of_a_stranger_to_tls_is_unreachable(
    settings: Any, receiver: Receiver
) -> None:
    """Whoever speaks plain text where TLS is wanted is not talked to."""
    with pytest.raises(calls.Unreachable):
        calls.post(f"https://127.0.0.1:{receiver.server_port}/", b"", {})
