"""What a customer did lately at the exchange, to be picked instead of typed.

Off without a word, and quickly, where the exchange does not answer: whoever files has
enough trouble already.
"""

import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.utils import timezone

from complaints import exchange
from complaints.chains import network_of
from complaints.states import RecordKind

if TYPE_CHECKING:
    from teams.models import User

BACK = timedelta(days=30)
MOST = 5
SECONDS = 1.2
"""Of waiting in all, before the page comes without."""

KEPT, SILENT = 300, 60
"""Seconds for which an answer, and a silence, is remembered."""

ASKED = (RecordKind.WITHDRAWALS, RecordKind.DEPOSITS, RecordKind.TRADES)


@dataclass(frozen=True)
class Recent:
    """One transaction; ``mark`` tells it from the others, ``number`` is its own."""

    kind: str
    at: datetime
    number: str
    amount: str
    asset: str
    network: str = ""
    txid: str = ""
    address: str = ""

    @property
    def mark(self) -> str:
        return f"{self.kind}:{self.number}"


def recent_of(user: "User | None") -> list[Recent]:
    """Newest first; nothing for somebody without an account at the exchange."""
    account = user.account_id if user is not None else ""
    if not account or not exchange.is_set_up():
        return []
    key = f"recent:{account}"
    known: list[dict[str, Any]] | None = cache.get(key)
    if known is None:
        known = _asked(account)
        cache.set(key, known or [], KEPT if known is not None else SILENT)
    return [Recent(**row) for row in known or []]


def _asked(account: str) -> list[dict[str, Any]] | None:
    end, until = time.monotonic() + SECONDS, timezone.now().date()
    found: list[Recent] = []
    for kind in ASKED:
        left = max(end - time.monotonic(), 0.05)
        try:
            answer = exchange.ask(
                account, kind, since=until - BACK, until=until, seconds=left
            )
        except exchange.ExchangeDown:
            return None
        found += filter(None, (_read(kind, row) for row in answer.rows[:MOST]))
    found.sort(key=lambda one: one.at, reverse=True)
    return [asdict(one) for one in found[:MOST]]


def _read(kind: str, row: dict[str, str]) -> Recent | None:
    """A row that lacks what it takes to know it again is left out."""
    try:
        at = datetime.fromisoformat(row.get("at", ""))
    except ValueError:
        return None
    if at.tzinfo is None or not row.get("id") or len(row["id"]) > 64:
        return None
    network = network_of(row.get("network", ""))
    return Recent(
        kind=str(kind),
        at=at.astimezone(UTC),
        number=row["id"],
        amount=row.get("amount", ""),
        asset=(row.get("asset") or row.get("pair", "").partition("/")[0])[:16],
        network=network.name if network else "",
        txid=row.get("txid", ""),
        address=row.get("address", ""),
    )
