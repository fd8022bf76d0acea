"""What stands beside a remedy: how far the ledger has come with it, in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from complaints.models import Instruction, Remedy
from complaints.states import OrderKind, OrderState


@dataclass(frozen=True)
class OrderLine:
    """One line; ``kind`` is ok, soon or late. ``words`` were written by a person or by
    the ledger, ``next_at`` is when it is tried again, ``code`` a booking or a fault."""

    kind: str
    sentence: str
    words: str = ""
    code: str = ""
    next_at: datetime | None = None
    attempts: int = 0


def order_lines(remedy: Remedy) -> list[OrderLine]:
    """One a row, in the order they were given."""
    return [line for row in remedy.instructions.all() for line in _line(row)]


def _line(row: Instruction) -> Iterator[OrderLine]:
    paying = row.what == OrderKind.PAY
    if row.state == OrderState.WAITING:
        yield _waiting(row, paying)
    elif row.state == OrderState.REFUSED:
        words = _("The ledger refused:") if paying else _("It was not taken back:")
        yield OrderLine("late", words, words=row.answer or _("no reason given"))
    elif row.state == OrderState.DONE:
        words = _("Paid by the exchange's ledger.") if paying else _taken_back(row)
        yield OrderLine("ok", words, code="" if paying else row.proof)
    elif row.state == OrderState.REPLACED:
        yield OrderLine("soon", _("A person carries it out instead of the ledger."))
    else:
        yield _asked(row)


def _waiting(row: Instruction, paying: bool) -> OrderLine:
    again: dict[str, Any] = {}
    if row.attempts == 0:
        words = (
            _("On its way to the exchange's ledger.")
            if paying
            else _("Agreed to; on its way to the exchange's ledger.")
        )
    elif row.unsure:
        words = _(
            "Nobody knows yet whether the ledger did it. It is asked before it is told "
            "again, so nothing is done twice."
        )
        again = {"code": row.answer, "next_at": row.due_at, "attempts": row.attempts}
    else:
        words = _("The ledger cannot be reached. Nothing was done so far.")
        again = {"code": row.answer, "next_at": row.due_at, "attempts": row.attempts}
    return OrderLine("late" if again else "soon", words, **again)


def _asked(row: Instruction) -> OrderLine:
    sentence = {
        OrderState.ASKED: _("%(who)s asks to take it back; a second person decides."),
        OrderState.AGREED: _("%(second)s agreed that it is taken back by hand."),
        OrderState.DECLINED: _("%(second)s declined to take it back."),
    }[OrderState(row.state)]
    names = {"who": row.ordered_by, "second": row.answered_by}
    kind = "late" if row.state == OrderState.DECLINED else "soon"
    return OrderLine(kind, sentence % names, words=row.reason)


def _taken_back(row: Instruction) -> str:
    if row.by_hand:
        return _("Taken back by hand.")
    return _("Taken back by the exchange's ledger.")
