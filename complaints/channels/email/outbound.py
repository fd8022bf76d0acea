"""Sends one notice by e-mail: one recipient, a fixed Message-ID, a signed Reply-To.

What a row holds may come from outside (a name, an address), so each goes through the
one place where it could become a header.
"""

import hmac
import logging
import re
import smtplib
from collections.abc import Mapping
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.validators import validate_email

from complaints import invitations, letters
from complaints.channels.email import reply_threads
from complaints.channels.email.address import make_message_id, make_reply_address
from complaints.channels.email.automatic import LOOP_HEADER
from complaints.channels.language import language_of
from complaints.channels.safetext import one_line
from complaints.models import Outbox
from complaints.outbox import STAFF, ChannelDown, Deferred, Undeliverable
from complaints.states import Channel, LetterKind

logger = logging.getLogger(__name__)

_ADDRESS = re.compile(r"https?://\S+")
"""Says nothing of the language that a mail is written in."""

TIMEOUT = 20
NAME_LIMIT = 60

BY_PEOPLE = frozenset(
    {
        LetterKind.INADMISSIBLE,
        LetterKind.ENQUIRY,
        LetterKind.QUESTION,
        LetterKind.REPLY,
        LetterKind.DELAY,
        LetterKind.DECISION,
        LetterKind.RULING,
    }
)
"""Letters whose words somebody wrote: no machine sent them of its own accord."""


def send(row: Outbox, headers: Mapping[str, str] | None = None) -> None:
    """Deliver ``row`` or raise ``ChannelDown``, ``Deferred`` or ``Undeliverable``.

    ``headers`` are added to those of every notice. Returns once the server has taken
    the message; what happens while saying goodbye to it no longer matters.
    """
    _fix_message_id(row)
    message = build(row)
    message.extra_headers.update(headers or {})
    connection = get_connection(timeout=settings.EMAIL_TIMEOUT or TIMEOUT)
    try:
        connection.open()
        connection.send_messages([message])
    except smtplib.SMTPRecipientsRefused as error:
        raise _refused(*next(iter(error.recipients.values()))) from error
    except smtplib.SMTPDataError as error:
        raise _refused(error.smtp_code, error.smtp_error) from error
    except ValueError as error:
        raise Undeliverable(f"{type(error).__name__}: {error}", final=True) from error
    except (smtplib.SMTPException, OSError) as error:
        raise ChannelDown(f"{type(error).__name__}: {error}") from error
    finally:
        _hang_up(connection)


def _refused(code: int, answer: bytes | str) -> Exception:
    """4xx asks for patience with this one notice, 5xx says no."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    if 500 <= code < 600:
        return Undeliverable(f"{code} {text}")
    return Deferred(f"{code} {text}")


def _hang_up(connection: object) -> None:
    """An error after the message was taken must not have it sent again."""
    try:
        connection.close()  # type: ignore[attr-defined]
    except (smtplib.SMTPException, OSError) as error:
        logger.info("The mail server left without goodbye: %s", error)


# The message --------------------------------------------------------------------------


def build(row: Outbox) -> EmailMultiAlternatives:
    """The mail of a row. Raises ``Undeliverable`` where its address is none, or not
    any more that of somebody who may have it."""
    if row.conference and not invitations.is_awaited(row.conference, row.recipient):
        raise Undeliverable("Whoever was invited sees the case no more.", final=True)
    words, language = _words(row)
    message = EmailMultiAlternatives(
        subject=one_line(words.subject, 200),
        body=words.body,
        from_email=_sender(),
        to=[_mailbox(row.recipient_name, row.recipient)],
        reply_to=_reply_to(row),
        headers={
            "Message-ID": row.message_id,
            LOOP_HEADER: "1",
            **_marks(row),
            **reply_threads.headers_of(row),
        },
    )
    if row.letter is not None:
        message.attach_alternative(letters.mail_html(words, language), "text/html")
    elif row.kind != STAFF:
        message.attach_alternative(letters.notice_html(words, language), "text/html")
    if row.conference is not None:
        method, text = invitations.invitation(row.conference, row.recipient)
        message.attach_alternative(text, f"text/calendar; method={method}")
    return message


def _words(row: Outbox) -> tuple[letters.Words, str]:
    if row.letter is None:
        said = _ADDRESS.sub("", f"{row.subject}\n{row.body}")
        language = language_of(said) or settings.LANGUAGE_CODE
        return letters.Words(row.subject, row.body), language
    body = row.body or row.letter.body
    return letters.Words(row.subject, body), row.letter.language


def _mailbox(name: str, address: str) -> str:
    """``name`` can never become a second address: it is one quoted or encoded word."""
    try:
        validate_email(address)
    except ValidationError:
        raise Undeliverable("This is no e-mail address.", final=True) from None
    return formataddr((one_line(name, NAME_LIMIT), address))


def _sender() -> str:
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((name, address))


def mail_domain() -> str:
    """The domain we write from; replies to it come back to us."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]


def _reply_to(row: Outbox) -> list[str]:
    """Signed for this case and this recipient; staff answer in the desk instead."""
    if row.complaint is None or row.kind == STAFF:
        return []
    reference, domain = row.complaint.reference, mail_domain()
    return [make_reply_address(reference, row.recipient, domain, settings.REPLY_KEY)]


def _marks(row: Outbox) -> dict[str, str]:
    """RFC 3834: what a machine writes says so, and asks machines not to answer."""
    if row.kind in BY_PEOPLE:
        return {}
    answers_mail = (
        row.kind == LetterKind.RECEIPT
        and row.complaint is not None
        and row.complaint.channel == Channel.EMAIL
    )
    word = "auto-replied" if answers_mail else "auto-generated"
    return {"Auto-Submitted": word, "X-Auto-Response-Suppress": "All"}


def _fix_message_id(row: Outbox) -> None:
    """Give the row its Message-ID before the first attempt; later ones repeat it."""
    if row.message_id:
        return
    row.message_id = _message_id(row)
    Outbox.objects.filter(pk=row.pk, message_id="").update(message_id=row.message_id)


def _message_id(row: Outbox) -> str:
    domain, key = mail_domain(), settings.REPLY_KEY
    if row.complaint is None or row.kind == STAFF:
        # For no case: an answer to a staff notice must not count as the customer's.
        # Keyed all the same: who can guess it could declare the notice undelivered.
        secret = hmac.digest(key.encode(), b"notice\0" + row.key.encode(), "sha256")
        return f"<n-{secret.hex()[:32]}@{domain}>"
    reference = row.complaint.reference
    return make_message_id(row.key, reference, row.recipient, domain, key)
