"""Orders to the exchange's ledger: given with the move, carried out after it, once.

The row stands in the transaction that started the remedy. A worker claims it by a
conditional update under a lease, notes that it is about to speak, speaks, and writes
the answer down together with the move of the remedy. Wherever it is killed, another
takes over when the lease has run out: it asks the ledger by the key before it tells it
again, and the ledger carries out one order a key. So nothing is paid twice, and
nothing that was paid stays unpaid here.
"""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from complaints import ledger, notifications, payouts
from complaints.models import Instruction, Remedy
from complaints.permissions import Viewer
from complaints.registry import Done
from complaints.remedy_guards import receiver_of
from complaints.states import OrderKind, OrderState
from complaints.workflow import perform
from config.celery import wake
from teams.system import system_actor

logger = logging.getLogger(__name__)

TASK = "complaints.tasks.carry_out"
LEASE = timedelta(minutes=2)
BEGIN_WITHIN = timedelta(seconds=60)
"""The ledger begins no order later: whoever fell asleep cannot pay after the next."""

WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
TOLD_AFTER = 6
"""Attempts in vain, about half an hour, before executors hear of it."""

AGAIN = (OrderState.REFUSED, OrderState.REPLACED)
"""From which a payment can be ordered once more, under the key it has."""


# Giving -------------------------------------------------------------------------------


def order_payment(remedy: Remedy, *, by: Viewer, now: datetime) -> None:
    """Owe the ledger the payment of a remedy that was just started."""
    fresh = {
        "state": OrderState.WAITING,
        "to": receiver_of(remedy),
        "due_at": now,
        "answer": "",
    }
    row, made = Instruction.objects.get_or_create(
        remedy=remedy,
        what=OrderKind.PAY,
        defaults={
            "key": remedy.payout.idempotency_key,
            "ordered_by": by.user,
            "ordered_at": now,
            **fresh,
        },
    )
    if not made:
        again = Instruction.objects.filter(pk=row.pk, state__in=AGAIN)
        again.update(**fresh, attempts=0, leased_until=None, finished_at=None)
    ring()


def replace_by_hand(remedy: Remedy, *, now: datetime) -> None:
    """What the ledger refused is a person's now; it is not told again."""
    refused = remedy.instructions.filter(what=OrderKind.PAY, state__in=AGAIN)
    refused.update(state=OrderState.REPLACED, finished_at=now)


def ring() -> None:
    """Wake a worker once this is committed; Beat would see to it as well."""
    transaction.on_commit(partial(wake, TASK))


# Carrying out -------------------------------------------------------------------------


def send_due(*, limit: int = 50, now: datetime | None = None) -> int:
    """Tell the ledger what is owed; how many orders it carried out or refused.

    Never call it inside a transaction: the ledger may take seconds to answer. Where it
    gives no answer the rest waits for another turn, and so does not hold the worker.
    """
    ended = 0
    for row in _claim_due(limit, now):
        if not _carry_out(row, now):
            break
        ended += 1
    return ended


def _claim_due(limit: int, now: datetime | None) -> Iterator[Instruction]:
    """Rows that are due, the oldest first, each claimed as it is asked for."""
    due = Instruction.objects.filter(_free(now or timezone.now()))
    for pk in list(due.order_by("due_at", "pk").values_list("pk", flat=True)[:limit]):
        moment = now or timezone.now()
        mine = Instruction.objects.filter(_free(moment), pk=pk).update(
            leased_until=moment + LEASE, attempts=F("attempts") + 1
        )
        if mine:
            rows = Instruction.objects.select_related("remedy__complaint__customer")
            yield rows.get(pk=pk)


def _free(now: datetime) -> Q:
    unleased = Q(leased_until=None) | Q(leased_until__lte=now)
    return Q(state=OrderState.WAITING, due_at__lte=now) & unleased


def _mine(row: Instruction) -> "QuerySet[Instruction]":
    """The row as long as this claim of it stands."""
    return Instruction.objects.filter(
        pk=row.pk, state=OrderState.WAITING, attempts=row.attempts
    )


