"""``walk_case --channel NAME`` to the end: filed by each channel's real door, receipt
read where it was filed, closed, and the ledger whole."""

from collections.abc import Iterator
from io import StringIO
from typing import Any
from urllib.parse import quote

import pytest
from django.core import mail
from django.core.management import call_command

from appeals.demo.by_channel import CHANNELS
from appeals.demo.way import MAIL_SENDER
from complaints.models import Complaint, Mailbox, Outbox
from complaints.states import Channel
from tests.dovecot import PASSWORD, Dovecot
from tests.services import find_dovecot

pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]

ANSWERED_BY = {Channel.PORTAL: "email", Channel.APP: "webhook"}
"""How the receipt comes where it is not by the channel itself."""


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Dovecot]:
    """A real IMAP server; its mailbox is the one of ``IMAP_URLS``."""
    if not find_dovecot():
        pytest.skip("Dovecot is not installed")
    server = Dovecot()
    try:
        server.start()
        monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
        who = f"desk%40example.com:{quote(PASSWORD, safe='')}"
        settings.IMAP_URLS = [f"imaps://{who}@127.0.0.1:{server.tls}/INBOX"]
        yield server
    finally:
        server.close()


def walked(channel: str) -> Complaint:
    out = StringIO()
    call_command("walk_case", channel=channel, stdout=out)
    case = Complaint.objects.get()
    assert (case.channel, case.state) == (channel, "closed"), out.getvalue()
    assert "The ledger is intact" in out.getvalue().splitlines()[-1]
    receipt = Outbox.objects.filter(complaint=case, letter__kind="receipt")
    by = receipt.filter(status="sent").values_list("channel", flat=True)
    assert ANSWERED_BY.get(Channel(channel), channel) in set(by)
    return case


@pytest.mark.parametrize("channel", [Channel.PORTAL.value, *CHANNELS])
def test_complaint_is_walked_from_its_channel_to_its_end(channel: str) -> None:
    walked(channel)


def test_complaint_is_walked_from_a_real_mailbox_to_its_end(mailbox: Dovecot) -> None:
    case = walked("email")

    box = Mailbox.objects.get()
    assert (box.last_uid, box.error, box.left) == (1, "", 0)
    mine = [sent for sent in mail.outbox if MAIL_SENDER in sent.recipients()[0]]
    assert case.reference in mine[0].body
    first = case.raw_messages.get(provider="email")
    assert mine[0].extra_headers["In-Reply-To"] == first.verdicts["message_id"]
    assert mine[0].extra_headers["Auto-Submitted"] == "auto-replied"
