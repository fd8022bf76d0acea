"""D1, D2, D4: workers and brokers die; every notice goes out, once."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from complaints.models import Event, Outbox
from tests import cases
from tests.drills.conftest import MailServer, Redis, Worker, wait_until
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
