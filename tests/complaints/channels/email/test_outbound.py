"""The mail of a notice: its headers, its parts, and what it never carries."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest

from complaints.channels.email import outbound
from complaints.channels.email.address import read_message_id
from complaints.models import Complaint, Outbox
from complaints.notifications import staff_notice
from complaints.outbox import Undeliverable
from complaints.services import correspond
from complaints.templatetags.letters import own_links
from tests import cases
from tests.people import People

NOW = datetime(2026, 11, 18, 8, 42, tzinfo=UTC)


def built(row: Outbox) -> Any:
    outbound._fix_message_id(row)
    return outbound.build(row)


@pytest.mark.parametrize(
    ("channel", "word"), [("portal", "auto-generated"), ("email", "auto-replied")]
)
def test_receipt_says_that_a_machine_wrote_it(people, channel, word):
    case = cases.filed(people, channel=channel)

    headers = built(case.outbox.get()).extra_headers

    assert headers["Auto-Submitted"] == word
    assert headers["X-Auto-Response-Suppress"] == "All"


def test_what_a_person_wrote_does_not(people: People) -> None:
    case = cases.at(people, "investigating")
    correspond.reply(complaint=case, text="We have it.", actor=people.security)

    headers = built(case.outbox.get(kind="reply")).extra_headers

    assert "Auto-Submitted" not in headers


def test_markup_part_holds_no_link_picture_or_style(people: People) -> None:
    case = cases.filed(people, description='<img src="https://evil.example/x.png">')

    text, kind = built(case.outbox.get()).alternatives[0]

    assert kind == "text/html"
    for never in ("<a ", "<img", "style=", "<script", "<link", "src=", "href="):
        assert never not in text.replace("&lt;img src=&quot;https", "")


def staff_row(people: People, case: Complaint | None) -> Outbox:
    row = staff_notice(
        key="clock:1:50",
        user=people.security,
        subject="Half the time is gone",
        body="Decide.",
        complaint=case,
        now=NOW,
    )
    assert row is not None
    return row


def test_answer_to_a_staff_notice_is_not_the_customers(people, settings):
    message = built(staff_row(people, cases.filed(people)))

    message_id = message.extra_headers["Message-ID"]
    address = people.security.email
    assert read_message_id(message_id, address, settings.REPLY_KEY) is None
    assert (message.reply_to, message.alternatives) == ([], [])
    assert message.body == "Decide."


def test_staff_notice_without_case_can_be_sent(people: People, mailoutbox: Any) -> None:
    outbound.send(staff_row(people, None))

    assert [mail.subject for mail in mailoutbox] == ["Half the time is gone"]


def test_nobody_guesses_the_message_id_of_a_staff_notice(
    people: People, settings: Any
) -> None:
    """Whoever could, would declare it undelivered by a bounce."""
    row = staff_row(people, None)
    first = outbound._message_id(row)
    settings.REPLY_KEY = "another-reply-key-0123456789-abcdefghij"

    assert outbound._message_id(row) != first
    assert sha256(row.key.encode()).hexdigest()[:32] not in first


def test_message_id_survives_a_new_key(people: People, settings: Any) -> None:
    row = cases.filed(people).outbox.get()
    first = built(row).extra_headers["Message-ID"]
    settings.REPLY_KEY = "another-reply-key-0123456789-abcdefghij"

    again = built(Outbox.objects.get()).extra_headers["Message-ID"]

    assert again == first


@pytest.mark.parametrize(
    "address",
    ["", "a", "a@b@c", "a@b.example, evil@y.example", "a@b.example\nBcc: e@y.example"],
)
def test_address_that_is_none_is_refused(people, address):
    row = cases.filed(people).outbox.get()
    row.recipient = address

    with pytest.raises(Undeliverable) as refusal:
        built(row)

    assert refusal.value.final


# Mails that are no letters ------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "language"),
    [("Open it here, once:", "en"), ("请在此打开，只能打开一次：", "zh-hans")],
)
def test_link_is_drawn_in_the_frame_of_letters(words: str, language: str) -> None:
    url = "https://recourse.test/track/a-b_c:1/"
    row = Outbox(
        key="account:1",
        kind="account",
        recipient="ada@guests.example",
        subject="Your link",
        body=f"{words}\n{url}\n\n<b>https://evil.example/</b>",
        created_at=NOW,
        due_at=NOW,
    )
    row.save()

    message = built(row)

    text, kind = message.alternatives[0]
    assert kind == "text/html"
    assert message.body == row.body
    assert f'<html lang="{language}"' in text
    assert '<div class="head">Recourse</div>' in text
    assert f'<a href="{url}">{url}</a>' in text
    assert text.count("<a ") == 1
    assert "&lt;b&gt;https://evil.example/" in text


@pytest.mark.parametrize(
    ("line", "linked"),
    [
        ("https://recourse.test/learn/x/.", "https://recourse.test/learn/x/"),
        ("见 https://recourse.test/a?b=1&c=2。", "https://recourse.test/a?b=1&amp;c=2"),
        ("https://recourse.test.evil.example/", ""),
        ("https://recourse.testevil/", ""),
        ("javascript:alert(1) //recourse.test/", ""),
        ('https://recourse.test/"onclick=x', "https://recourse.test/"),
    ],
)
def test_only_addresses_of_this_site_are_links(line: str, linked: str) -> None:
    drawn = own_links(line)

    assert (f'<a href="{linked}">{linked}</a>' in drawn) is bool(linked)
    assert drawn.count("<a ") == bool(linked)


def test_staff_read_plain_text(people: People) -> None:
    assert built(staff_row(people, None)).alternatives == []
