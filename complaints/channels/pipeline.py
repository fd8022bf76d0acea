"""From raw bytes to exactly one outcome, for every channel.

The bytes are stored first, in a transaction of their own; a second one claims the
row and opens, appends, holds or drops. A process killed between any two lines leaves
either nothing (the provider delivers again) or a row without outcome, which
``resume_undecided`` takes up. So always: stored = opened + appended + held + dropped
+ undecided.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone

from complaints.channels.decide import MOST_TRIES, hold_poison, parsed, settle
from complaints.channels.known import way_of
from complaints.channels.store import stored
from complaints.channels.work import Taken, Work
from complaints.models import Message, RawMessage
from complaints.states import Intake

GRACE = timedelta(minutes=1)
"""How long a row without outcome is taken to be in somebody's hands."""


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
    row = stored(raw, way, account, received_at, external_id)
    inbound = parsed(raw, way, account)
    work = Work(row, inbound, timezone.now())
    decided = False if row.outcome else settle(work, way)
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
            hold_poison(row)
        else:
            way = way_of(row.provider)
            inbound = parsed(bytes(row.raw), way, row.account)
            settle(Work(row, inbound, timezone.now()), way)
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
