"""Rows of the outbox: who is written to, and what an unproven address may be told.

Written in the transaction of their cause and sent by ``services.relay``. The key of a
row is made from the event that caused it, so that one cause never announces itself
twice.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone

from complaints import batch, letters, profiles
from complaints.letter_facts import typed_details
from complaints.models import (
    LINK_ENDED,
    Capacity,
    Complaint,
    Conference,
    Contact,
    ContactKind,
    Letter,
    Outbox,
    OutboxStatus,
    Party,
    Representative,
)
from complaints.optional_notices import is_muted
from complaints.states import Channel, LetterKind
from complaints.worded import Worded, known_or
from config.celery import wake

if TYPE_CHECKING:
    from teams.models import User

RELAY = "complaints.tasks.relay_outbox"
ALARM = ALARM_CHANNEL = "alarm"
"""The relay's channel for cases at risk; see ``services.alarm``."""

FILE = "file"
"""``Outbox.kind`` of what is fetched, not sent: it can take minutes."""

STAFF = "staff"
"""``Outbox.kind`` of what goes to our own people."""

ANSWERED_THERE = frozenset(
    {
        Channel.CHAT,
        Channel.PHONE,
        Channel.TELEGRAM,
        Channel.X,
        Channel.FACEBOOK,
        Channel.FORUM,
    }
)
"""Channels on which a customer has an account of their own (``Contact.provider``)."""

OPEN_KINDS = frozenset({LetterKind.ADMISSIBLE, LetterKind.CLOSED})
"""Letters that hold no more than the public status: any address may have them."""


class ChannelDown(Exception):
    """The way out itself does not work now; the other rows need not be tried."""


class Deferred(Exception):
    """This one notice is taken later; the way out works."""


class Undeliverable(Exception):
    """This one notice was refused for good; ``final`` where no repeat can help."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        self.final = final
        super().__init__(reason)


@dataclass(frozen=True)
class Recipient:
    """An address of the customer, and whether we know that it is theirs.

    ``channel`` says what delivers there: mail, or the platform it is an account of.
    """

    address: str
    name: str
    proven: bool
    channel: str = Channel.EMAIL

    @property
    def tag(self) -> str:
        """Tells recipients of one event apart without naming them in a key."""
        named = self.address.lower()
        if self.channel != Channel.EMAIL:
            named = f"{self.channel}:{self.address}"
        return hashlib.sha256(named.encode()).hexdigest()[:12]


def recipients_of(complaint: Complaint, kind: str = "") -> list[Recipient]:
    """Whom letters of this case go to: the customer, who speaks for them.

    Besides mail, a complaint that came by a platform is answered there as well.
    A representative whose mandate has ended gets none; an heir gets them alone.

    The customer is left out where they do not want letters of ``kind`` by e-mail.
    Of the customer's own addresses one that is proven, else the first. An address
    given for this case alone (1.b, 2.a of the form) was typed, never proven.
    """
    found: dict[str, Recipient] = {}
    for recipient in _candidates(complaint, kind):
        found.setdefault(recipient.address.lower(), recipient)
    return list(found.values())


def _candidates(complaint: Complaint, kind: str) -> Iterator[Recipient]:
    party = complaint.customer
    if party.erased_at is not None:
        return
    today = timezone.now().date()
    speakers = [
        speaker
        for speaker in known_or(_SPEAKERS, complaint, "representatives")
        if speaker.is_in_force(today)
    ]
    if any(s.capacity == Capacity.HEIR and s.email for s in speakers):
        # Nobody writes to the mailbox of somebody who has died.
        yield from chain.from_iterable(_typed(s.email, s.full_name) for s in speakers)
        return
    contacts = sorted(_mailboxes(party), key=lambda found: found.proved_at is None)
    for contact in [] if is_muted(party, kind) else contacts[:1]:
        proven = contact.proved_at is not None
        yield Recipient(contact.value, party.full_name, proven)
    yield from _where_it_came_from(complaint)
    for person in typed_details(complaint):
        if not person.of_representative:
            yield from _typed(person.email, person.full_name)
    for speaker in speakers:
        yield from _typed(speaker.email, speaker.full_name)


def _mailboxes(party: Party) -> list[Contact]:
    """Oldest first; a guest who was just met brings theirs along."""
    if "contacts" in getattr(party, "_prefetched_objects_cache", {}):
        known = list(party.contacts.all())
        return [found for found in known if found.kind == ContactKind.EMAIL]
    return _MAILBOXES.rows(party=party.pk)


_MAILBOXES = Worded(
    lambda party: Contact.objects.filter(party=party, kind=ContactKind.EMAIL).order_by(
        "pk"
    )
)
_SPEAKERS = Worded(lambda case: Representative.objects.filter(complaint=case))


def _where_it_came_from(complaint: Complaint) -> Iterator[Recipient]:
    """The customer's account on the platform by which the complaint reached us."""
    if complaint.channel not in ANSWERED_THERE:
        return
    party = complaint.customer
    rows = _ACCOUNTS.rows(party=party.pk, provider=complaint.channel)
    contact = next(iter(rows), None)
    if contact is not None:
        proven = contact.proved_at is not None
        yield Recipient(contact.value, party.full_name, proven, complaint.channel)


