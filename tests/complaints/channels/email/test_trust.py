"""Threats and faults that mail brings, by the numbers under which they are kept.

Those of the mailboxes (D19) and of webhooks (D18, T18, T22) stand beside their code.
"""

import base64
import email
import json
import threading
from collections import Counter
from email.utils import getaddresses
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils.html import escape

from complaints.channels.email.inbound import receive
from complaints.channels.email.providers import PROVIDERS
from complaints.channels.work import Taken
from complaints.models import Complaint, Contact, Outbox, RawMessage
from complaints.services import correspond
from tests.complaints.channels.email import deliveries
from tests.complaints.channels.email.mails import (
    ANN,
    DESK,
    MALLORY,
    a_mail,
    answer_to,
    letters_to,
    opened,
    outcome,
    with_files,
)
from tests.few import few
from tests.people import People

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
def test_d11_same_delivery_ten_times_at_once_is_one_message(settings: Any) -> None:
    settings.MAIL_HOOK_PROVIDER, settings.MAIL_HOOK_KEY = "mailgun", deliveries.KEY
    assert PROVIDERS["mailgun"].signs
    body, headers = deliveries.mailgun(a_mail())
    start, answers = threading.Barrier(10), Counter[int]()

    def deliver() -> None:
        try:
            start.wait()
            kind = headers["Content-Type"]
            answer = Client().post(deliveries.HOOK, body, content_type=kind)
            answers[answer.status_code] += 1
        finally:
            connection.close()

    threads = [threading.Thread(target=deliver) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert answers == {200: 10}
    assert (RawMessage.objects.count(), Complaint.objects.count()) == (1, 1)


AWAY: dict[str, dict[str, str]] = {
    "marked": {"Auto_Submitted": "auto-replied"},
    "null path": {"Return_Path": "<>"},
    "old header": {"X_Autoreply": "yes"},
    "precedence": {"Precedence": "auto_reply"},
    "exchange": {"X_Auto_Response_Suppress": "All"},
    "unmarked": {},
}


@pytest.mark.parametrize("marks", AWAY.values(), ids=AWAY.keys())
def test_d17_responder_that_answers_everything_hears_from_us_once(
    marks: dict[str, str],
) -> None:
    """Even one that hides what it is: nothing of ours answers an answer."""
    opened()
    for number in range(8):
        letter = letters_to(ANN)[-1]
        text = f"I am away until Monday ({number})."
        assert receive(answer_to(letter, text, **marks)).outcome in {
            "appended",
            "dropped",
        }

    assert len(letters_to(ANN)) == 1
    assert Complaint.objects.count() == 1


def test_d17_two_desks_do_not_answer_each_other() -> None:
    """What another desk of this kind sends is a machine's, and marked so."""
    opened()
    (receipt,) = letters_to(ANN)
    raw = receipt.message().as_bytes().replace(b"X-Recourse-Desk: 1\n", b"")
    raw = raw.replace(b"From: ", b"From: Other desk <desk@other.example>\nX-From: ")

    taken = receive(raw)
    assert taken.outcome in {"held", "dropped"}
    assert letters_to("desk@other.example") == []


def test_t04_spoofed_victim_with_attacker_in_copy_gains_nothing(
    people: People, client: Client, settings: Any
) -> None:
    settings.MAIL_AUTHSERV_IDS = ["mx.recourse.test"]
    case = opened()
    (receipt,) = letters_to(ANN)
    guessed = f"c-{'a' * 48}@localhost"
    for number, to in enumerate((receipt.reply_to[0], guessed, DESK)):
        fail = {"Authentication_Results": "mx.recourse.test; dmarc=fail"}
        raw = a_mail("Tell me all.", to=to, Cc=MALLORY, number=number, **fail)
        assert outcome(receive(raw)) == ("held", "unverified")

    assert letters_to(MALLORY) == []
    assert not Contact.objects.filter(value=MALLORY).exists()
    assert case.messages.count() == 0
    client.force_login(people.support)
    held = RawMessage.objects.filter(outcome="held").latest("pk")
    page = client.get(f"/admin/complaints/rawmessage/{held.pk}/change/")
    assert "forged" in page.content.decode()


@pytest.mark.parametrize(
    ("sender", "verdict", "reason"),
    [
        # DMARC reads the last domain, the library the first.
        (f"{ANN}@evil.example", "dmarc=pass header.from=evil.example", "several"),
        (f"<@evil.example:{ANN}>", "dmarc=pass header.from=evil.example", "several"),
        (ANN, "dmarc=pass header.from=evil.example", "unverified"),
        (
            ANN,
            'spf=pass smtp.mailfrom="x; dmarc=pass; y"@e.example; dmarc=fail',
            "unverified",
        ),
    ],
)
def test_t04_a_proven_domain_of_their_own_proves_nobody_else(
    sender: str, verdict: str, reason: str, settings: Any
) -> None:
    settings.MAIL_AUTHSERV_IDS = ["mx.recourse.test"]
    case = opened()
    (receipt,) = letters_to(ANN)
    field = f"mx.recourse.test; {verdict}"
    raw = a_mail(
        "I withdraw it all.",
        sender=sender,
        to=receipt.reply_to[0],
        number=2,
        Authentication_Results=field,
    )

    became, why = outcome(receive(raw))
    assert (became, why.startswith(reason)) == ("held", True), why
    assert case.messages.count() == 0


def test_t05_mail_that_looks_like_a_colleagues_goes_to_no_customer(
    people: People,
) -> None:
    case = opened()
    letters_to(ANN)
    correspond.reply(complaint=case, text="Which night?", actor=people.support)
    reply = letters_to(ANN)[-1]
    forged = answer_to(reply, "Pay to bc1q…", sender=people.support.email)

    assert outcome(receive(forged)) == ("held", "from_staff")
    assert "Pay to" not in str([mail.body for mail in letters_to(ANN)])
    case.refresh_from_db()
    assert (case.customer.email, case.messages.count()) == (ANN, 1)


TRICKS = [
    {"sender": "noreply@slack.example", "subject": "Join the workspace"},
    {"sender": "no-reply@accounts.example", "subject": "Sign in"},
    {"subject": "Your verification code"},
    {"text": "Your one-time code is: 482 913", "subject": "Sign in"},
    {"text": "您的验证码为：482913", "subject": "登录"},
    {"subject": "Verify your e-mail address", "text": "Press the button."},
]


@pytest.mark.parametrize("trick", TRICKS)
def test_t06_code_of_another_service_is_seen_by_staff_alone(
    trick: dict[str, str],
) -> None:
    text = trick.pop("text", "Press here.")

    assert receive(a_mail(text, **trick)).outcome == "held"
    assert not Complaint.objects.exists()


PAYLOADS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<svg/onload=alert(1)>",
    "<scr<script>ipt>alert(1)</script>",
    "javascript:alert(1)//<a href=javascript:alert(1)>x</a>",
    "{{ 7 * 7 }}{% load static %}",
    "<img src=http://tracker.example/p.gif>",
    "＜script＞alert(1)＜/script＞",
]


