"""What becomes of a mail, and who can make it join a case."""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings, strategies

from complaints import ledger
from complaints.channels.cases import OPENED_A_DAY
from complaints.channels.email import address, automatic
from complaints.channels.email.inbound import receive
from complaints.models import (
    Complaint,
    Contact,
    Event,
    Message,
    Outbox,
    RawMessage,
)
from complaints.permissions import Viewer
from complaints.services import correspond
from complaints.states import State
from complaints.workflow import perform
from teams.system import system_actor
from tests import cases
from tests.complaints.channels.email.mails import (
    ANN,
    DESK,
    MALLORY,
    SERVER,
    a_mail,
    answer_to,
    letters_to,
    opened,
    outcome,
    with_files,
)
from tests.people import People

pytestmark = pytest.mark.django_db


@pytest.fixture
def trusting(settings: Any) -> None:
    """Our own server's verdicts count."""
    settings.MAIL_AUTHSERV_IDS = [SERVER]


def verdict(dmarc: str) -> dict[str, str]:
    found = f"dmarc={dmarc} header.from=customers.example"
    return {"Authentication_Results": f"{SERVER}; {found}"}


# New complaints -----------------------------------------------------------------------


def test_mail_opens_a_complaint_of_a_customer_of_its_own() -> None:
    case = opened(a_mail(sender=f"Ann Smith <{ANN}>"))

    assert (case.channel, case.state, case.language) == ("email", "received", "en")
    assert case.subject == "Missing withdrawal"
    assert case.description == "1,860 USDT left my account at night. It was not me."
    assert (case.customer.email, case.customer.last_name) == (ANN, "Ann Smith")
    assert case.customer.user is None
    assert Contact.objects.get(party=case.customer).proved_at is None
    assert case.points.get().text == "Missing withdrawal"


def test_mail_in_chinese_is_answered_in_chinese() -> None:
    case = opened(a_mail("我的账户在夜里被转走 1,860 USDT。", subject="提现不见了"))

    assert case.language == "zh-hans"
    assert case.customer.language == "zh-hans"


def test_second_mail_of_the_same_sender_never_joins_their_history() -> None:
    first, second = opened(), opened(a_mail("Something else.", number=2))

    assert first.pk != second.pk
    assert first.customer_id != second.customer_id


def test_receipt_is_the_trusted_time_and_not_the_senders_date() -> None:
    received = "from a by b; Wed, 18 Nov 2026 08:30:00 +0000"
    case = opened(a_mail(Received=received, Date="Mon, 01 Jan 2001 00:00:00 +0000"))

    assert case.received_at == datetime(2026, 11, 18, 8, 30, tzinfo=UTC)


def test_receipt_is_never_in_the_future() -> None:
    before = timezone.now()
    case = opened(a_mail(Received="from a by b; Wed, 18 Nov 2099 08:30:00 +0000"))

    assert before <= case.received_at <= timezone.now()


def test_files_become_evidence_whatever_their_names() -> None:
    names = ("../../.htaccess", "\u200b.htaccess", "a\u202egnp.exe", "CON", "x" * 300)
    case = opened(with_files(*((name, name.encode()) for name in names)))

    rows = list(case.evidence.order_by("number"))
    assert [row.sha256 for row in rows] == [
        hashlib.sha256(name.encode()).hexdigest() for name in names
    ]
    for row in rows:
        assert row.shared_with_customer
        assert row.content_type == "application/octet-stream"
        assert len(row.file.name.rpartition("/")[2]) == 32
        assert not set("/\\\u200b\u202e") & set(row.original_name)


def test_mail_with_files_alone_opens_a_complaint() -> None:
    case = opened(with_files(("proof.png", b"\x89PNG"), text=""))

    assert case.description == (
        "The message has no text; see the files that came with it."
    )
    assert case.evidence.count() == 1


def test_longer_text_than_a_complaint_holds_is_cut_and_kept_whole_as_a_file() -> None:
    text = "word " * 15_000
    case = opened(a_mail(text))

    assert len(case.description) == 50_000
    assert case.description.endswith("\n[…]")
    assert case.evidence.get().original_name == "message.txt"
    assert case.evidence.get().size == len(text)


