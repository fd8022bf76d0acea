"""Receipts to invented senders: so many an hour, then people look before one goes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail as sent_mail
from django.utils import timezone
from redis.exceptions import ConnectionError as NobodyThere

from complaints.channels import counts, hold, watch
from complaints.channels.email.inbound import receive
from complaints.models import Complaint, Outbox, RawMessage
from complaints.services.relay import relay_due
from tests.complaints.channels.email.mails import (
    SERVER,
    a_mail,
    answer_to,
    letters_to,
    outcome,
)
from tests.people import People

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 17, 12, tzinfo=UTC)
PROVEN = f"{SERVER}; dmarc=pass header.from=victims.example"


@pytest.fixture(autouse=True)
def _three_an_hour(settings: Any) -> None:
    settings.MAIL_UNPROVEN_AN_HOUR = 3
    settings.MAIL_AUTHSERV_IDS = [SERVER]


def forged(number: int, **headers: str) -> tuple[str, str]:
    """What becomes of a mail of a sender who never wrote before."""
    sender = f"someone{number}@victims.example"
    return outcome(receive(a_mail(sender=sender, number=number, **headers)))


def test_so_many_unproven_senders_get_a_receipt_and_the_others_wait() -> None:
    with time_machine.travel(NOON, tick=False):
        assert [forged(number) for number in range(5)] == [
            *[("opened", "")] * 3,
            *[("held", "flood")] * 2,
        ]
        relay_due()
    told = sorted(to for mail in sent_mail.outbox for to in mail.to)
    assert told == [f"someone{number}@victims.example" for number in range(3)]
    assert (RawMessage.objects.count(), Complaint.objects.count()) == (5, 3)


def test_proven_senders_and_answers_come_through_a_flood() -> None:
    with time_machine.travel(NOON, tick=False):
        for number in range(5):
            forged(number)
        (receipt,) = letters_to("someone0@victims.example")
        proven = forged(9, Authentication_Results=PROVEN)
        answer = answer_to(receipt, sender="someone0@victims.example")

        assert proven == ("opened", "")
        assert receive(answer).outcome == "appended"


@pytest.mark.parametrize(
    "verdicts", ["spf=pass", "dkim=pass", "spf=pass; dkim=pass; dmarc=none"]
)
def test_what_vouches_for_another_domain_than_the_senders_proves_nothing(
    verdicts: str,
) -> None:
    """Anybody's own server passes SPF and DKIM; only DMARC looks at the sender."""
    with time_machine.travel(NOON, tick=False):
        for number in range(3):
            forged(number)
        held = forged(4, Authentication_Results=f"{SERVER}; {verdicts}")
    assert held == ("held", "flood")


def test_next_hour_begins_anew() -> None:
    with time_machine.travel(NOON + timedelta(minutes=59), tick=False):
        assert [forged(number)[0] for number in range(4)] == [*["opened"] * 3, "held"]
    with time_machine.travel(NOON + timedelta(hours=1), tick=False):
        assert forged(9) == ("opened", "")


def test_person_accepts_one_and_its_receipt_goes(people: People) -> None:
    with time_machine.travel(NOON, tick=False):
        for number in range(4):
            forged(number)
    assert letters_to("someone3@victims.example") == []
    case = hold.accept(RawMessage.objects.get(reason="flood"), actor=people.support)

    (receipt,) = letters_to("someone3@victims.example")
    assert case.reference in receipt.subject
    assert (case.received_at, case.channel) == (NOON, "email")


def test_leads_are_told_as_long_as_one_waits(people: People) -> None:
    with time_machine.travel(NOON, tick=False):
        for number in range(5):
            forged(number)
        now = timezone.now()
        (trouble,) = watch.troubles(now)
        assert trouble.code == "flood:email"
        assert trouble.words() == (
            "E-mail: 2 messages are held because more senders than usual wrote within "
            "an hour whose addresses nothing proves. Nobody was answered. Look whether "
            "the addresses are invented; accept what is a complaint, and its receipt "
            "goes."
        )
        assert watch.tell(now=now) == 1
        (notice,) = Outbox.objects.filter(kind="staff")
        assert notice.recipient == people.support_lead.email
        assert counts.intake_counts()[0].flood == 2
        RawMessage.objects.filter(reason="flood").update(outcome="dropped")
        assert watch.troubles(now) == []


def test_flood_is_a_metric(client: Any, settings: Any) -> None:
    settings.METRICS_TOKEN = "t0ken"
    with time_machine.travel(NOON, tick=False):
        for number in range(4):
            forged(number)
    asked = client.get("/metrics", headers={"Authorization": "Bearer t0ken"})
    line = 'recourse_intake_flood{channel="email"} 1.0'
    assert line in asked.content.decode().splitlines()


def test_without_its_counter_mail_is_answered_as_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def down(*_given: Any, **_more: Any) -> None:
        raise NobodyThere

    monkeypatch.setattr("complaints.throttle.cache.add", down)
    with time_machine.travel(NOON, tick=False):
        assert {forged(number) for number in range(5)} == {("opened", "")}


def test_none_an_hour_lets_a_person_look_at_every_one(settings: Any) -> None:
    settings.MAIL_UNPROVEN_AN_HOUR = 0
    assert forged(1) == ("held", "flood")
    assert forged(2, Authentication_Results=PROVEN) == ("opened", "")