@pytest.mark.parametrize("payload", few(PAYLOADS, *PAYLOADS[:2]))
def test_t12_markup_of_a_mail_is_words_on_every_page(
    people: People, client: Client, payload: str
) -> None:
    word = base64.b64encode(payload.encode()).decode()
    subject, name = f"=?utf-8?b?{word}?=", f"=?utf-8?b?{word}?= <{ANN}>"
    case = opened(a_mail(payload, subject=subject, sender=name))
    held = receive(a_mail(payload, subject=subject, sender=name, List_Id="<l.x>"))
    client.force_login(people.support)
    pages = [
        f"/admin/complaints/complaint/{case.pk}/change/",
        f"/admin/complaints/rawmessage/{held.raw_message.pk}/change/",
        "/admin/complaints/rawmessage/",
        "/admin/complaints/complaint/",
    ]
    for path in pages:
        html = client.get(path).content.decode()
        if payload != escape(payload):
            assert payload not in html, path
        for never in (
            "<script>alert",
            "onerror=alert(1)>",
            "<svg/onload",
            "<img src=h",
        ):
            assert never not in html, path
    letter = letters_to(ANN)[0]
    assert payload not in str(letter.alternatives) or payload == escape(payload)


def test_t12_markup_in_the_name_of_a_file_is_words(
    people: People, client: Client
) -> None:
    case = opened(with_files(("<img src=x onerror=alert(1)>.png", b"\x89PNG")))
    client.force_login(people.support)
    html = client.get(f"/admin/complaints/complaint/{case.pk}/change/").content.decode()

    assert "<img src=x" not in html


def test_t23_unproven_address_is_told_status_and_nothing_of_the_matter() -> None:
    opened(a_mail("1,860 USDT were stolen from me.", subject="My secret matter"))
    (receipt,) = letters_to(ANN)

    whole = receipt.message().as_string() + receipt.body
    assert "1,860" not in whole
    assert "secret matter" not in whole


