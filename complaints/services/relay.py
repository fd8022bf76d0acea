"""Delivers what is due: at least once each, and seen once.

A row is claimed by a conditional update, so two relays never send one notice twice,
and the lease of a relay that was killed runs out. Between the server's "250 OK" and
our "sent" one repeat stays possible; it carries the same Message-ID, so that the
reader's program shows one.
"""

import logging
import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from complaints import ledger, registry, timing
from complaints.errors import IllegalMove, NotPermitted, NotVisible
from complaints.models import Complaint, Event, Outbox, OutboxStatus, Stream
from complaints.outbox import (
    FILE,
    ChannelDown,
    Deferred,
    Undeliverable,
    wake_after_commit,
)
from complaints.permissions import Viewer, as_staff, as_viewer, viewer_of
from complaints.states import LetterKind, Step
from teams.roles import Perm
from teams.system import system_actor

if TYPE_CHECKING:
    from teams.models import User

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)
"""Longer than one delivery can take: each of its few waits ends after 20 s."""

HOLDS_A_KEY = frozenset({"account", "subscribe"})
"""Notices with a key in them, to an account or a subscription: their words are
forgotten once sent."""

MOST_ATTEMPTS = 10
MOST_REFUSALS = 3
"""A refusal for good is tried again a little, since the fault may be our own."""

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
GROWTH = 3
"""1, 3, 9, 27, 81, 243 minutes, then 6 hours: ten attempts outlast a day's outage."""

Clock = Callable[[], datetime]


@dataclass
class RelayResult:
    """How many notices were sent, failed and go on waiting, or were given up."""

    sent: int = 0
    failed: int = 0
    dead: int = 0
    withheld: int = 0
    """Of our own people who may not have it any more."""
    _down: set[str] = field(default_factory=set, repr=False)

    @property
    def touched(self) -> int:
        return self.sent + self.failed + self.dead + self.withheld


def relay_due(
    *,
    now: datetime | None = None,
    limit: int = 100,
    files: bool | None = None,
    seconds: float = math.inf,
) -> RelayResult:
    """Send up to ``limit`` notices that are due, oldest first.

    Never call it inside a transaction: it talks to servers. After a channel turned
    out to be down, the rest of its notices wait for the next call.

    files: whether to fetch what providers keep for us, and nothing else; None: both.
    seconds: after so many no other notice is begun.
    """
    clock: Clock = timezone.now if now is None else lambda: now
    result, end = RelayResult(), monotonic() + seconds
    for pk, channel in _due(clock(), limit, files):
        if monotonic() > end:
            break
        if channel not in result._down and (row := _claim(pk, clock())):
            _deliver(row, clock, result)
    return result


def _due(now: datetime, limit: int, files: bool | None) -> Iterator[tuple[int, str]]:
    rows = Outbox.objects.filter(_free(now)).order_by("due_at", "pk")
    if files is not None:
        is_file = Q(kind=FILE)
        rows = rows.filter(is_file if files else ~is_file)
    yield from rows.values_list("pk", "channel")[:limit]


def _free(now: datetime) -> Q:
    unleased = Q(leased_until__isnull=True) | Q(leased_until__lte=now)
    return Q(status=OutboxStatus.PENDING, due_at__lte=now) & unleased


def _claim(pk: int, now: datetime) -> Outbox | None:
    """The row if it is ours now. Every claim counts as an attempt, killed ones too."""
    mine = Outbox.objects.filter(_free(now), pk=pk).update(
        leased_until=now + LEASE, attempts=F("attempts") + 1
    )
    if not mine:
        return None
    rows = Outbox.objects.select_related("complaint", "letter", "user")
    return rows.get(pk=pk)


def _ours(row: Outbox) -> Q:
    """The row as we claimed it; a later claim has another number of attempts."""
    return Q(pk=row.pk, status=OutboxStatus.PENDING, attempts=row.attempts)


def _deliver(row: Outbox, clock: Clock, result: RelayResult) -> None:
    if row.attempts > MOST_ATTEMPTS:
        _put_off(row, "Every attempt was cut short.", 0, clock(), result)
        return
    if not is_still_theirs(row):
        changes = {"status": OutboxStatus.WITHHELD, "leased_until": None}
        result.withheld += Outbox.objects.filter(_ours(row)).update(**changes)
        return
    try:
        _send(row)
    except Undeliverable as error:
        most = 0 if error.final else MOST_REFUSALS
        _put_off(row, str(error), most, clock(), result)
    except (ChannelDown, Deferred) as error:
        if isinstance(error, ChannelDown):
            result._down.add(row.channel)
        _put_off(row, str(error), MOST_ATTEMPTS, clock(), result)
    except Exception as error:  # whatever it is, the other notices have to go out
        logger.exception("Notice %s failed.", row.pk)
        _put_off(row, type(error).__name__, MOST_ATTEMPTS, clock(), result)
    else:
        result.sent += _keep_sent(row, clock())


