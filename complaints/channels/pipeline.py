"""From raw bytes to exactly one outcome, for every channel.

The bytes are stored first, in a transaction of their own; a second one claims the
row and opens, appends, holds or drops. A process killed between any two lines leaves
either nothing (the provider delivers again) or a row without outcome, which
``resume_undecided`` takes up. So always: stored = opened + appended + held + dropped
+ undecided.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from complaints.channels.inbound import Inbound, unreadable
from complaints.channels.known import way_of
from complaints.channels.reasons import Reason, reason_of
from complaints.channels.safetext import one_line
from complaints.errors import InvalidInput, RecourseError
from complaints.masking import holds_mask, mask
from complaints.models import Complaint, Evidence, Message, RawMessage
from complaints.states import Intake
from teams.system import system_actor

logger = logging.getLogger(__name__)

MOST_TRIES = 3
TITLED_BY = 2_000
"""Characters of a text that are looked at for its first words."""

GRACE = timedelta(minutes=1)
"""How long a row without outcome is taken to be in somebody's hands."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one message; ``facts`` are kept beside it."""

    outcome: Intake
    reason: str = ""
    complaint: Complaint | None = None
    message: Message | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def held(reason: str, **facts: Any) -> Verdict:
    return Verdict(Intake.HELD, reason, facts=facts)


def dropped(reason: str, **facts: Any) -> Verdict:
    return Verdict(Intake.DROPPED, reason, facts=facts)


@dataclass(slots=True)
class Work:
    """One message being decided, inside its transaction.

    ``received_at`` is the first trusted time, never later than now. ``files`` were
    stored on the way and go again when the transaction fails; ``message`` is what it
    became on a case.
    """

    raw: RawMessage
    inbound: Inbound
    now: datetime
    files: list[Evidence] = field(default_factory=list)
    message: Message | None = None
    _actor: Any = None

    @property
    def actor(self) -> Any:
        """The system actor that stands for the channel, read once."""
        if self._actor is None:
            self._actor = channel_actor(self.raw.provider)
        return self._actor

    @property
    def received_at(self) -> datetime:
        times = (self.inbound.received_at, self.raw.received_at, self.now)
        return min(time for time in times if time is not None)

    def forget_files(self) -> None:
        while self.files:
            stored = self.files.pop().file
            if stored.name:
                stored.storage.delete(stored.name)


