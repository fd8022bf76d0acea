"""The transaction a customer picks: offered above the fields, and put into them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from complaints.services.recent import Recent, recent_of
from complaints.states import RecordKind
from complaints.templatetags.look import amount, written

if TYPE_CHECKING:
    from teams.models import User

PAGE, FIELD = "transaction", "recent"
Fields = Mapping[str, str]


@dataclass(frozen=True)
class Offer:
    """A row to choose: its value, what it says, and whether it is chosen."""

    mark: str
    words: str
    aside: str
    note: str
    chosen: bool


def offers(user: "User | None", page: str, given: Fields) -> list[Offer]:
    """What can be picked on the page; nothing where the exchange is silent.

    ``given`` are the fields as they stand, by which one that was picked is known.
    """
    if page != PAGE:
        return []
    rows = recent_of(user)
    named = _lines(given, "transactions") + _lines(given, "orders")
    return [_offer(row, _number(row)[1] in named) for row in rows]


def _offer(row: Recent, chosen: bool) -> Offer:
    words = {
        RecordKind.WITHDRAWALS: _("Withdrawal"),
        RecordKind.DEPOSITS: _("Deposit"),
        RecordKind.TRADES: _("Trade"),
    }[RecordKind(row.kind)]
    where = " · ".join(filter(None, (str(written(row.at)), row.network)))
    sum_ = f"{amount(row.amount)} {row.asset}"
    return Offer(row.mark, words, sum_, where, chosen)


def put_in(user: "User | None", mark: str, given: Fields) -> dict[str, str]:
    """The fields with what is known of the pick; as they were without one.

    What was picked before gives way; what was typed stays, but for the amount.
    """
    rows = recent_of(user) if mark else []
    picked = next((row for row in rows if row.mark == mark), None)
    if picked is None:
        return dict(given)
    fields = dict(given)
    for row in rows:
        _take_out(fields, *_number(row))
        _take_out(fields, "wallets", row.address)
    _add(fields, *_number(picked))
    _add(fields, "wallets", picked.address)
    known = {
        "amount": picked.amount,
        "asset": picked.asset,
        "network": picked.network,
    }
    return fields | known


def _number(row: Recent) -> tuple[str, str]:
    """The field that it belongs into, and what is written there."""
    if row.kind == RecordKind.TRADES:
        return "orders", row.number
    return "transactions", row.txid or row.number


def _lines(fields: Fields, name: str) -> list[str]:
    return [line.strip() for line in fields.get(name, "").splitlines() if line.strip()]


def _take_out(fields: dict[str, str], name: str, line: str) -> None:
    fields[name] = "\n".join(kept for kept in _lines(fields, name) if kept != line)


def _add(fields: dict[str, str], name: str, line: str) -> None:
    if line:
        fields[name] = "\n".join([*_lines(fields, name), line])
