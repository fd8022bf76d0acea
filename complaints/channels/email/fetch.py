"""Mail from our mailboxes: stored first, then marked, so that a kill loses none.

A mail that was stored and not marked comes again and is known by its key. A mailbox
that does not answer is noted for the hold page and the metrics and stops no other.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from imaplib import IMAP4

from django.db import DatabaseError, close_old_connections

from complaints.channels.email import mailbox_state
from complaints.channels.email.inbound import receive
from complaints.channels.email.mailbox import FAILURES, Place, Session, opened, places
from complaints.channels.safetext import one_line

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
    the server named and did not hand over; left: mails for the next round.
    """

    name: str
    taken: int = 0
    known: int = 0
    refused: int = 0
    left: int = 0
    error: str = ""


def fetch_all() -> list[Round]:
    """One round through every mailbox that is configured."""
    return [fetch(place) for place in places()]


def fetch(place: Place) -> Round:
    """One round through a mailbox. Raises nothing; ``error`` says what went wrong."""
    result = Round(place.name)
    try:
        with opened(place) as session:
            _take(session, result)
    except TROUBLE as error:
        _failed(result, error)
    mailbox_state.note(result)
    return result


def _take(session: Session, result: Round) -> None:
    uids = session.new()
    result.left = max(0, len(uids) - BATCH)
    for uid in uids[:BATCH]:
        _take_one(session, uid, result)


def _take_one(session: Session, uid: str, result: Round) -> None:
    """Store, then mark. What the server keeps to itself must not stop the next."""
    try:
        mail = session.fetch(uid)
    except IMAP4.abort:
        raise
    except IMAP4.error as error:
        logger.warning("%s: mail %s is not handed over: %s", result.name, uid, error)
        result.refused += 1
        return
    if mail is None:
        return
    taken = receive(mail.raw, received_at=mail.received_at)
    session.finish(uid)
    result.taken += not taken.duplicate
    result.known += taken.duplicate


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
                _take(session, result)
                mailbox_state.note(result)
                went_well = True
                if not result.left:
                    _wait(session, stop)
    except TROUBLE as error:
        _failed(result, error)
        mailbox_state.note(result)
    return went_well


def _wait(session: Session, stop: threading.Event) -> None:
    """Until there is news or it is time to look, or until ``stop``."""
    if session.can_idle:
        session.idle(IDLE_SECONDS, stop)
    else:
        stop.wait(POLL_SECONDS)
        session.box.client.noop()
