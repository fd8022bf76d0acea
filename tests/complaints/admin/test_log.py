"""Writing down a call: who it is, how sure we are, what was said and promised."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from appeals.demo.standins import twilio
from complaints import ledger
from complaints.models import Complaint, Contact, Event, Outbox, Party, RawMessage
from complaints.selectors.callers import look_up, number_of
from complaints.services import handles
from tests import cases
from tests.complaints.channels.phone.line import line, take
from tests.people import People

__all__ = ["line"]

pytestmark = pytest.mark.django_db

LOG = "/admin/complaints/complaint/log/"
CHECKED = ["account", "recent"]
NEW = {
    "who": "new",
    "name": "Ada",
    "email": "ada@people.example",
    "language": "en",
    "description": "The withdrawal never came.",
    "channel": "phone",
    "key": "one-key",
}


@pytest.fixture
def desk(people: People, client: Client) -> Client:
    client.force_login(people.support)
    return client


@pytest.fixture
def account(people: People) -> Any:
    people.customer.account_id = "UID-417"
    people.customer.save()
    return people.customer


def choices(answer: Any) -> list[str]:
    return [value for value, _words in answer.context["form"].fields["who"].choices]


# A new complaint ----------------------------------------------------------------------


def test_call_of_a_stranger_is_registered_once(desk: Client, people: People) -> None:
    for _time in range(2):
        assert desk.post(LOG, NEW).status_code == 302
    case = Complaint.objects.get()
    assert (case.channel, case.recorded_by, case.team.code) == (
        "phone",
        people.support,
        "support",
    )
    assert (case.subject, case.customer.user) == ("The withdrawal never came.", None)
    assert case.customer.contacts.get().proved_at is None
    assert Event.objects.filter(stream=case.stream, what="call_logged").count() == 1
    assert Party.objects.filter(email="ada@people.example").count() == 1
    assert list(ledger.verify()) == []


def test_letter_keeps_its_true_receipt_and_nothing_else_of_the_post(
    desk: Client,
) -> None:
    forged = {"team": "1", "recorded_by": "1", "customer": "1", "amount": ""}
    posted = {**NEW, "channel": "letter", "received_at": "2026-11-02T09:30", **forged}
    assert desk.post(LOG, posted).status_code == 302
    case = Complaint.objects.get()
    assert f"{case.received_at:%Y-%m-%d %H:%M}" == "2026-11-02 09:30"
    assert (case.channel, case.team.code) == ("letter", "support")


def test_receipt_in_the_future_is_refused(desk: Client) -> None:
    later = timezone.now() + timedelta(days=2)
    answer = desk.post(LOG, {**NEW, "received_at": f"{later:%Y-%m-%dT%H:%M}"})
    assert answer.status_code == 422
    assert "A receipt cannot lie in the future." in answer.content.decode()
    assert not Complaint.objects.exists()


def test_number_is_answered_by_text_where_that_is_set_up(
    line: Any, desk: Client
) -> None:
    desk.post(LOG, {**NEW, "email": "", "number": "0044 1632 960-815"})
    case = Complaint.objects.get()
    row = Outbox.objects.get(complaint=case, kind="receipt")
    assert (row.channel, row.recipient) == ("phone", "+441632960815")


def test_number_is_only_kept_where_texts_are_not_set_up(desk: Client) -> None:
    desk.post(LOG, {**NEW, "number": "+441632960815"})
    contact = Contact.objects.get(kind="phone")
    assert (contact.provider, contact.proved_at) == ("", None)
    assert not Outbox.objects.filter(channel="phone").exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": ""}, "email"),
        ({"email": "nonsense"}, "email"),
        ({"number": "call me"}, "number"),
        ({"description": ""}, "description"),
        ({"checked": ["astrology"]}, "checked"),
        ({"who": "account:1"}, "who"),
        ({"who": "case:RC-7K4M-93XD"}, "who"),
        ({"promised_by": "2099-01-01T10:00"}, "promised_by"),
        ({"promised": "Soon", "promised_by": "2020-01-01T10:00"}, "promised_by"),
        ({"promised_by": "2030-01-01T10:00"}, "promised"),
        ({"call": "1"}, ""),
        ({"key": "x" * 200}, "key"),
        ({"amount": "-1"}, "amount"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(
    desk: Client, change: dict[str, Any], field: str
) -> None:
    answer = desk.post(LOG, {**NEW, **change})
    if not field:  # there is no such question while no call is on record
        assert answer.status_code == 302
        return
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Complaint.objects.exists()
    assert not Party.objects.filter(email="ada@people.example").exists()


# Looking up ---------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["reference", "account", "email", "phone"])
def test_caller_is_found_and_what_was_typed_stays(
    desk: Client, account: Any, people: People, way: str
) -> None:
    case = cases.at(people, "investigating")
    handles.keep_number(case.customer, "+441632960815")
    wanted = {
        "reference": case.reference.lower(),
        "account": "UID-417",
        "email": people.customer.email.upper(),
        "phone": "+44 (1632) 960815",
    }[way]
    answer = desk.post(LOG, {**NEW, "caller": wanted, "find": "1"})
    assert answer.status_code == 200
    named = [] if way == "reference" else [f"account:{account.pk}"]
    assert choices(answer) == [*named, f"case:{case.reference}", "new"]
    page = answer.content.decode()
    assert "The withdrawal never came." in page
    assert case.subject not in page
    assert not Complaint.objects.exclude(pk=case.pk).exists()
    event = Event.objects.get(what="caller_looked_up")
    assert (event.actor, event.payload["cases"]) == (people.support, 1)


@pytest.mark.parametrize("who", ["risk", "tech"])
def test_other_teams_find_neither_account_nor_case(
    people: People, client: Client, account: Any, who: str
) -> None:
    case = cases.at(people, "assigned")
    client.force_login(people.all()[who])
    for wanted in (case.reference, "UID-417", people.customer.email, "UID-0"):
        answer = client.post(LOG, {**NEW, "caller": wanted, "find": "1"})
        assert choices(answer) == ["new"]
        assert "Nothing that you may see." in answer.content.decode()
        for value in (f"case:{case.reference}", f"account:{account.pk}"):
            posted = {**NEW, "caller": wanted, "who": value, "checked": CHECKED}
            assert client.post(LOG, posted).status_code == 422


def test_barred_case_and_own_case_are_not_found(people: People, client: Client) -> None:
    case = cases.at(people, "assigned")
    Complaint.objects.filter(pk=case.pk).update(barrier="insider")
    own = cases.filed(people, by=people.support)
    client.force_login(people.support)
    for wanted in (case.reference, own.reference, people.support.email):
        answer = client.post(LOG, {**NEW, "caller": wanted, "find": "1"})
        assert choices(answer) == ["new"]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("+44 1632 960 815", "+441632960815"),
        ("0044-1632-960815", "+441632960815"),
        ("(020) 7946 0018", "02079460018"),
        ("12", ""),
        ("٠١٢٣٤٥٦٧٨٩", ""),
        ("+44 1632 x", ""),
    ],
)
def test_numbers(text: str, number: str) -> None:
    assert number_of(text) == number


def test_hostile_words_find_nobody(people: People) -> None:
    from complaints.permissions import viewer_of

    viewer = viewer_of(people.support)
    for text in ("", "%", "_", "' OR 1=1 --", "\x01" * 300, "a" * 9000):
        assert not look_up(text.replace("\x00", ""), viewer)


# The identity check -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("checked", "status"), [([], 422), (["account"], 422), (CHECKED, 302)]
)
def test_account_is_named_after_two_steps(
    desk: Client, account: Any, checked: list[str], status: int
) -> None:
    who = {"caller": "UID-417", "who": f"account:{account.pk}"}
    answer = desk.post(LOG, {**NEW, **who, "checked": checked})
    assert answer.status_code == status
    if status == 302:
        case = Complaint.objects.get()
        assert case.customer.user == account
        event = Event.objects.get(stream=case.stream, what="call_logged")
        assert event.payload["checked"] == CHECKED
        assert event.payload["identified"] is True
    else:
        assert list(answer.context["form"].errors) == ["checked"]


@pytest.mark.parametrize(
    ("checked", "verified"), [(["recent"], False), (CHECKED, True)]
)
def test_words_join_a_case_as_sure_as_we_are(
    desk: Client, people: People, checked: list[str], verified: bool
) -> None:
    case = cases.at(people, "investigating")
    posted = {**NEW, "caller": case.reference, "who": f"case:{case.reference}"}
    assert desk.post(LOG, {**posted, "checked": checked}).status_code == 302
    message = case.messages.get(direction="in")
    assert (message.text, message.channel, message.sender_verified) == (
        "The withdrawal never came.",
        "phone",
        verified,
    )
    assert Complaint.objects.count() == 1


def test_danger_on_an_open_case_is_not_swallowed(desk: Client, people: People) -> None:
    case = cases.at(people, "investigating")
    who = {"caller": case.reference, "who": f"case:{case.reference}"}
    answer = desk.post(LOG, {**NEW, **who, "funds_at_risk": "on"})
    assert list(answer.context["form"].errors) == ["funds_at_risk"]


# Promises, recordings, calls on record ------------------------------------------------


@pytest.mark.parametrize(
    ("state", "step"), [("investigating", "answer_question"), ("closed", "follow_up")]
)
def test_promise_becomes_a_limit_and_stays_inside(
    desk: Client, people: People, state: str, step: str
) -> None:
    case = cases.at(people, state)
    due = (timezone.now() + timedelta(days=1)).replace(second=0, microsecond=0)
    posted = {
        **NEW,
        "caller": case.reference,
        "who": f"case:{case.reference}",
        "promised": "We call back tomorrow.",
        "promised_by": f"{due:%Y-%m-%dT%H:%M}",
    }
    assert desk.post(LOG, posted).status_code == 302
    clock = case.clocks.get(subject__startswith="promise:")
    assert (clock.step, clock.due_at, clock.stopped_at) == (step, due, None)
    assert clock.next_reminder_at is not None
    event = Event.objects.get(stream=case.stream, what="call_logged")
    assert event.texts.get().text == "We call back tomorrow."
    desk.force_login(people.customer)
    page = desk.get(f"/complaints/{case.reference}/").content.decode()
    assert "We call back tomorrow." not in page


def test_recording_is_sealed_and_stays_inside(desk: Client) -> None:
    sound = SimpleUploadedFile("call.mp3", b"ID3\x03\x00" + b"0" * 300)
    desk.post(LOG, {**NEW, "recording": sound})
    evidence = Complaint.objects.get().evidence.get()
    assert (evidence.original_name, evidence.content_type) == ("call.mp3", "audio/mpeg")
    assert not evidence.shared_with_customer


def test_recording_of_another_kind_is_refused_and_nothing_is_filed(
    desk: Client,
) -> None:
    page = SimpleUploadedFile("call.mp3", b"<html><script>1</script>")
    assert desk.post(LOG, {**NEW, "recording": page}).status_code == 422
    assert not Complaint.objects.exists()
    assert not Party.objects.filter(email="ada@people.example").exists()


@pytest.mark.usefixtures("line")
def test_call_on_record_is_written_down_once(desk: Client, people: People) -> None:
    ringing = twilio.call()
    raw = take(ringing)
    take(twilio.recording(ringing))
    page = desk.get(LOG, {"call": raw.pk}).content.decode()
    assert twilio.CALLER in page
    posted = {**NEW, "email": "", "call": raw.pk}
    assert desk.post(LOG, posted).status_code == 302
    case = Complaint.objects.get()
    raw.refresh_from_db()
    assert (raw.outcome, raw.complaint, raw.decided_by) == (
        "opened",
        case,
        people.support,
    )
    assert case.received_at == raw.received_at
    assert case.customer.contacts.get(kind="phone").value == twilio.CALLER
    assert Outbox.objects.filter(complaint=case, channel="recording").count() == 1
    answer = desk.post(LOG, posted | {"key": "other"})
    assert answer.status_code == 422  # it is no longer among the choices


@pytest.mark.usefixtures("line")
def test_call_on_record_joins_a_case(desk: Client, people: People) -> None:
    case = cases.at(people, "investigating")
    raw = take(twilio.call())
    who = {"caller": case.reference, "who": f"case:{case.reference}", "call": raw.pk}
    assert desk.post(LOG, {**NEW, **who}).status_code == 302
    raw.refresh_from_db()
    assert (raw.outcome, raw.complaint) == ("appended", case)
    assert case.messages.get(direction="in").raw == raw


@pytest.mark.usefixtures("line")
def test_only_triage_meets_the_calls(people: People, client: Client) -> None:
    raw = take(twilio.call())
    client.force_login(people.security)
    answer = client.get(LOG, {"call": raw.pk})
    assert twilio.CALLER not in answer.content.decode()
    client.post(LOG, {**NEW, "call": raw.pk})
    assert RawMessage.objects.get().outcome == "held"


@pytest.mark.parametrize("who", ["reviewer", "executor", "admin", "head", "approver"])
def test_only_who_handles_cases_logs(people: People, client: Client, who: str) -> None:
    client.force_login(people.all()[who])
    assert client.get(LOG).status_code == 403
    assert client.post(LOG, NEW).status_code == 403
    assert not Complaint.objects.exists()
