"""D1, D2, D4: workers and brokers die; every notice goes out, once."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from complaints import ledger
from complaints.channels import store
from complaints.channels.known import way_of
from complaints.models import Clock, Complaint, Event, Outbox, RawMessage
from tests import cases
from tests.drills.conftest import MailServer, Redis, Worker, wait_until
from tests.drills.test_races import mail
from tests.people import everybody

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]

Start = Callable[[MailServer, Redis], Worker]


def _all_sent() -> bool:
    return not Outbox.objects.exclude(status="sent").exists()


def _receipt_went_out_once(mail_server: MailServer) -> None:
    """One effect; one repeat is possible after "250 OK" and has the same name."""
    assert Outbox.objects.filter(status="sent").count() == 1
    assert Event.objects.filter(what="letter_sent").count() == 1
    assert len(mail_server.message_ids()) == 1
    assert len(mail_server.taken) <= 2


def test_d1_pool_killed_while_sending(
    mail_server: MailServer, redis: Redis, worker_of: Start
) -> None:
    cases.filed(everybody())
    mail_server.go_on.clear()
    worker = worker_of(mail_server, redis)
    wait_until(mail_server.busy.is_set, 60)

    worker.kill_pool()
    mail_server.go_on.set()

    wait_until(_all_sent, 90)
    _receipt_went_out_once(mail_server)


def test_d2_all_workers_killed_while_sending(
    mail_server: MailServer, redis: Redis, worker_of: Start
) -> None:
    cases.filed(everybody())
    mail_server.go_on.clear()
    worker = worker_of(mail_server, redis)
    wait_until(mail_server.busy.is_set, 60)

    worker.kill()
    mail_server.go_on.set()
    worker_of(mail_server, redis)

    wait_until(_all_sent, 60)
    _receipt_went_out_once(mail_server)


def test_mail_left_undecided_is_taken_up_by_a_worker(
    mail_server: MailServer, redis: Redis, worker_of: Start
) -> None:
    """Stored, and the process died before anybody decided it."""
    everybody()
    long_ago = timezone.now() - timedelta(hours=1)
    for number in range(3):
        store.stored(mail(number), way_of("email"), "", long_ago, "")
    RawMessage.objects.update(decided_at=long_ago)

    worker_of(mail_server, redis)
    worker_of(mail_server, redis)

    wait_until(lambda: not RawMessage.objects.filter(outcome="").exists(), 60)
    assert RawMessage.objects.filter(outcome="opened", tries=1).count() == 3
    assert Complaint.objects.count() == 3


def test_reminders_of_two_workers_go_out_once(
    mail_server: MailServer, redis: Redis, worker_of: Start
) -> None:
    """One event and one notice a person, though the pool dies on the way."""
    people = everybody()
    for _number in range(40):
        cases.filed(people)
    Outbox.objects.update(status="sent")
    Clock.objects.exclude(step="admit").update(next_reminder_at=None)
    past = timezone.now() - timedelta(hours=1)
    Clock.objects.filter(step="admit").update(due_at=past, next_reminder_at=past)
    mail_server.go_on.clear()

    workers = [worker_of(mail_server, redis) for _number in range(2)]
    wait_until(mail_server.busy.is_set, 60)
    workers[0].kill_pool()
    mail_server.go_on.set()

    wait_until(
        lambda: Outbox.objects.filter(key__startswith="clock:").count() >= 80, 60
    )
    wait_until(_all_sent, 120)
    assert Event.objects.filter(what="breach").count() == 40
    assert Outbox.objects.filter(key__startswith="clock:").count() == 80
    assert len(mail_server.message_ids()) == 80
    assert list(ledger.verify()) == []


def test_d4_broker_killed_with_a_full_queue(
    mail_server: MailServer, redis: Redis, worker_of: Start, settings: Any
) -> None:
    people = everybody()
    now = timezone.now()
    Outbox.objects.bulk_create(
        Outbox(
            key=f"drill-{number}",
            kind="staff",
            recipient="head@people.example",
            subject=f"Notice {number}",
            body="A reminder.",
            due_at=now,
            created_at=now,
        )
        for number in range(1000)
    )
    redis.kill()
    client = Client()
    client.force_login(people.customer)
    begun = time.monotonic()
    page = client.get("/complaints/new/")
    cases.filed(people)

    assert page.status_code == 200
    assert time.monotonic() - begun < 2
    redis.start()
    worker_of(mail_server, redis)
    wait_until(_all_sent, 180)
    assert len(mail_server.taken) == 1001
    assert len(mail_server.message_ids()) == 1001
