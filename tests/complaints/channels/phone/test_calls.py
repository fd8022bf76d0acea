"""A call leaves its record, its recording follows the case, a text joins it."""

from typing import Any

import pytest
from django.test import Client

from appeals.demo.standins import twilio
from appeals.demo.standins.twilio import Twilio
from complaints.channels import hold
from complaints.channels.phone import recordings
from complaints.channels.tasks import fetch_files
from complaints.models import Complaint, Contact, Event, Evidence, Outbox, RawMessage
from complaints.services import handles, intake
from complaints.services.intake import Filing
from complaints.services.relay import relay_due
from complaints.tasks import relay_outbox
from tests.complaints.channels.phone.line import deliver, take
from tests.people import People

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("line")]

HELD = "/admin/complaints/rawmessage/"
MP3 = b"ID3\x03\x00\x00\x00\x00\x00\x00" + b"0" * 200


def called(number: str = twilio.CALLER) -> Complaint:
    """A complaint that was written down from a call of that number."""
    party = handles.caller(number, name="Ada")
    filing = Filing(customer=party, channel="phone", subject="Lost", description="Lost")
    return intake.file_complaint(filing=filing, actor=party_actor())


def party_actor() -> Any:
    from teams.system import system_actor

    return system_actor("channel:phone")


# Calls --------------------------------------------------------------------------------


def test_call_waits_to_be_written_down() -> None:
    raw = take(twilio.call())
    assert (raw.outcome, raw.reason, raw.sender) == ("held", "call", twilio.CALLER)
    assert raw.subject == f"A call from {twilio.CALLER}"
    assert not Complaint.objects.exists()


def test_first_news_of_a_call_is_known_again_once_its_words_are_erased() -> None:
    news = twilio.call()
    deliver(news)
    RawMessage.objects.update(raw=b"")
    deliver(news)
    assert RawMessage.objects.count() == 1


@pytest.mark.parametrize("first", ["ringing", "completed"])
def test_news_of_a_call_make_no_second_record(first: str) -> None:
    ringing = twilio.call()
    ended = twilio.completed(ringing)
    news = [ringing, ended] if first == "ringing" else [ended, ringing]
    for told in (*news, *news, twilio.recording(ringing)):
        deliver(told)
    outcomes = RawMessage.objects.order_by("pk").values_list("outcome", "reason")
    assert list(outcomes) == [
        ("held", "call"),
        ("dropped", "call_event"),
        ("dropped", "call_event"),
    ]


@pytest.mark.parametrize(
    "change", [{"Direction": "outbound-dial"}, {"ParentCallSid": "CA" + "0" * 32}]
)
def test_calls_that_we_make_leave_no_record(change: dict[str, str]) -> None:
    assert take(twilio.call(**change)).outcome == "dropped"


@pytest.mark.parametrize("number", ["anonymous", "+266696687", "", "Restricted"])
def test_withheld_number_is_no_number(number: str) -> None:
    raw = take(twilio.call(number=number))
    assert raw.outcome == "held"
    assert raw.sender == ("+266696687" if number == "+266696687" else "")


def test_accepted_call_brings_its_recording(line: Twilio, people: People) -> None:
    ringing = twilio.call()
    raw = take(ringing)
    told = twilio.recording(ringing)
    deliver(told)
    line.recordings[told["RecordingSid"]] = MP3
    case = hold.accept(raw, actor=people.support)
    relay_due()
    evidence = Evidence.objects.get(complaint=case)
    assert (evidence.size, evidence.content_type, evidence.source) == (
        len(MP3),
        "audio/mpeg",
        "phone",
    )
    recordings.fetch(Outbox.objects.get(channel="recording"))
    assert Evidence.objects.count() == 1


def test_held_call_is_heard_before_it_is_accepted(
    line: Twilio, people: People, client: Client
) -> None:
    ringing = twilio.call()
    raw = take(ringing)
    told = twilio.recording(ringing)
    deliver(told)
    sid = told["RecordingSid"]
    line.recordings[sid] = MP3
    page, file = f"{HELD}{raw.pk}/change/", f"{HELD}{raw.pk}/raw/?recording={sid}"

    client.force_login(people.risk)
    assert client.get(file).status_code == 404
    client.force_login(people.support)
    assert file in client.get(page).content.decode()
    answer = client.get(file)
    assert (answer.status_code, answer.content) == (200, MP3)
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == f'attachment; filename="call-{raw.pk}.mp3"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    event = Event.objects.get(what="held_taken_away")
    assert (event.actor, event.payload["recording"]) == (people.support, sid)
    raw.refresh_from_db()
    assert (raw.outcome, Evidence.objects.count()) == ("held", 0)


