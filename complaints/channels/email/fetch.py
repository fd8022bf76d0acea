"""Mail from our mailboxes: stored first, then marked, so that a kill loses none.

A mail that was stored and not marked comes again and is known by its key. One worker
fetches from a mailbox at a time. A mailbox that does not answer is noted for the hold
page and the metrics and stops no other.
"""

from __future__ import annotations

import logging
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from imaplib import IMAP4

from django.db import DatabaseError, close_old_connections

from complaints.channels.email import mailbox_state
from complaints.channels.email.inbound import receive
from complaints.channels.email.mailbox import FAILURES, Place, Session, opened, places
from complaints.channels.safetext import one_line
from complaints.models import Mailbox

logger = logging.getLogger(__name__)

TROUBLE: tuple[type[Exception], ...] = (*FAILURES, DatabaseError)

BATCH = 200
"""Mails of one mailbox a round, so that none keeps the others waiting."""

POLL_SECONDS = 60.0
IDLE_SECONDS = 9 * 60.0
"""Servers and routers drop a line that is silent for half an hour, some for ten
minutes (RFC 2177)."""

FIRST_WAIT, LONGEST_WAIT = 5.0, 300.0


@dataclass(slots=True)
class Round:
    """What one look into a mailbox brought.

    taken: mails stored now; known: mails that were stored before; refused: mails that
    the server named and did not hand over; left: mails for the next round, the oldest
    of which came at ``waits_since``; busy: somebody else is at it.
    """

    name: str
    taken: int = 0
    known: int = 0
    refused: int = 0
    left: int = 0
    waits_since: datetime | None = None
    busy: bool = False
    error: str = ""


def fetch_all() -> list[Round]:
    """One round through every mailbox that is configured."""
    return [fetch(place) for place in places()]


def fetch(place: Place) -> Round:
    """One round through a mailbox. Raises nothing; ``error`` says what went wrong."""
    result = Round(place.name)
    try:
        with mailbox_state.held(place.name) as row:
            if row is None:
                result.busy = True
                return result
            with opened(place) as session:
                _take(session, row, result)
    except TROUBLE as error:
        _failed(result, error)
    _note(result)
    return result


def _note(result: Round) -> None:
    with suppress(DatabaseError):  # then nobody can be told
        mailbox_state.note(result)


def _take(session: Session, row: Mailbox, result: Round) -> None:
    mailbox_state.begin(row, session.uidvalidity)
    uids = session.new(row.last_uid, row.again)
    now, later = uids[:BATCH], uids[BATCH:]
    result.left = len(later)
    result.waits_since = session.came(later[0]) if later else None
    for uid in now:
        if _take_one(session, uid, result):
            mailbox_state.took(row, int(uid))
        elif session.counts:
            mailbox_state.refused(row, int(uid))


def _take_one(session: Session, uid: str, result: Round) -> bool:
    """Store, then mark. False: the server keeps it to itself, which must not stop the
    next."""
    try:
        mail = session.fetch(uid)
    except IMAP4.abort:
        raise
    except IMAP4.error as error:
        logger.warning("%s: mail %s is not handed over: %s", result.name, uid, error)
        result.refused += 1
        return False
    if mail is None:
        return True
    taken = receive(mail.raw, received_at=mail.received_at)
    session.finish(uid)
    result.taken += not taken.duplicate
    result.known += taken.duplicate
    return True


def _failed(result: Round, error: Exception) -> None:
    result.error = one_line(f"{type(error).__name__}: {error}", 200)
    logger.warning("%s: %s", result.name, result.error)


# Waiting for news ---------------------------------------------------------------------


def watch(place: Place, stop: threading.Event) -> None:
    """Take mail as it comes until ``stop``; tries again ever more slowly while down."""
    wait = FIRST_WAIT
    while not stop.is_set():
        if _stay(place, stop):
            wait = FIRST_WAIT
        stop.wait(wait)
        wait = min(wait * 2, LONGEST_WAIT)


def _stay(place: Place, stop: threading.Event) -> bool:
    """Be signed in as long as it goes well; whether it went well at first."""
    result, went_well = Round(place.name), False
    try:
        with opened(place) as session:
            while not stop.is_set():
                close_old_connections()
                result = Round(place.name)
                with mailbox_state.held(place.name) as row:
                    if row is not None:
                        _take(session, row, result)
                        mailbox_state.note(result)
                went_well = True
                if not result.left:
                    _wait(session, stop)
    except TROUBLE as error:
        _failed(result, error)
        _note(result)
    return went_well


def _wait(session: Session, stop: threading.Event) -> None:
    """Until there is news or it is time to look, or until ``stop``."""
    if session.can_idle:
        session.idle(IDLE_SECONDS, stop)
    else:
        stop.wait(POLL_SECONDS)
        session.box.client.noop()
