"""What ``check --deploy`` says of secrets that could be guessed."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from complaints.channels.secrets import check_secrets

SECRETS = (
    "TELEGRAM_WEBHOOK_SECRET",
    "DISCOURSE_WEBHOOK_SECRET",
    "FACEBOOK_VERIFY_TOKEN",
    "FACEBOOK_APP_SECRET",
    "TWILIO_AUTH_TOKEN",
    "X_API_SECRET",
    "MAIL_HOOK_KEY",
    "MAIL_HOOK_SECRET",
)


@pytest.fixture(autouse=True)
def _nothing_is_set(settings: Any) -> None:
    for name in (*SECRETS, "MAIL_HOOK_PROVIDER"):
        setattr(settings, name, "")
    settings.IMAP_URLS = []


def said() -> list[tuple[str, str]]:
    return [(str(one.id), str(one.msg)) for one in check_secrets()]


def test_what_is_not_used_is_not_asked_for() -> None:
    assert said() == []


@pytest.mark.parametrize(
    "name", ["TELEGRAM_WEBHOOK_SECRET", "DISCOURSE_WEBHOOK_SECRET"]
)
def test_secret_that_is_too_short_is_named_and_not_shown(
    settings: Any, name: str
) -> None:
    setattr(settings, name, "s3cr3t-of-23-characters")
    assert said() == [
        ("complaints.E002", f"{name} has 23 characters; the least is 24.")
    ]
    setattr(settings, name, "s3cr3t-of-24-characters!")
    assert said() == []


@pytest.mark.parametrize("name", ["FACEBOOK_APP_SECRET", "TWILIO_AUTH_TOKEN"])
def test_what_a_provider_gave_is_longer_than_a_slip_of_the_mouse(
    settings: Any, name: str
) -> None:
    setattr(settings, name, "0123456789abcdef012")
    assert said() == [
        ("complaints.E002", f"{name} has 19 characters; the least is 20.")
    ]


@pytest.mark.parametrize(
    ("secret", "found"),
    [
        ("desk:s3cr3t-of-23-characters", 23),
        ("a-very-long-name-of-a-user:short", 5),
        ("only-a-password-without-its-user", 0),
    ],
)
def test_of_user_and_password_the_password_counts(
    settings: Any, secret: str, found: int
) -> None:
    settings.MAIL_HOOK_SECRET = secret
    words = f"The password in MAIL_HOOK_SECRET has {found} characters; the least is 24."
    assert said() == [("complaints.E002", words)]
    settings.MAIL_HOOK_SECRET = "desk:s3cr3t-of-24-characters!"
    assert said() == []


def test_mail_without_a_server_that_judges_it_is_warned_of(settings: Any) -> None:
    settings.MAIL_AUTHSERV_IDS = []
    settings.IMAP_URLS = ["imaps://a:b@mail.example/INBOX"]
    assert [one for one, _words in said()] == ["complaints.W003"]
    settings.MAIL_AUTHSERV_IDS = ["mx.example"]
    assert said() == []


def test_deployment_is_stopped_by_it_and_nothing_else_is(settings: Any) -> None:
    settings.DISCOURSE_WEBHOOK_SECRET = "short"
    call_command("check", stdout=StringIO())
    with pytest.raises(CommandError, match="DISCOURSE_WEBHOOK_SECRET has 5 characters"):
        call_command("check", deploy=True, stdout=StringIO(), stderr=StringIO())