def test_recording_of_another_call_is_not_heard_and_a_missing_one_is_said(
    line: Twilio, people: People, client: Client
) -> None:
    ringing, other = twilio.call(), twilio.call()
    raw, theirs = take(ringing), take(other)
    told = twilio.recording(other)
    deliver(told)
    sid = told["RecordingSid"]
    client.force_login(people.support)
    for recording in (sid, "../Calls", "RE" + "0" * 32):
        asked = {"recording": recording}
        assert client.get(f"{HELD}{raw.pk}/raw/", asked).status_code == 404
    answer = client.get(f"{HELD}{theirs.pk}/raw/", {"recording": sid}, follow=True)
    assert "The recording cannot be fetched now" in answer.content.decode()
    assert not Event.objects.filter(what="held_taken_away").exists()


def test_slow_recording_keeps_no_letter_waiting(
    line: Twilio, people: People, mailoutbox: Any, monkeypatch: Any
) -> None:
    """The relay sends and fetches nothing; files come in rounds of their own."""
    ringing = twilio.call()
    raw = take(ringing)
    for told in (twilio.recording(ringing), twilio.recording(ringing)):
        deliver(told)
        line.recordings[told["RecordingSid"]] = MP3 + told["RecordingSid"].encode()
    case = hold.accept(raw, actor=people.support)
    waiting = Outbox.objects.filter(complaint=case, kind="file", status="pending")
    assert waiting.count() == 2

    relay_outbox()
    assert waiting.count() == 2
    assert not Outbox.objects.exclude(kind="file").filter(status="pending").exists()

    monkeypatch.setattr("complaints.channels.tasks.FETCHING", -1.0)
    assert fetch_files() == 0
    monkeypatch.undo()
    assert fetch_files() == 2
    assert case.evidence.count() == 2


def test_recording_that_is_ready_later_comes_later(
    line: Twilio, people: People
) -> None:
    ringing = twilio.call()
    case = hold.accept(take(ringing), actor=people.support)
    told = twilio.recording(ringing)
    line.recordings[told["RecordingSid"]] = MP3
    deliver(told)
    deliver(told)
    relay_due()
    assert case.evidence.count() == 1


def test_recording_that_failed_is_not_asked_for(people: People) -> None:
    ringing = twilio.call()
    hold.accept(take(ringing), actor=people.support)
    deliver(twilio.recording(ringing, RecordingStatus="absent"))
    assert not Outbox.objects.filter(channel="recording").exists()


def test_address_of_a_recording_is_never_taken_from_the_request(
    line: Twilio, people: People
) -> None:
    ringing = twilio.call()
    hold.accept(take(ringing), actor=people.support)
    deliver(twilio.recording(ringing, RecordingUrl="http://169.254.169.254/x"))
    row = Outbox.objects.get(channel="recording")
    assert row.recipient.startswith("RE")


def test_caller_never_joins_whoever_called_from_that_number_before(
    people: People,
) -> None:
    first = called()
    case = hold.accept(take(twilio.call()), actor=people.support)
    assert case.customer != first.customer


# Text messages ------------------------------------------------------------------------


def test_text_joins_the_one_case_of_its_number_unproven() -> None:
    case = called()
    raw = take(twilio.text("It still has not come."))
    assert (raw.outcome, raw.complaint) == ("appended", case)
    message = case.messages.get(direction="in")
    assert (message.text, message.sender_verified) == ("It still has not come.", False)


def test_text_of_nobody_and_of_somebody_with_two_cases_wait() -> None:
    assert take(twilio.text("Hello?")).reason == "no_case"
    called()
    called()
    assert take(twilio.text("Which one?")).reason == "ambiguous"


def test_text_joins_no_case_that_came_otherwise(case_at: Any) -> None:
    case = case_at("investigating")
    Contact.objects.create(
        party=case.customer, kind="phone", provider="phone", value=twilio.CALLER
    )
    assert take(twilio.text("Add this to it")).outcome == "held"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"OptOutType": "STOP", "Body": "STOP"}, "opt_out"),
        ({"SmsStatus": "delivered"}, "call_event"),
        ({"Body": " "}, "empty"),
        ({"From": "HMRC"}, "no_sender"),
        ({"NumMedia": "2", "Body": ""}, "no_case"),
    ],
)
def test_texts_that_are_none(change: dict[str, str], reason: str) -> None:
    assert take(twilio.text("Hello") | change).reason == reason


def test_pictures_are_said_to_have_come() -> None:
    case = called()
    take(twilio.text("", NumMedia="1"))
    assert "Pictures came with this" in case.messages.get(direction="in").text