def is_still_theirs(row: Outbox) -> bool:
    """Whether whom of our own people a notice was written for may have it now.

    It may have waited for hours: who left meanwhile, or is kept out of the case by a
    barrier, a conflict of interest or another team's having it, learns nothing more.
    """
    user, case = row.user, row.complaint
    if user is None:
        return True
    viewer = as_staff(viewer_of(user))
    if not (user.is_active and viewer.is_staff):
        return False
    if case is None or row.unseen_too:
        return True
    seen = Complaint.objects.visible_to(viewer).filter(pk=case.pk).exists()
    return seen and not case.is_conflicted(user.pk)


def _send(row: Outbox) -> None:
    sender = registry.sender_of(row.channel)
    if sender is None:
        raise Undeliverable(f"Nothing sends on {row.channel}.")
    sender(row)


# What became of it --------------------------------------------------------------------


def wait_after(attempts: int) -> timedelta:
    """How long until the next attempt: growing, with up to a tenth of chance."""
    wait = min(FIRST_WAIT * float(GROWTH ** min(attempts - 1, 9)), LONGEST_WAIT)
    jitter = wait * random.uniform(0, 0.1)  # noqa: S311 - spreads load, hides nothing
    return min(wait + jitter, LONGEST_WAIT)


def _put_off(
    row: Outbox, reason: str, most: int, now: datetime, result: RelayResult
) -> None:
    """Wait for another attempt, or give up after ``most`` of them."""
    dead = row.attempts >= most
    changes = {
        "status": OutboxStatus.DEAD if dead else OutboxStatus.PENDING,
        "due_at": now + wait_after(row.attempts),
        "leased_until": None,
        "error": " ".join(reason.split())[:300],
    }
    if not Outbox.objects.filter(_ours(row)).update(**changes):
        return
    result.dead += dead
    result.failed += not dead
    if dead:
        logger.error("Notice %s could not be sent: %s", row.pk, changes["error"])


@transaction.atomic
def _keep_sent(row: Outbox, now: datetime) -> bool:
    """Mark it sent and say so on the ledger, both or neither."""
    head = ledger.lock(row.complaint.stream) if row.complaint else None
    kept = {} if row.kind not in HOLDS_A_KEY else {"body": ""}
    changed = Outbox.objects.filter(_ours(row)).update(
        status=OutboxStatus.SENT, sent_at=now, leased_until=None, error="", **kept
    )
    if changed and row.complaint and row.letter:
        _record(row, row.complaint, head, now)
    return bool(changed)


def _record(
    row: Outbox, complaint: Complaint, head: Stream | None, now: datetime
) -> None:
    letter, viewer = row.letter, Viewer(user=system_actor())
    if letter is None:
        return
    payload = {"letter": letter.pk, "kind": letter.kind, "sha256": letter.sha256}
    entries = [ledger.Entry("letter_sent", viewer, now, payload)]
    first = letter.kind == LetterKind.RECEIPT and not acknowledged(complaint)
    if first:
        entries.append(ledger.Entry("acknowledged", viewer, now, {"letter": letter.pk}))
    ledger.append_many(complaint.stream, entries, head=head)
    if first:
        timing.stop(complaint, (Step.ACKNOWLEDGE,), now=now)


def acknowledged(complaint: Complaint) -> bool:
    """Whether the receipt reached its customer already, by whichever way."""
    known = Event.objects.filter(stream=complaint.stream, what="acknowledged")
    return known.exists()


# Dead letters -------------------------------------------------------------------------


@transaction.atomic
def resend(*, row: Outbox, actor: "User | Viewer", now: datetime | None = None) -> None:
    """Give a notice that was given up ten more attempts, from now on.

    Raises ``NotPermitted``, ``NotVisible``, or ``IllegalMove`` where it still waits.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    _ask_may_resend(row, viewer)
    dead = Outbox.objects.filter(pk=row.pk, status=OutboxStatus.DEAD)
    changes = {"status": OutboxStatus.PENDING, "attempts": 0, "due_at": moment}
    if not dead.update(**changes, leased_until=None, error=""):
        raise IllegalMove
    row.refresh_from_db()
    entry = ledger.Entry("notice_resent", viewer, moment, {"notice": row.pk})
    desk = ledger.stream_of_day(moment)
    ledger.append(row.complaint.stream if row.complaint else desk, entry)
    wake_after_commit()


def _ask_may_resend(row: Outbox, viewer: Viewer) -> None:
    """Of a case, whoever works here and sees it; of none, who heads the desk."""
    if row.complaint_id is None:
        if not (viewer.is_system or viewer.holds(Perm.HEAD)):
            raise NotPermitted
        return
    if not (viewer.is_staff or viewer.is_system):
        raise NotPermitted
    if not Complaint.objects.visible_to(viewer).filter(pk=row.complaint_id).exists():
        raise NotVisible
