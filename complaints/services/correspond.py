"""What is said on a case: messages in and out, and notes that never leave."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from complaints import batch, ledger, notifications, timing
from complaints.errors import CaseErased, InvalidInput, NotPermitted, NotVisible
from complaints.masking import holds_mask, mask
from complaints.models import (
    Complaint,
    Contact,
    ContactKind,
    Event,
    Letter,
    Message,
    RawMessage,
)
from complaints.permissions import (
    Viewer,
    as_viewer,
    customer_self,
    may_speak_for_customer,
)
from complaints.registry import Done
from complaints.services import mentions, search, task_list
from complaints.states import Channel, Direction, State, Step
from teams.system import system_actor

if TYPE_CHECKING:
    from teams.models import User

MESSAGE_LIMIT = 50_000
Beside = Callable[[Complaint], ledger.Entry] | None
QUIET_STATES = (
    State.ANSWERED,
    State.CLOSED,
    State.WITHDRAWN,
    State.INADMISSIBLE,
    State.MERGED,
)


def customer_writes(
    *,
    complaint: Complaint,
    text: str,
    actor: "User | Viewer",
    channel: str = Channel.PORTAL,
    raw: RawMessage | None = None,
    full_text: str = "",
    verified: bool = True,
    now: datetime | None = None,
    beside: Beside = None,
) -> Message:
    """Add what the customer said. The state stays; the desk is told.

    ``beside`` is what else goes on the ledger of the case: where it came from.
    On a decided or closed case the team leads get a task, and a clock to read it. A
    message to a merged case goes to its survivor where that is the same customer's.
    Raises ``NotVisible`` or ``InvalidInput``.
    """
    viewer = as_viewer(actor)
    case = survivor_of(complaint)
    speaks = viewer.is_system or customer_self(complaint, viewer)
    if not speaks and not may_speak_for_customer(case, viewer):
        raise NotVisible
    message = _write(
        case,
        viewer,
        Direction.INBOUND,
        text,
        now or timezone.now(),
        channel=channel,
        beside=beside,
        raw=raw,
        full_text=mask(full_text),
        sender_verified=verified,
    )
    if holds_mask((message.text, message.full_text)):
        warn_of_secret(case, now=message.at)
    return message


def reply(
    *,
    complaint: Complaint,
    text: str,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> Message:
    """Write to the customer, on the channel and in the language of the case."""
    viewer = as_viewer(actor)
    if not viewer.is_system and not may_speak_for_customer(complaint, viewer):
        raise NotPermitted
    return _write(
        complaint,
        viewer,
        Direction.OUTBOUND,
        text,
        now or timezone.now(),
        channel=complaint.channel,
    )


def note(
    *,
    complaint: Complaint,
    text: str,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> Message:
    """Keep an internal note. It is never sent and never quoted.

    Each colleague named in it (``@username``) gets a task and a notice. Raises
    ``NotVisible``, or ``InvalidInput`` where one of them may not see the case.
    """
    viewer = as_viewer(actor)
    may_see = Complaint.objects.visible_to(viewer).filter(pk=complaint.pk).exists()
    if not viewer.is_staff or not may_see:
        raise NotVisible
    _check(text)
    people = mentions.mentioned(text, complaint, viewer.user)
    with transaction.atomic():
        message = _write(
            complaint, viewer, Direction.INTERNAL, text, now or timezone.now()
        )
        task_list.of_mentions(message, people, viewer)
    return message


def warn_of_secret(complaint: Complaint, *, now: datetime) -> Message:
    """Tell the customer that a key to their wallet was in what they sent."""
    with override(complaint.language):
        words = gettext(
            "Something you sent looked like a seed phrase or a private key. Whoever "
            "reads one can empty the wallet, so we made it unreadable before anybody "
            "here saw it, and we keep no copy.\n\nIf you gave it to anybody, or typed "
            "it on another page, move what the wallet holds to a new wallet now.\n\n"
            "We never ask for a seed phrase, a key, a password or a code."
        )
    system = Viewer(user=system_actor())
    return _write(
        complaint, system, Direction.OUTBOUND, words, now, channel=complaint.channel
    )


def survivor_of(complaint: Complaint) -> Complaint:
    """The case of the same person that a merged one lives on in; itself otherwise.

    One incident can be complained of by many. What one of them says is not read by
    another, so it stays on their own case, and the lead of its team is told.
    """
    seen = {complaint.pk}
    while (after := complaint.merged_into) is not None and after.pk not in seen:
        if not _same_person(complaint, after):
            break
        complaint = after
        seen.add(complaint.pk)
    return complaint


def _same_person(one: Complaint, other: Complaint) -> bool:
    """The same customer, or two that proved to read the same mailbox."""
    if one.customer_id == other.customer_id:
        return True
    proved = Contact.objects.filter(kind=ContactKind.EMAIL, proved_at__isnull=False)
    mine = proved.filter(party=one.customer_id).values_list("value", flat=True)
    theirs = proved.filter(party=other.customer_id).values_list("value", flat=True)
    return bool({v.lower() for v in mine} & {v.lower() for v in theirs})


def _write(
    complaint: Complaint,
    viewer: Viewer,
    direction: str,
    text: str,
    now: datetime,
    *,
    channel: str = Channel.PORTAL,
    beside: Beside = None,
    **columns: Any,
) -> Message:
    _check(text)
    if complaint.erased_at is not None:
        raise CaseErased(field="text")
    message = Message(
        complaint=complaint,
        direction=direction,
        channel=channel,
        author=viewer.user,
        author_role=viewer.role,
        text=mask(text),
        language=complaint.language,
        at=now,
        **columns,
    )
    with transaction.atomic():
        with batch.together(Message, Letter):
            event = _keep(message, viewer, beside)
            _mark(complaint, viewer, direction, now)
            done = Done.of_event(complaint, event, viewer, message=message)
            notifications.announce(done)
        _of_finished(message, viewer)
    return message


def _keep(message: Message, viewer: Viewer, beside: Beside) -> Event:
    """The message, what it is found by, and its event on the ledger of its case."""
    complaint = message.complaint
    head = ledger.lock(complaint.stream)
    batch.number(message)
    batch.add(message)
    search.keep(search.of_message(message))
    what = {"in": "message_in", "out": "message_out", "internal": "note"}
    payload = {"message": message.pk, "channel": message.channel}
    entry = ledger.Entry(what[message.direction], viewer, message.at, payload)
    others = [beside(complaint)] if beside else []
    return ledger.append_many(complaint.stream, [entry, *others], head=head)[0]


def _of_finished(message: Message, viewer: Viewer) -> None:
    """What comes on a finished case is a task of the leads until somebody replies."""
    case = message.complaint
    if message.direction == Direction.INBOUND and case.state in QUIET_STATES:
        task_list.of_late_message(message, viewer)
    elif message.direction == Direction.OUTBOUND and not viewer.is_system:
        task_list.answered(case, viewer, message.at)


def _check(text: str) -> None:
    if not text.strip():
        raise InvalidInput(_("Write something first."), field="text", code="empty")
    if len(text) > MESSAGE_LIMIT:
        raise InvalidInput(
            _("This is longer than we can keep (50,000 characters)."),
            field="text",
            code="too_long",
        )


def _mark(complaint: Complaint, viewer: Viewer, direction: str, now: datetime) -> None:
    """Keep beside the case who spoke last; start or stop the clocks of answering.

    What the system writes by itself answers nobody.
    """
    automatic = direction == Direction.OUTBOUND and viewer.is_system
    if direction == Direction.INTERNAL or automatic:
        return
    complaint.last_message_at = now
    complaint.last_message_from = (
        "customer" if direction == Direction.INBOUND else "staff"
    )
    if direction == Direction.OUTBOUND:
        answered = (Step.FIRST_ANSWER, Step.ANSWER_QUESTION, Step.FOLLOW_UP)
        timing.stop(complaint, answered, now=now)
        running = timing.running(complaint)
    else:
        quiet = complaint.state in QUIET_STATES
        step = Step.FOLLOW_UP if quiet else Step.ANSWER_QUESTION
        running = timing.start_unless_running(complaint, step, now=now)
    timing.note_next_due(complaint, running, "last_message_at", "last_message_from")