def test_mail_and_case_are_tied_by_hash_on_the_ledger() -> None:
    raw = a_mail()
    case = opened(raw)

    event = Event.objects.get(stream=case.stream, what="taken_in")
    assert event.payload["raw_sha256"] == hashlib.sha256(raw).hexdigest()
    assert event.payload["verified"] is False
    assert list(ledger.verify()) == []


def test_a_number_in_the_text_is_a_hint_and_no_more() -> None:
    first = opened()
    taken = receive(a_mail(f"More on {first.reference}.", number=2))

    assert taken.outcome == "opened"
    assert taken.complaint != first
    assert taken.raw_message.verdicts["mentions"] == first.reference
    assert first.messages.count() == 0


# Held and dropped ---------------------------------------------------------------------

HELD = {
    "list": ({"List_Id": "<news.example>"}, "list"),
    "no reply": ({"sender": "noreply@bank.example"}, "no_reply_sender"),
    "code": ({"subject": "Your verification code"}, "verification_code"),
    "auto-reply": ({"Auto_Submitted": "auto-replied"}, "auto_reply"),
    "no sender": ({"sender": ""}, "no_sender"),
    "no address": ({"sender": "Ann Smith"}, "no_sender"),
    "two senders": ({"sender": f"{ANN}, {MALLORY}"}, "several_senders"),
    "empty": ({"text": "  \r\n "}, "empty"),
    "token of nobody": ({"to": f"c-{'a' * 48}@localhost"}, "bad_token"),
    "id of nobody": ({"In_Reply_To": f"<m-{'a' * 48}@localhost>"}, "bad_token"),
}


@pytest.mark.parametrize(("given", "reason"), HELD.values(), ids=HELD.keys())
def test_doubtful_mail_is_held(given: dict[str, Any], reason: str) -> None:
    text = given.pop("text", "Hello there.")
    taken = receive(a_mail(text, **given))

    assert outcome(taken) == ("held", reason)
    assert not Complaint.objects.exists()


DROPPED = {
    "from ourselves": ({"sender": DESK}, "loop"),
    "marked by us": ({automatic.LOOP_HEADER.replace("-", "_"): "1"}, "loop"),
    "bounce": ({"sender": "MAILER-DAEMON@mx.example"}, "bounce"),
    "null path": ({"Return_Path": "<>"}, "auto_reply"),
}


@pytest.mark.parametrize(("given", "reason"), DROPPED.values(), ids=DROPPED.keys())
def test_machines_mail_is_dropped(given: dict[str, Any], reason: str) -> None:
    taken = receive(a_mail("Hello there.", **given))

    assert outcome(taken) == ("dropped", reason)
    assert not Complaint.objects.exists()


@pytest.mark.usefixtures("trusting")
@pytest.mark.parametrize(
    ("dmarc", "expected"),
    [
        ("fail", ("held", "unverified")),
        ("pass", ("opened", "")),
        ("none", ("opened", "")),
    ],
)
def test_verdict_of_our_server_counts(dmarc: str, expected: tuple[str, str]) -> None:
    taken = receive(a_mail(**verdict(dmarc)))

    assert outcome(taken) == expected
    assert taken.raw_message.verdicts["dmarc"] == dmarc


def test_verdict_that_a_sender_wrote_does_not_count() -> None:
    taken = receive(a_mail(**verdict("pass")))

    event = Event.objects.get(stream=taken.complaint.stream, what="taken_in")  # type: ignore[union-attr]
    assert event.payload["verified"] is False
    assert "dmarc" not in taken.raw_message.verdicts


def test_mail_never_acts_as_staff(people: People) -> None:
    taken = receive(a_mail(sender=people.security_lead.email.upper()))

    assert outcome(taken) == ("held", "from_staff")