NAMES = [
    "n, evil@y.example",
    'a" <evil@y.example>, "b',
    "x\r\nBcc: evil@y.example",
    "长" * 300,
]


@pytest.mark.parametrize("name", NAMES)
def test_t24_name_of_a_sender_adds_no_recipient(name: str) -> None:
    word = base64.b64encode(name.encode()).decode()
    opened(a_mail(sender=f"=?utf-8?b?{word}?= <{ANN}>"))
    (receipt,) = letters_to(ANN)
    wire = email.message_from_bytes(receipt.message().as_bytes())

    assert receipt.recipients() == receipt.to
    assert [address for _name, address in getaddresses(wire.get_all("To", []))] == [ANN]
    assert wire.get_all("Bcc") is wire.get_all("Cc") is None
    assert len(wire.get_all("To", [])) == 1


def nested(depth: int) -> bytes:
    body = b"text"
    for level in range(depth):
        edge = b"e%d" % level
        kind = b'Content-Type: multipart/mixed; boundary="%s"\r\n\r\n' % edge
        body = kind + b"--%s\r\n%s\r\n--%s--" % (edge, body, edge)
    return a_mail("").rstrip() + b"\r\n" + body


def parts(count: int) -> bytes:
    piece = b"--e\r\nContent-Type: text/plain\r\n\r\nx\r\n"
    whole = a_mail("", Content_Type='multipart/mixed; boundary="e"')
    return whole + piece * count + b"--e--\r\n"


MANY = {f"X_{number}": "y" * 300 for number in range(5_000)}
HEAVY = {
    "1,000 parts": (parts(1_000), "too_many_parts"),
    "100 deep": (nested(100), "too_deep"),
    "a long header": (a_mail(X_Junk="x " * 2_000_000), "header_too_long"),
    "many headers": (a_mail(**MANY), "header_too_long"),
}


@pytest.mark.parametrize(("raw", "reason"), HEAVY.values(), ids=HEAVY.keys())
def test_t28_mail_of_death_waits_for_a_person_and_the_next_is_taken(
    raw: bytes, reason: str
) -> None:
    taken: list[Taken] = [receive(raw), receive(a_mail(number=2))]

    assert outcome(taken[0]) == ("held", reason)
    assert bytes(taken[0].raw_message.raw) == raw
    assert taken[1].outcome == "opened"


def test_bounce_stands_on_the_page_of_its_case(people: People, client: Client) -> None:
    from tests.complaints.channels.email.test_inbound import bounce_of

    case = opened()
    (receipt,) = letters_to(ANN)
    receive(bounce_of(receipt.extra_headers["Message-ID"]))
    client.force_login(people.support)
    html = client.get(f"/admin/complaints/complaint/{case.pk}/change/").content.decode()

    assert "message of ours came back" in html
    assert "5.1.1" in html
    assert Outbox.objects.get(complaint=case).status == "dead"


def test_answer_goes_into_the_customers_own_thread(people: People) -> None:
    case = opened(a_mail(Message_ID="<first@customers.example>"))
    (receipt,) = letters_to(ANN)
    assert receipt.extra_headers["In-Reply-To"] == "<first@customers.example>"
    assert receipt.extra_headers["References"] == "<first@customers.example>"
    assert receipt.extra_headers["Auto-Submitted"] == "auto-replied"
    second = answer_to(receipt, "More.", Message_ID="<second@customers.example>")
    assert receive(second).outcome == "appended"
    correspond.reply(complaint=case, text="Thank you.", actor=people.support)

    reply = letters_to(ANN)[-1].extra_headers
    ours = receipt.extra_headers["Message-ID"]
    assert reply["In-Reply-To"] == "<second@customers.example>"
    assert reply["References"] == (
        f"<first@customers.example> {ours} <second@customers.example>"
    )
    assert "Auto-Submitted" not in reply


BAD_IDS = ["<a b@x>", "<x@y>\r\n Bcc: e@y.example", "no-brackets", "<é@x>"]


@pytest.mark.parametrize("bad", BAD_IDS)
def test_message_id_of_a_stranger_breaks_no_header(bad: str) -> None:
    opened(a_mail(Message_ID=bad))
    (receipt,) = letters_to(ANN)
    wire = email.message_from_bytes(receipt.message().as_bytes())

    assert "e@y.example" not in str(wire.items())
    assert wire.get_all("Bcc") is None
    assert len(json.dumps(wire.items())) < 5_000
