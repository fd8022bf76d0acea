"""The file mailbox in the browser, for desks without a mail server."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.test import Client


@pytest.fixture
def box(settings: Any, tmp_path: Path, db: None) -> Path:
    settings.DEBUG = True
    settings.ROOT_URLCONF = "tests.complaints.portal.dev_mail_urls"
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    return tmp_path


def mail(subject: str) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(subject, "Words", to=["李伟 <li@people.example>"])
    message.attach_alternative("<p>Markup <b>here</b></p>", "text/html")
    return message


def put(box: Path, name: str, *subjects: str, at: int) -> None:
    """One file of the mailbox with that many messages, written at that second."""
    backend = get_connection(file_path=str(box))
    backend._fname = str(box / name)
    backend.send_messages([mail(subject) for subject in subjects])
    os.utime(box / name, (at, at))


def test_newest_mail_comes_first(box: Path, client: Client) -> None:
    put(box, "b.log", "One", "Two", at=1)
    put(box, "a.log", "Three", at=2)

    mails = client.get("/dev/mail/").context["mails"]

    assert [each.subject for each in mails] == ["Three", "Two", "One"]
    assert [(each.name, each.number) for each in mails] == [
        ("a.log", 1),
        ("b.log", 2),
        ("b.log", 1),
    ]


def test_message_shows_decoded_headers_and_markup_as_text(
    box: Path, client: Client
) -> None:
    put(box, "a.log", "投诉已收到", at=1)

    response = client.get("/dev/mail/a.log/1/")

    shown = response.context["mail"]
    assert (shown.subject, shown.to) == ("投诉已收到", "李伟 <li@people.example>")
    assert [part["type"] for part in shown.parts] == ["text/plain", "text/html"]
    assert "&lt;b&gt;here&lt;/b&gt;" in response.content.decode()
    assert "<b>here</b>" not in response.content.decode()


def test_empty_mailbox_says_so(box: Path, client: Client) -> None:
    response = client.get("/dev/mail/")

    assert "No mail yet." in response.content.decode()


@pytest.mark.parametrize("path", ["x.log/1", "a.log/2", "a.log/0", "..%2fa.log/1"])
def test_message_that_is_not_there_is_not_found(box, client, path):
    put(box, "a.log", "One", at=1)

    assert client.get(f"/dev/mail/{path}/").status_code == 404


@pytest.mark.parametrize("path", ["/dev/mail/", "/dev/mail/a.log/1/"])
def test_mailbox_is_closed_without_debug(box, client, settings, path):
    put(box, "a.log", "One", at=1)
    settings.DEBUG = False

    assert client.get(path).status_code == 404


def test_mailbox_only_reads(box: Path, client: Client) -> None:
    assert client.post("/dev/mail/").status_code == 405
