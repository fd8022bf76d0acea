"""Beginning a conversation, saying something in it, ending it."""

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core import signing
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.channels.chat import files, presence, ring
from complaints.channels.chat.models import (
    NAME_LIMIT,
    TEXT_LIMIT,
    Author,
    ChatFile,
    Code,
    Conversation,
    Line,
    Status,
    new_key,
)
from complaints.channels.safetext import one_line, storable
from complaints.errors import IllegalMove, InvalidInput, RecourseError
from complaints.masking import mask
from complaints.throttle import Limit

if TYPE_CHECKING:
    from teams.models import User

SAID = Limit("chat-said", tries=30, seconds=60)
LINES_A_TALK = 2_000
KEY_LIMIT = 64
FORM_SALT = "chat.start"


class TooFast(RecourseError):
    """More messages in a minute than a person writes."""

    code = "too_fast"
    status = 429
    default = _("That is too many messages at once. Wait a minute and go on.")


@dataclass(frozen=True, kw_only=True)
class Start:
    """Who begins a conversation and how they can be reached; all but user claims."""

    language: str
    name: str = ""
    email: str = ""
    user: "User | None" = None
    embedded: bool = False


def form_key(address: str) -> str:
    """The hidden key of a first form: the key of the conversation to be, signed for
    the address that the form goes to. Else whoever has a form sent by somebody else's
    browser knew the key of what is said there."""
    return _signer(address).sign(new_key())


def _signer(address: str) -> signing.Signer:
    return signing.Signer(salt=f"{FORM_SALT}:{address}")


def begin_once(start: Start, given: str, address: str) -> tuple[Conversation, bool]:
    """The conversation of a first form, and whether this sending of it began it.

    A form that comes twice begins one conversation. A key that is none of ours, that
    was given to another address, or that of a conversation that is over or of
    somebody else, begins another.
    """
    try:
        key = _signer(address).unsign(given)
        with transaction.atomic():
            return begin(start, key=key), True
    except signing.BadSignature:
        return begin(start), True
    except IntegrityError:
        alive = Conversation.objects.alive().filter(user=start.user)
        known = alive.filter(key=key, embedded=start.embedded).first()
    return (known, False) if known else (begin(start), True)


def is_same(line: Line, text: str) -> bool:
    """Whether the line says these words."""
    return line.text == mask(storable(text).strip())


def begin(start: Start, *, key: str = "") -> Conversation:
    """A conversation at the end of the queue; nothing is said in it yet."""
    now = timezone.now()
    conversation = Conversation.objects.create(
        key=key or new_key(),
        user=start.user,
        name=one_line(start.name, NAME_LIMIT),
        email=start.email,
        language=start.language,
        embedded=start.embedded,
        started_at=now,
        waiting_since=now,
        last_at=now,
    )
    ring.after_commit(conversation.pk, queue=True)
    presence.seen(presence.CUSTOMER, conversation.pk)
    return conversation


def say(
    conversation: Conversation,
    text: str,
    *,
    author: str,
    user: "User | None" = None,
    file: files.Checked | None = None,
    key: str = "",
) -> Line:
    """Add what the customer or an agent said; the same ``key`` says it once, but
    other words under it are not lost.

    At most 4,000 characters; the keys to a wallet are masked before they are stored.
    Raises ``InvalidInput``, ``IllegalMove`` once it is over, or ``TooFast``.
    """
    if SAID.wait(f"{conversation.pk}:{author}"):
        raise TooFast
    said = _text(text, file)
    key = one_line(key, KEY_LIMIT - 2)
    columns = {"author": author, "user": user, "text": said, "file": file}
    line = _write(conversation, key=_line_key(author, key), **columns)
    if line.text != said:
        line = _write(conversation, key=_line_key(author), **columns)
    presence.stopped(author, conversation.pk)
    return line


def _line_key(author: str, key: str = "") -> str:
    return f"{author[0]}:{key or secrets.token_urlsafe(16)}"


@transaction.atomic
def note(conversation: Conversation, code: str, **facts: Any) -> Line:
    """A line of the system, in the transaction of what it tells."""
    in_turn(conversation.pk)
    return _add(conversation, author=Author.SYSTEM, code=code, facts=facts)


def end(conversation: Conversation) -> None:
    """Close it; once, whoever asks."""
    now = timezone.now()
    with transaction.atomic():
        alive = Conversation.objects.alive().filter(pk=conversation.pk)
        if alive.update(status=Status.CLOSED, ended_at=now):
            note(conversation, Code.ENDED)
            ring.after_commit(conversation.pk, queue=True)


def in_turn(pk: int) -> None:
    """Wait until nobody else writes into the conversation; in a transaction.

    Lines of one conversation become visible in the order of their keys, so that a
    reader who has line 6 never misses a line 5 that was committed later.
    """
    Conversation.objects.select_for_update().filter(pk=pk).values_list("pk").first()


# Rows ---------------------------------------------------------------------------------


def _text(text: str, file: files.Checked | None) -> str:
    said = mask(storable(text).strip())
    if not said and file is None:
        raise InvalidInput(_("Write something first."), field="text", code="empty")
    if len(said) > TEXT_LIMIT:
        words = _("This is longer than 4,000 characters. Send it in parts.")
        raise InvalidInput(words, field="text", code="too_long")
    return said


def _write(conversation: Conversation, *, key: str, **columns: Any) -> Line:
    """The line of that key, written now or known before."""
    try:
        with transaction.atomic():
            return _say(conversation, key=key, **columns)
    except IntegrityError:
        known = Line.objects.filter(conversation=conversation, key=key).first()
        if known is None:
            raise
        return known


def _say(
    conversation: Conversation, *, file: files.Checked | None, **columns: Any
) -> Line:
    """Claims the conversation first: after its end nothing is said any more."""
    alive = Conversation.objects.alive().filter(pk=conversation.pk)
    if not alive.update(last_at=timezone.now()):
        raise IllegalMove(_("This conversation is over. You can begin another one."))
    if conversation.lines.count() >= LINES_A_TALK:
        raise InvalidInput(_("This conversation is full. Begin another one."))
    line = _add(conversation, **columns)
    if file is not None:
        _attach(line, file)
    return line


def _add(conversation: Conversation, **columns: Any) -> Line:
    line = Line.objects.create(conversation=conversation, at=timezone.now(), **columns)
    ring.after_commit(conversation.pk, upto=line.pk)
    return line


def _attach(line: Line, file: files.Checked) -> None:
    kept = ChatFile.objects.filter(line__conversation=line.conversation_id).count()
    if kept >= files.FILES_A_TALK:
        words = _("This conversation has as many files as it can hold.")
        raise InvalidInput(words, field="file", code="full")
    ChatFile.objects.create(
        line=line,
        name=file.name,
        content_type=file.content_type,
        size=len(file.content),
        sha256=file.sha256,
        content=file.content,
        preview=file.preview,
        has_preview=file.preview is not None,
    )