@dataclass(frozen=True, slots=True)
class Way:
    """What a channel brings along.

    external_id: the same for the same message. parse: raw bytes and account to a
    value. decide: what becomes of it; called inside a transaction, writes the case.
    settled: what is still owed once the message is on a case, such as its files; in
    the transaction in which that was decided, by the channel or by a person.
    """

    provider: str
    external_id: Callable[[bytes], str]
    parse: Callable[[bytes, str], Inbound]
    decide: Callable[[Work], Verdict]
    settled: Callable[[Work, Verdict], None] | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a message; ``duplicate`` where it was decided before.

    ``outcome`` is empty only while the database refuses to decide it.
    """

    raw_message: RawMessage
    inbound: Inbound
    duplicate: bool
    message: Message | None = None

    @property
    def outcome(self) -> str:
        return self.raw_message.outcome

    @property
    def reason(self) -> str:
        return self.raw_message.reason

    @property
    def complaint(self) -> Complaint | None:
        return self.raw_message.complaint

    def is_known_since(self, moment: datetime) -> bool:
        """Whether it was decided before, and its bytes first came by then."""
        first = self.raw_message.stored_at
        return self.duplicate and first is not None and first <= moment


def take_in(
    raw: bytes,
    *,
    provider: str,
    account: str,
    received_at: datetime | None = None,
    external_id: str = "",
) -> Taken:
    """Store a provider's message and decide it, once however often it comes.

    received_at: the provider's own time of receipt, where it is to be trusted.
    external_id: the provider's key; by default the channel reckons it.
    Raises only what the database raises before the bytes are stored.
    """
    way = way_of(provider)
    row = _stored(raw, way, account, received_at, external_id)
    inbound = _parsed(raw, way, account)
    work = Work(row, inbound, timezone.now())
    decided = False if row.outcome else _settle(work, way)
    if not (decided and row.outcome):
        _read_again(row)
    return Taken(row, inbound, not decided, work.message or _message_of(row))


def _message_of(row: RawMessage) -> Message | None:
    if row.outcome != Intake.APPENDED:
        return None
    return Message.objects.filter(raw=row).first()


def resume_undecided(*, now: datetime | None = None) -> list[RawMessage]:
    """Decide what a killed process left behind; what fails too often is held."""
    moment = now or timezone.now()
    left = RawMessage.objects.filter(outcome="").defer("raw").order_by("pk")
    mine = [row for row in left if _taken_up(row, moment)]
    for row in mine:
        _read_again(row)
        if row.tries > MOST_TRIES:
            _hold_poison(row)
        else:
            way = way_of(row.provider)
            inbound = _parsed(bytes(row.raw), way, row.account)
            _settle(Work(row, inbound, timezone.now()), way)
        _read_again(row)
    return mine


def _read_again(row: RawMessage) -> None:
    """What was written on the row; its bytes never change and may be many."""
    names = [field.name for field in RawMessage._meta.fields if field.name != "raw"]
    row.refresh_from_db(fields=names)


def _taken_up(row: RawMessage, now: datetime) -> bool:
    """Claim one more try. While undecided, ``decided_at`` is when one last began."""
    began = row.decided_at
    if began is not None and began > now - GRACE:
        return False
    claim = RawMessage.objects.filter(pk=row.pk, outcome="", decided_at=began)
    return bool(claim.update(tries=models.F("tries") + 1, decided_at=now))


# Storing ------------------------------------------------------------------------------


def _stored(
    raw: bytes, way: Way, account: str, received_at: datetime | None, key: str
) -> RawMessage:
    """The row of these bytes, made now or known before."""
    now = timezone.now()
    key = key or _key(raw, way)
    names = {"provider": way.provider, "account": account, "external_id": key}
    row = RawMessage(
        **names,
        raw=raw,
        raw_sha256=hashlib.sha256(raw).hexdigest(),
        received_at=min(received_at or now, now),
        stored_at=now,
        decided_at=now,
    )
    if _is_new(row):
        return row
    return RawMessage.objects.defer("raw").get(**names)


def _is_new(row: RawMessage) -> bool:
    """Save it unless it is there: one statement, and so a transaction of its own."""
    fields = [each for each in row._meta.concrete_fields if not each.primary_key]
    values = [
        each.get_db_prep_save(getattr(row, each.attname), connection) for each in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(_insertion(), values)
        made = cursor.fetchone()
    if made:
        row.pk, row._state.adding, row._state.db = made[0], False, connection.alias
    return bool(made)


@cache
def _insertion() -> str:
    meta = RawMessage._meta
    names = [str(each.column) for each in meta.concrete_fields if not each.primary_key]
    return (
        f"INSERT INTO {meta.db_table} ({', '.join(names)})"  # noqa: S608
        f" VALUES ({', '.join(['%s'] * len(names))}) ON CONFLICT DO NOTHING"
        " RETURNING id"
    )


def _key(raw: bytes, way: Way) -> str:
    try:
        return way.external_id(raw)
    except Exception:
        logger.exception("A message of %s has no key.", way.provider)
        return hashlib.sha256(raw).hexdigest()


# Deciding -----------------------------------------------------------------------------


def _parsed(raw: bytes, way: Way, account: str) -> Inbound:
    try:
        return way.parse(raw, account)
    except Exception:
        # No parser of ours raises; should one, the bytes wait for a person.
        logger.exception("A message of %s could not be parsed.", way.provider)
        return unreadable(raw, provider=way.provider, account=account)


def _settle(work: Work, way: Way) -> bool:
    """Decide the row, at the third failure by holding it; False: somebody else did."""
    row = work.raw
    for _try in range(MOST_TRIES):
        try:
            return _decide(work, way)
        except Exception:
            # One message must never stop the next; its bytes are safe.
            logger.exception("Message %s could not be decided.", row.pk)
            if _failed(row) >= MOST_TRIES:
                break
    return _hold_poison(row)


def _failed(row: RawMessage) -> int:
    mine = RawMessage.objects.filter(pk=row.pk)
    mine.update(tries=models.F("tries") + 1)
    return int(mine.values_list("tries", flat=True).get())


def _decide(work: Work, way: Way) -> bool:
    work.now = timezone.now()
    try:
        return _write(work, way.decide)
    except RecourseError as error:
        refused = _refused(work, error)
    except BaseException:
        work.forget_files()
        raise
    return _write(work, lambda _work: refused)


def _write(work: Work, decide: Callable[[Work], Verdict]) -> bool:
    """Claim the row and keep what is decided of it; False: somebody else did."""
    with transaction.atomic():
        if not claim(work.raw, source=""):
            return False
        verdict = decide(work)
        written = keep(work, verdict)
    work.message = verdict.message
    for name, value in written.items():
        setattr(work.raw, name, value)
    return True


def claim(row: RawMessage, *, source: str) -> bool:
    """Take hold of the row while its outcome is ``source``; in a transaction.

    Of many at once one gets it; the others wait for its transaction and are told no,
    since ``keep`` follows in it. SQLite has one writer at a time anyway.
    """
    locked = " FOR UPDATE" if connection.features.has_select_for_update else ""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM complaints_rawmessage"  # noqa: S608
            f" WHERE id = %s AND outcome = %s{locked}",
            [row.pk, str(source)],
        )
        return cursor.fetchone() is not None


def _refused(work: Work, error: RecourseError) -> Verdict:
    """What the case refuses to take is held for a person."""
    work.forget_files()
    code = error.reason if isinstance(error, InvalidInput) else error.code
    logger.warning("Message %s was refused: %s", work.raw.pk, error)
    return held(reason_of(code), refused=code)


def keep(work: Work, verdict: Verdict, **columns: Any) -> dict[str, Any]:
    """Write the verdict on the claimed row; the columns that were written.

    The bytes of a mail that held the key to a wallet go once it is decided; their
    hash stays. While a person still has to decide, nothing else holds the message.
    """
    inbound = work.inbound
    said = {inbound.subject, inbound.text, inbound.full_text}
    secret = any(holds_mask(mask(text)) for text in said)
    emptied = secret and verdict.outcome != Intake.HELD
    known = {
        **({"secret_removed": True} if emptied else {}),
        **inbound.authentication,
        **({"automatic": inbound.automatic} if inbound.automatic else {}),
        # What our answers name; the bytes may be gone by then.
        **({"message_id": inbound.message_id} if inbound.message_id else {}),
        **({"problems": list(inbound.problems)} if inbound.problems else {}),
        **verdict.facts,
    }
    changes: dict[str, Any] = {
        "outcome": verdict.outcome,
        "reason": verdict.reason,
        "complaint": verdict.complaint,
        "sender": one_line(inbound.sender.address or inbound.sender.handle, 254),
        "subject": _title(inbound),
        "verdicts": known,
        "received_at": work.received_at,
        "decided_at": work.now,
        **({"raw": b""} if emptied else {}),
    }
    _change(work.raw.pk, changes | columns)
    settled = way_of(work.raw.provider).settled
    if verdict.complaint is not None and settled is not None:
        settled(work, verdict)
    return changes | columns


def _title(inbound: Inbound) -> str:
    """The subject, or the first words of what has none, such as a post. Masked before
    it is cut: half of a secret is not known for one."""
    return one_line(mask(inbound.subject or inbound.text[:TITLED_BY]), 255)


def _change(pk: int, changes: Mapping[str, Any]) -> None:
    """Update the row; the same columns for each message, so nothing is compiled."""
    fields: dict[str, Any] = {name: _column(name) for name in changes}
    values = [
        fields[name].get_db_prep_save(getattr(value, "pk", value), connection)
        for name, value in changes.items()
    ]
    names = ", ".join(f"{each.column} = %s" for each in fields.values())
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE complaints_rawmessage SET {names} WHERE id = %s",  # noqa: S608
            [*values, pk],
        )


def _column(name: str) -> Any:
    return RawMessage._meta.get_field(name)


def _hold_poison(row: RawMessage) -> bool:
    """Set the row aside with what is known of it, which may be nothing."""
    changes = {"outcome": Intake.HELD, "reason": Reason.POISON}
    mine = RawMessage.objects.filter(pk=row.pk, outcome="")
    return bool(mine.update(**changes, decided_at=timezone.now()))


def channel_actor(provider: str) -> Any:
    """The system actor that stands for a channel."""
    return system_actor(f"channel:{provider}")