def test_flood_of_one_sender_is_held_and_others_come_through() -> None:
    for number in range(OPENED_A_DAY):
        opened(a_mail(number=number))

    assert outcome(receive(a_mail(number=99))) == ("held", "too_many")
    assert outcome(receive(a_mail(sender=MALLORY, number=100))) == ("opened", "")


def test_flood_of_yesterday_is_forgotten() -> None:
    for number in range(OPENED_A_DAY):
        opened(a_mail(number=number))
    yesterday = timezone.now() - timedelta(hours=25)
    RawMessage.objects.update(decided_at=yesterday)

    assert outcome(receive(a_mail(number=99))) == ("opened", "")


# Threads ------------------------------------------------------------------------------


def test_answer_to_the_receipt_joins_the_case() -> None:
    case = opened()
    (receipt,) = letters_to(ANN)
    taken = receive(answer_to(receipt))

    assert outcome(taken) == ("appended", "")
    assert taken.complaint == case
    message = case.messages.get()
    assert message == taken.message
    assert message.text == "Here is what you asked for."
    assert "reply above this line" in message.full_text
    assert (message.direction, message.channel) == ("in", "email")
    assert message.author.username == "channel:email"
    assert message.author_role == "customer"
    assert not message.sender_verified
    assert message.raw == taken.raw_message


def test_message_id_alone_is_enough_for_whom_we_wrote_to() -> None:
    case = opened()
    (receipt,) = letters_to(ANN)
    taken = receive(answer_to(receipt, keep_address=False))

    assert outcome(taken) == ("appended", "")
    assert taken.complaint == case


def test_file_of_an_answer_is_evidence_of_that_message() -> None:
    case = opened()
    (receipt,) = letters_to(ANN)
    raw = with_files(("proof.pdf", b"%PDF-1.7")).replace(
        f"To: {DESK}".encode(), f"To: {receipt.reply_to[0]}".encode()
    )
    taken = receive(raw)

    assert case.evidence.get().message == taken.message


@pytest.mark.usefixtures("trusting")
def test_answer_from_a_verified_sender_says_so() -> None:
    opened()
    (receipt,) = letters_to(ANN)
    taken = receive(answer_to(receipt, **verdict("pass")))

    assert taken.message is not None
    assert taken.message.sender_verified


@pytest.mark.parametrize("keep_address", [True, False])
def test_answer_of_somebody_else_is_held(keep_address: bool) -> None:
    case = opened()
    (receipt,) = letters_to(ANN)
    raw = answer_to(receipt, sender=MALLORY, keep_address=keep_address)

    assert outcome(receive(raw)) == ("held", "sender_mismatch")
    assert case.messages.count() == 0
    assert Complaint.objects.count() == 1


@pytest.mark.usefixtures("trusting")
def test_forged_victim_with_attacker_in_copy_gets_nothing(people: People) -> None:
    case = opened()
    (receipt,) = letters_to(ANN)
    before = Outbox.objects.count()
    taken = receive(answer_to(receipt, Cc=MALLORY, **verdict("fail")))

    assert outcome(taken) == ("held", "unverified")
    assert case.messages.count() == 0
    assert Outbox.objects.count() == before
    assert not Contact.objects.filter(value=MALLORY).exists()


def test_copy_adds_nobody_to_the_case() -> None:
    case = opened()
    (receipt,) = letters_to(ANN)
    assert receive(answer_to(receipt, Cc=MALLORY)).outcome == "appended"

    assert list(Contact.objects.values_list("value", flat=True)) == [ANN]
    assert letters_to(MALLORY) == []
    case.refresh_from_db()
    assert case.customer.email == ANN


def test_answer_to_a_case_that_one_left_is_held() -> None:
    case = opened()
    (receipt,) = letters_to(ANN)
    Contact.objects.filter(party=case.customer).delete()

    assert outcome(receive(answer_to(receipt))) == ("held", "not_a_party")


def test_answer_signed_with_a_key_that_is_gone_is_held(
    settings: Any,
) -> None:
    opened()
    (receipt,) = letters_to(ANN)
    settings.REPLY_KEY = "another-key-0123456789-abcdefghijklmnop"

    taken = receive(answer_to(receipt))
    assert taken.outcome == "held"
    assert taken.complaint is None