def _carry_out(row: Instruction, now: datetime | None) -> bool:
    """Whether the order came to its end; whatever happened, it is put off if not."""
    try:
        return _attempt(row, now)
    except payouts.Unsent as error:
        _put_off(row, str(error), now or timezone.now(), unsure=False)
    except payouts.Unknown as error:
        _put_off(row, str(error), now or timezone.now(), unsure=True)
    except Exception as error:  # perhaps done there, and for certain not written here
        logger.exception("Order %s failed.", row.key)
        _put_off(row, type(error).__name__, now or timezone.now(), unsure=True)
    return False


def _attempt(row: Instruction, now: datetime | None) -> bool:
    try:
        receipt = _receipt(row, now or timezone.now())
    except payouts.Refused as refused:
        return _refused(row, str(refused), now or timezone.now())
    return receipt is not None and _done(row, receipt, now or timezone.now())


def _receipt(row: Instruction, now: datetime) -> payouts.Receipt | None:
    """Ask first where an earlier attempt may have got through; None: lost the claim."""
    order = order_of(row)
    if row.unsure:
        known = payouts.ask(order)
        if known is not None:
            return known
    # Written before a word is said: killed in between, the next one asks first.
    if not _mine(row).update(unsure=True):
        return None
    return payouts.give(order, until=now + BEGIN_WITHIN)


def order_of(row: Instruction) -> payouts.Order:
    """The words in which the ledger is told."""
    remedy, back = row.remedy, row.what == OrderKind.TAKE_BACK
    return payouts.Order(
        key=row.key,
        kind=row.what,
        to=row.to,
        asset=remedy.asset,
        amount=remedy.plain_amount,
        reference=remedy.complaint.reference,
        of=remedy.payout.idempotency_key if back else "",
    )


# What came of it ----------------------------------------------------------------------


def _put_off(row: Instruction, answer: str, now: datetime, *, unsure: bool) -> None:
    """Try again later, each time after a longer while; it never gives money up."""
    wait = min(WAIT * 2 ** min(row.attempts - 1, 12), LONGEST_WAIT)
    with transaction.atomic():
        ledger.lock(row.remedy.stream)
        kept = _mine(row).update(
            due_at=now + wait, leased_until=None, unsure=unsure, answer=answer[:300]
        )
        if kept and row.attempts == TOLD_AFTER:
            note(row.remedy, "order_silent", Viewer(user=system_actor()), now)


@transaction.atomic
def _done(row: Instruction, receipt: payouts.Receipt, now: datetime) -> bool:
    """The row and the move of the remedy, both or neither."""
    ledger.lock(row.remedy.stream)
    if not _mine(row).update(**_ended(OrderState.DONE, now), proof=receipt.number):
        return False
    fields: dict[str, Any] = {"proof": receipt.number}
    move = "complete"
    if row.what == OrderKind.TAKE_BACK:
        move, fields["reason"] = "reverse", row.reason
    perform(row.remedy, move, actor=system_actor(), now=now, **fields)
    return True


@transaction.atomic
def _refused(row: Instruction, reason: str, now: datetime) -> bool:
    """Not done and not to be done; a payment failed, what was paid stays paid."""
    ledger.lock(row.remedy.stream)
    if not _mine(row).update(
        **_ended(OrderState.REFUSED, now), unsure=False, answer=reason
    ):
        return False
    if row.what == OrderKind.PAY:
        actor, words = system_actor(), reason or gettext("The ledger gave no reason.")
        perform(row.remedy, "fail", actor=actor, now=now, reason=words)
    else:
        viewer = Viewer(user=system_actor())
        note(row.remedy, "take_back_refused", viewer, now, reason=reason)
    return True


def _ended(state: OrderState, now: datetime) -> dict[str, object]:
    return {"state": state, "finished_at": now, "leased_until": None}


def note(
    remedy: Remedy, what: str, viewer: Viewer, now: datetime, **texts: str
) -> None:
    """Put what happened without a move on the ledger, and announce it.

    In a transaction; what was read of the remedy before it stays as it was.
    """
    entry = ledger.Entry(
        what, viewer, now, texts=texts, object_type="remedy", object_id=remedy.pk
    )
    event = ledger.append(remedy.stream, entry)
    notifications.announce(Done.of_event(remedy, event, viewer))
