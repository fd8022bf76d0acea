"""Text messages out: cover words alone, and what refusals mean."""

from typing import Any

import pytest
from django.utils import timezone

from appeals.demo.standins import twilio
from appeals.demo.standins.server import Said
from appeals.demo.standins.twilio import Twilio, refusal
from complaints.channels.phone import outbound
from complaints.models import Outbox
from complaints.outbox import ChannelDown, Deferred, Undeliverable
from complaints.services.relay import relay_due
from tests.complaints.channels.phone.test_calls import called

pytestmark = pytest.mark.django_db


def a_row(**columns: Any) -> Outbox:
    now = timezone.now()
    given = {"recipient": twilio.CALLER, "subject": "Hello", **columns}
    return Outbox(channel="phone", kind="reply", due_at=now, created_at=now, **given)


def test_receipt_comes_as_a_text_and_stops_its_clock(line: Twilio) -> None:
    case = called()
    relay_due()
    (sent,) = line.sent
    assert (sent["To"], sent["From"]) == (twilio.CALLER, twilio.NUMBER)
    assert sent["Body"].startswith(f"Complaint {case.reference}: we have it. By ")
    assert "Lost" not in sent["Body"]
    assert sent["Body"].endswith("https://recourse.test/track/")
    assert case.clocks.get(step="acknowledge").stopped_at is not None


def test_chinese_case_is_answered_in_chinese(line: Twilio) -> None:
    case = called()
    row = Outbox.objects.get(complaint=case, channel="phone")
    assert row.letter is not None
    row.letter.language = "zh-hans"
    assert case.reference in outbound.text_of(row)


def test_messaging_service_takes_the_place_of_a_number(
    line: Twilio, settings: Any
) -> None:
    settings.TWILIO_FROM = "MG" + "1" * 32
    outbound.send(a_row())
    assert line.sent[0]["MessagingServiceSid"] == settings.TWILIO_FROM
    assert "From" not in line.sent[0]


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (
            refusal(400, 21610, "Attempt to send to unsubscribed recipient"),
            Undeliverable,
        ),
        (refusal(429, 20429, "Too Many Requests"), Deferred),
        (refusal(503, 20503, "Service Unavailable"), ChannelDown),
        (Said(500, b"<html>"), ChannelDown),
    ],
)
def test_refusals(line: Twilio, said: Said, error: type) -> None:
    line.refuse = said
    with pytest.raises(error) as refused:
        outbound.send(a_row())
    assert twilio.TOKEN not in str(refused.value)


@pytest.mark.usefixtures("line")
@pytest.mark.parametrize("number", ["", "112", "ada@people.example", "+44 1632 1"])
def test_what_is_no_number_is_not_called(number: str) -> None:
    with pytest.raises(Undeliverable) as refused:
        outbound.send(a_row(recipient=number))
    assert refused.value.final


def test_without_an_account_nothing_is_tried() -> None:
    with pytest.raises(Undeliverable) as refused:
        outbound.send(a_row())
    assert refused.value.final