def test_answer_signed_with_the_key_before_finds_its_case(settings: Any) -> None:
    case = opened()
    (receipt,) = letters_to(ANN)
    settings.REPLY_KEY = "another-key-0123456789-abcdefghijklmnop"
    settings.REPLY_KEY_FALLBACKS = (TEST_KEY,)

    taken = receive(answer_to(receipt))
    assert (taken.outcome, taken.complaint) == ("appended", case)


def test_answer_sent_to_two_cases_is_held() -> None:
    first, second = opened(), opened(a_mail("Something else.", number=2))
    made = [
        address.make_reply_address(case.reference, ANN, "localhost", TEST_KEY)
        for case in (first, second)
    ]

    assert outcome(receive(a_mail(to=", ".join(made), number=3))) == (
        "held",
        "ambiguous",
    )


TEST_KEY = "test-reply-key-0123456789-abcdefghijklm"


@pytest.mark.parametrize("proved", [True, False])
def test_answer_to_a_merged_case_joins_the_survivor_of_the_same_mailbox(
    people: People, proved: bool
) -> None:
    """An address that is only claimed might be somebody else's: it joins nothing."""
    case, survivor = opened(), opened(a_mail("The same again.", number=2))
    receipt = letters_to(ANN)[0]
    for row in (case, survivor):
        row.identifiers.create(kind="transaction", value="9f3c51aa5a697c")
    perform(
        case, "merge_into", actor=people.support, survivor=survivor, reason="The same"
    )
    if proved:
        Contact.objects.update(proved_at=timezone.now(), proof="tracking link")
    taken = receive(answer_to(receipt))

    assert outcome(taken) == ("appended", "")
    assert taken.complaint == (survivor if proved else case)


def test_answer_to_our_reply_joins_the_thread(people: People) -> None:
    """Opened; our reply goes out; the customer answers; twice over."""
    case = opened()
    letters_to(ANN)
    correspond.reply(complaint=case, text="Which night was it?", actor=people.support)
    reply = letters_to(ANN)[-1]

    assert outcome(receive(answer_to(reply, "The night to Sunday."))) == (
        "appended",
        "",
    )
    assert [m.direction for m in case.messages.all()] == ["out", "in"]
    assert case.messages.last().text == "The night to Sunday."  # type: ignore[union-attr]
    case.refresh_from_db()
    assert case.last_message_from == "customer"


def test_automatic_answer_to_our_letter_is_dropped() -> None:
    case = opened()
    (receipt,) = letters_to(ANN)
    raw = answer_to(receipt, "I am away.", Auto_Submitted="auto-replied")

    assert outcome(receive(raw)) == ("dropped", "auto_reply")
    assert case.messages.count() == 0


def test_our_own_letter_that_comes_back_is_dropped() -> None:
    opened()
    (receipt,) = letters_to(ANN)

    assert outcome(receive(receipt.message().as_bytes())) == ("dropped", "loop")


BASE = "abcdefghijklmnopqrstuvwxyz234567"


@pytest.fixture
def victim(monkeypatch: pytest.MonkeyPatch) -> tuple[Complaint, Any]:
    monkeypatch.setattr("complaints.channels.cases.OPENED_A_DAY", 10_000)
    case = opened()
    (receipt,) = letters_to(ANN)
    return case, receipt


