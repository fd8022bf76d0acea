"""Mails of the tests, as a server hands them over."""

from django.core import mail as sent_mail

from complaints.channels.email.inbound import receive
from complaints.channels.work import Taken
from complaints.models import Complaint
from complaints.services.relay import relay_due

ANN = "ann@customers.example"
MALLORY = "mallory@elsewhere.example"
DESK = "complaints@localhost"
SERVER = "mx.recourse.test"
"""Under this name our server writes its verdicts; see ``trusting``."""


def a_mail(
    text: str = "1,860 USDT left my account at night. It was not me.",
    *,
    sender: str = ANN,
    to: str = DESK,
    subject: str = "Missing withdrawal",
    number: int = 1,
    **headers: str,
) -> bytes:
    """One plain mail; further ``headers`` by name, with _ for -."""
    lines = {
        "From": sender,
        "To": to,
        "Subject": subject,
        "Date": "Tue, 17 Nov 2026 10:00:00 +0000",
        "Message-ID": f"<{number}.{len(text)}@customers.example>",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
    return f"{head}\r\n{text}\r\n".encode()


def with_files(*files: tuple[str, bytes], text: str = "See the files.") -> bytes:
    """A mail with attachments, each a (name, content)."""
    parts = [f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}".encode()]
    for name, content in files:
        head = "Content-Type: application/x-any\r\nContent-Disposition: attachment;"
        parts.append(f'{head} filename="{name}"\r\n\r\n'.encode() + content)
    body = b"".join(b"--b0undary\r\n" + part + b"\r\n" for part in parts)
    kind = 'multipart/mixed; boundary="b0undary"'
    whole = a_mail("", subject="With files", Content_Type=kind)
    return whole[: whole.index(b"\r\n\r\n") + 4] + body + b"--b0undary--\r\n"


def opened(raw: bytes | None = None) -> Complaint:
    """The complaint that a mail opened."""
    taken = receive(raw or a_mail())
    assert taken.outcome == "opened"
    assert taken.complaint is not None
    return taken.complaint


def letters_to(address: str) -> list[sent_mail.EmailMultiAlternatives]:
    """What was sent to ``address``, after everything due has gone out."""
    relay_due()
    return [mail for mail in sent_mail.outbox if address in mail.to[0]]  # type: ignore[misc]


def answer_to(
    letter: sent_mail.EmailMultiAlternatives,
    text: str = "Here is what you asked for.",
    *,
    sender: str = ANN,
    keep_address: bool = True,
    **headers: str,
) -> bytes:
    """What a mail program sends when its user presses Reply."""
    theirs = letter.extra_headers["Message-ID"]
    threading = {"In_Reply_To": theirs, "References": theirs}
    return a_mail(
        f"{text}\r\n\r\nOn Tue, 17 Nov 2026 at 11:00, Desk <{DESK}> wrote:\r\n"
        "> -- reply above this line --\r\n> We received it.",
        sender=sender,
        to=letter.reply_to[0] if keep_address else DESK,
        subject=f"Re: {letter.subject}",
        **threading | headers,
    )


def outcome(taken: Taken) -> tuple[str, str]:
    return taken.outcome, taken.reason
