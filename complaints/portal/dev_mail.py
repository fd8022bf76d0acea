"""The file mailbox in the browser; only while DEBUG is on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

NEWEST = 200
BETWEEN = b"\n" + b"-" * 79 + b"\n"
"""What Django's file backend writes after each message of a file."""

HEADERS = (
    *("From", "To", "Reply-To", "Subject", "Date", "Message-ID"),
    *("Auto-Submitted", "X-Auto-Response-Suppress"),
)


@dataclass(frozen=True)
class Mail:
    """One message of the mailbox and where it lies."""

    name: str
    number: int
    message: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.message.get("Subject", ""))

    @property
    def to(self) -> str:
        return str(self.message.get("To", ""))

    @property
    def at(self) -> datetime | None:
        try:
            return parsedate_to_datetime(str(self.message.get("Date", "")))
        except ValueError:
            return None

    @property
    def headers(self) -> list[dict[str, str]]:
        known = [(name, self.message.get(name)) for name in HEADERS]
        return [{"term": name, "value": str(value)} for name, value in known if value]

    @property
    def parts(self) -> list[dict[str, str]]:
        """Each text part as text: markup is shown, never drawn."""
        return [
            {"type": part.get_content_type(), "text": part.get_content()}
            for part in self.message.walk()
            if part.get_content_maintype() == "text"
        ]


@require_safe
@never_cache
def mailbox(request: HttpRequest) -> HttpResponse:
    """The newest messages, newest first."""
    mails = [mail for path in _files()[:NEWEST] for mail in _read(path)]
    return render(request, "dev/mail.html", {"mails": mails[:NEWEST]})


@require_safe
@never_cache
def message(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """One message: its headers decoded, its parts as text."""
    for path in _files():
        if path.name == name:
            for mail in _read(path):
                if mail.number == number:
                    return render(request, "dev/mail.html", {"mail": mail})
    raise Http404


def _files() -> list[Path]:
    """The mailbox by time, newest first. Names come from here, never from outside."""
    folder = getattr(settings, "EMAIL_FILE_PATH", None)
    if not settings.DEBUG or not folder:
        raise Http404
    return sorted(Path(folder).glob("*.log"), key=_written, reverse=True)


def _written(path: Path) -> tuple[float, str]:
    return path.stat().st_mtime, path.name


def _read(path: Path) -> Iterator[Mail]:
    """The messages of one file, newest first, numbered from 1."""
    raw = [part for part in path.read_bytes().split(BETWEEN) if part.strip()]
    for number, part in reversed(list(enumerate(raw, start=1))):
        parsed = message_from_bytes(part, policy=policy.default)
        if isinstance(parsed, EmailMessage):
            yield Mail(path.name, number, parsed)
