"""How each mailbox fares and how far it was fetched: kept in the database, so that a
restart goes on where it was and two workers never fetch from one mailbox at a time.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import DatabaseError
from django.db.models import Q, QuerySet
from django.utils import timezone

from complaints.channels.email.mailbox import MailboxRefused, places
from complaints.models import Mailbox
from complaints.models.mailbox import NAME_LIMIT

if TYPE_CHECKING:
    from complaints.channels.email.fetch import Round

LEASE = timedelta(minutes=3)
"""How long a mailbox stays with who fetches from it, from one mail to the next; each
wait for the server ends after 20 s."""

MOST_AGAIN = 100
"""Mails that a server may keep to itself before nothing behind them is fetched."""


class LeaseLost(MailboxRefused):
    """Who fetches was silent for so long that somebody else does it now."""


# Who is at it -------------------------------------------------------------------------


@contextmanager
def held(name: str, *, now: datetime | None = None) -> Iterator[Mailbox | None]:
    """The mailbox, nobody else's meanwhile; None while it is somebody else's."""
    row = _claimed(name, now or timezone.now())
    try:
        yield row
    finally:
        # A kill leaves no time for this; then the lease runs out.
        if row is not None:
            with suppress(DatabaseError):
                _mine(row).update(holder="", leased_until=None)


def _claimed(name: str, now: datetime) -> Mailbox | None:
    row, _made = Mailbox.objects.get_or_create(name=name[:NAME_LIMIT])
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    holder = secrets.token_hex(16)
    rows = Mailbox.objects.filter(free, pk=row.pk)
    if not rows.update(holder=holder, leased_until=now + LEASE):
        return None
    row.refresh_from_db()
    return row


def _mine(row: Mailbox) -> QuerySet[Mailbox]:
    return Mailbox.objects.filter(pk=row.pk, holder=row.holder)


# How far it is ------------------------------------------------------------------------


def begin(row: Mailbox, uidvalidity: int) -> None:
    """Under another ``uidvalidity`` all is fetched anew; what is stored is known."""
    if uidvalidity != row.uidvalidity:
        _keep(row, uidvalidity=uidvalidity, last_uid=0, again=[])


def took(row: Mailbox, uid: int) -> None:
    """The mail of that number is stored, or gone. Raises ``LeaseLost``."""
    again = [one for one in row.again if one != uid]
    _keep(row, last_uid=max(row.last_uid, uid), again=again)


def refused(row: Mailbox, uid: int) -> None:
    """It is not handed over: go on behind it, and ask again each round. Raises
    ``MailboxRefused`` where there are too many."""
    again = sorted({*row.again, uid})
    if len(again) > MOST_AGAIN:
        raise MailboxRefused("It hands over too few of its mails.")
    _keep(row, last_uid=max(row.last_uid, uid), again=again)


def _keep(row: Mailbox, **columns: object) -> None:
    until = timezone.now() + LEASE
    if not _mine(row).update(leased_until=until, **columns):
        raise LeaseLost("Somebody else fetches from it now.")
    for name, value in columns.items():
        setattr(row, name, value)


# How it fares -------------------------------------------------------------------------


def note(result: Round, *, now: datetime | None = None) -> None:
    """Keep what a round brought; a failure keeps the time of the last success."""
    columns = {
        "error": result.error,
        "refused": result.refused,
        "left": result.left,
        "waits_since": result.waits_since,
    }
    if not result.error:
        columns["seen_at"] = now or timezone.now()
    Mailbox.objects.update_or_create(name=result.name[:NAME_LIMIT], defaults=columns)


def states() -> list[Mailbox]:
    """Every mailbox that is configured, in its order; one query."""
    names = [place.name[:NAME_LIMIT] for place in places()]
    known = {row.name: row for row in Mailbox.objects.filter(name__in=names)}
    return [known.get(name) or Mailbox(name=name) for name in names]