def _accounts(party: int, provider: str) -> QuerySet[Contact]:
    rows = Contact.objects.filter(party=party, provider=provider)
    rows = rows.exclude(proved_at=None, proof=LINK_ENDED)
    return rows.order_by(F("proved_at").desc(nulls_last=True), "-pk")[:1]


_ACCOUNTS = Worded(_accounts)


def _typed(address: str, name: str) -> Iterator[Recipient]:
    if address:
        yield Recipient(address, name, proven=False)


# Writing ------------------------------------------------------------------------------


def post(
    letter: Letter, *, cause: str, now: datetime, beside: Sequence[Outbox] = ()
) -> None:
    """Put a letter into the outbox for everybody it goes to; in a transaction.

    ``cause`` names the event, such as ``complaint:7#12``. Somebody without any
    address is reached by no mail: their letter stands in the portal. ``beside`` are
    other notices of the same event, kept in the same statement.
    """
    rows = [
        _row(letter, recipient, cause, now)
        for recipient in recipients_of(letter.complaint, letter.kind)
    ]
    put_all([*rows, *beside])


def alarm(complaint: Complaint, *, cause: str, now: datetime) -> Outbox:
    """The unsaved row that has the relay write to security at once."""
    return Outbox(
        key=f"{cause}:alarm",
        kind=ALARM,
        complaint=complaint,
        channel=ALARM_CHANNEL,
        due_at=now,
        created_at=now,
    )


def sound_alarm(complaint: Complaint, *, cause: str, now: datetime) -> None:
    """Keep such a row, unless one of this case is about to go out anyway."""
    waiting = Outbox.objects.filter(
        complaint=complaint, kind=ALARM, status=OutboxStatus.PENDING
    )
    if not waiting.exists():
        put(alarm(complaint, cause=cause, now=now))


def put_all(rows: Sequence[Outbox]) -> None:
    """Keep those whose cause was not announced yet, in one statement."""
    if rows:
        batch.add(*rows, once=True)
        wake_after_commit()


def put(row: Outbox) -> Outbox:
    """Keep a row unless its cause was announced already, and wake the relay once."""
    kept, made = Outbox.objects.get_or_create(
        key=row.key,
        defaults={
            field.attname: getattr(row, field.attname)
            for field in Outbox._meta.concrete_fields
            if field.attname not in ("id", "key")
        },
    )
    if made:
        wake_after_commit()
    return kept


def _row(letter: Letter, recipient: Recipient, cause: str, now: datetime) -> Outbox:
    words = _words_for(letter, recipient)
    return Outbox(
        key=f"{cause}:{letter.kind}:{recipient.tag}",
        kind=letter.kind,
        complaint=letter.complaint,
        letter=letter,
        channel=recipient.channel,
        recipient=recipient.address,
        recipient_name=recipient.name,
        subject=letter.subject,
        body=words.body if words else "",
        due_at=now,
        created_at=now,
    )


def _words_for(letter: Letter, recipient: Recipient) -> letters.Words | None:
    """What an unproven address reads instead of the letter; None is the letter.

    Amounts, reasons and files stay behind the sign-in or the tracking link, where
    the letter stands whole.
    """
    if recipient.proven or letter.kind in OPEN_KINDS:
        return None
    zone = profiles.by_key(letter.complaint.profile_key).timezone
    name = "receipt_cover" if letter.kind == LetterKind.RECEIPT else "cover"
    with letters.speaking(letter.language, zone):
        facts = {**_read_back(letter), "title": letter.get_kind_display()}
        return letters.render(name, facts)


def _read_back(letter: Letter) -> dict[str, object]:
    """The facts of a letter with their days and moments as such again."""
    facts = dict(letter.facts)
    for name in ("received_on", "written_on"):
        facts[name] = datetime.fromisoformat(facts[name])
    for name in ("admit_by", "decide_by", "answer_by", "new_date"):
        if facts.get(name):
            facts[name] = datetime.fromisoformat(facts[name]).date()
    return facts


def staff_notice(
    *,
    key: str,
    user: "User",
    subject: str,
    body: str,
    complaint: Complaint | None,
    now: datetime,
    conference: Conference | None = None,
    unseen_too: bool = False,
) -> Outbox | None:
    """Tell one of our own people something; ``key`` names the cause for ever.

    The subject must hold no more than a reference. None where they have no address.
    Whether they may still have it is asked again when it is sent (``unseen_too``: one
    that they get because they no longer see the case).
    Of a ``conference`` the mail brings the calendar its entry.
    """
    if not user.email:
        return None
    return put(
        Outbox(
            key=key[:120],
            kind=STAFF,
            complaint=complaint,
            conference=conference,
            user=user,
            unseen_too=unseen_too,
            channel=Channel.EMAIL,
            recipient=user.email,
            recipient_name=user.get_full_name(),
            subject=str(subject)[:200],
            body=str(body),
            due_at=now,
            created_at=now,
        )
    )


def case_page(pk: int) -> str:
    """The path at which staff meet a case; for the notices to them."""
    return reverse("admin:complaints_complaint_change", args=[pk])


def wake_after_commit() -> None:
    """Ring once a transaction, however many notices it wrote."""
    waiting = transaction.get_connection().run_on_commit
    if not any(entry[1] is _ring for entry in waiting):
        transaction.on_commit(_ring)


def _ring() -> None:
    wake(RELAY)