@pytest.mark.drill
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=strategies.data())
def test_invented_thread_marks_never_join_a_case(victim: Any, data: Any) -> None:
    """Random and mutated Message-IDs, addresses and subject tags tie nothing."""
    case, receipt = victim
    text = strategies.text(BASE, min_size=48, max_size=48)
    true = receipt.extra_headers["Message-ID"]
    at = data.draw(strategies.integers(3, 50))
    letter = data.draw(strategies.sampled_from(BASE))
    mutated = f"{true[:at]}{letter}{true[at + 1 :]}"
    token = f"<m-{data.draw(text)}@localhost>"
    sender = data.draw(strategies.sampled_from([ANN, MALLORY]))
    if mutated == true:
        sender = MALLORY
    before = Message.objects.count()

    taken = receive(
        a_mail(
            f"Hello. {data.draw(text)}",
            sender=sender,
            to=data.draw(strategies.sampled_from([DESK, f"c-{token[3:51]}@localhost"])),
            subject=f"Re: [{case.reference}] #{case.pk}",
            In_Reply_To=data.draw(strategies.sampled_from([mutated, token])),
            References=f"{token} {mutated}",
        )
    )

    assert taken.outcome in {"held", "opened"}
    assert taken.complaint != case
    assert Message.objects.count() == before


# Bounces ------------------------------------------------------------------------------


def bounce_of(message_id: str, action: str = "failed") -> bytes:
    kind = 'multipart/report; report-type=delivery-status; boundary="bb"'
    body = (
        "--bb\r\nContent-Type: text/plain\r\n\r\nIt came back.\r\n"
        "--bb\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; {ANN}\r\nAction: {action}\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 no such user\r\n\r\n"
        "--bb\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"Message-ID: {message_id}\r\n\r\n--bb--\r\n"
    )
    return a_mail(body, sender="MAILER-DAEMON@mx.example", Content_Type=kind)


def test_bounce_is_written_onto_the_notice_it_names() -> None:
    case = opened()
    (receipt,) = letters_to(ANN)
    taken = receive(bounce_of(receipt.extra_headers["Message-ID"]))

    assert outcome(taken) == ("dropped", "bounce")
    row = Outbox.objects.get(complaint=case)
    assert (row.status, row.error) == ("dead", "Bounced: 5.1.1 smtp; 550 no such user")
    event = Event.objects.get(stream=case.stream, what="notice_returned")
    assert event.payload["status"] == "5.1.1"
    assert ANN not in str(event.payload)


def test_delay_leaves_the_notice_sent() -> None:
    case = opened()
    (receipt,) = letters_to(ANN)
    receive(bounce_of(receipt.extra_headers["Message-ID"], action="delayed"))

    assert Outbox.objects.get(complaint=case).status == "sent"
    assert Event.objects.filter(stream=case.stream, what="notice_returned").exists()


def test_bounce_that_tells_of_many_recipients_is_written_down_once() -> None:
    case = opened()
    (receipt,) = letters_to(ANN)
    one = f"Final-Recipient: rfc822; {ANN}\r\nAction: delayed\r\n\r\n".encode()
    raw = bounce_of(receipt.extra_headers["Message-ID"])
    many = raw.replace(b"Final-Recipient", one * 90 + b"Final-Recipient", 1)

    assert outcome(receive(many)) == ("dropped", "bounce")
    event = Event.objects.get(stream=case.stream, what="notice_returned")
    assert event.payload["action"] == "failed"
    assert Outbox.objects.get(complaint=case).status == "dead"


def test_bounce_of_a_stranger_keeps_its_facts_and_changes_nothing() -> None:
    taken = receive(bounce_of("<invented@nowhere.example>"))

    assert outcome(taken) == ("dropped", "bounce")
    assert taken.raw_message.verdicts["delivery"][0]["status"] == "5.1.1"


# All ten steps ------------------------------------------------------------------------


def test_complaint_of_a_mail_goes_through_all_steps(
    people: People, corpus: Path
) -> None:
    """One that others wrote, from its bytes to a closed case."""
    case = opened((corpus / "mail/requests/test_mail_02.txt").read_bytes())
    for step in cases.PATHS[State.ANSWERED]:
        step(people, case)
    link = frozenset({case.pk}), frozenset({case.customer_id})
    guest = Viewer(user=system_actor("guest"), only=link[0], parties=link[1])
    perform(case, "accept", actor=guest)
    perform(case, "close", actor=people.security_lead)

    assert case.state == "closed"
    kinds = [letter.kind for letter in case.letters.order_by("pk")]
    assert kinds[0] == "receipt"
    assert "decision" in kinds
    assert list(ledger.verify()) == []
