"""Records of the exchange's own systems as sealed evidence: fetched, kept, read."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from complaints import exchange
from complaints.errors import IllegalMove, InvalidInput, NotPermitted, NotVisible
from complaints.models import Complaint, Evidence
from complaints.permissions import Viewer, as_viewer, is_open
from complaints.services.evidence import Upload, add_evidence, open_whole
from complaints.services.previews import record_look
from complaints.states import EvidenceKind, RecordKind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from teams.models import User

LONGEST = timedelta(days=366)
SOURCE = "exchange"
KINDS = {
    RecordKind.WITHDRAWALS: EvidenceKind.TRANSACTION,
    RecordKind.DEPOSITS: EvidenceKind.TRANSACTION,
    RecordKind.TRADES: EvidenceKind.TRANSACTION,
    RecordKind.LOGINS: EvidenceKind.ACCOUNT,
    RecordKind.LOGS: EvidenceKind.SYSTEM_LOG,
}
HEADINGS: "dict[str, str | _StrPromise]" = {
    "at": _("Time (UTC)"),
    "id": _("Record number"),
    "amount": _("Amount"),
    "asset": _("Asset"),
    "network": _("Network"),
    "address": _("To address"),
    "txid": _("Transaction ID"),
    "status": _("State"),
    "pair": _("Pair"),
    "side": _("Side"),
    "price": _("Price"),
    "fee": _("Fee"),
    "ip": _("IP address"),
    "country": _("Country"),
    "device": _("Device"),
    "result": _("Result"),
    "system": _("System"),
    "level": _("Level"),
    "message": _("Message"),
}


@dataclass(frozen=True)
class Table:
    """What stands in fetched records: headings, and a cell for each in every row."""

    headings: "list[str | _StrPromise]"
    rows: list[list[str]]


def account_of(complaint: Complaint) -> str:
    """The customer's account as the exchange itself confirmed it, or nothing."""
    user = complaint.customer.user
    return user.account_id if user is not None else ""


def may_fetch(complaint: Complaint, viewer: Viewer) -> bool:
    """Staff at work on an open case whose customer has an account; not on their own."""
    own = complaint.customer_id in viewer.parties
    known = exchange.is_set_up() and bool(account_of(complaint))
    return viewer.is_staff and not own and known and is_open(complaint)


def fetch_records(
    *,
    complaint: Complaint,
    kind: str,
    since: date,
    until: date,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> Evidence:
    """Ask the exchange and seal its answer as it came, hidden from the customer until
    somebody shares it. Never call it inside a transaction: the call takes seconds.

    Raises ``NotVisible``, ``NotPermitted``, ``InvalidInput``, or ``IllegalMove`` where
    the exchange does not answer; then nothing is stored.
    """
    viewer = as_viewer(actor)
    if not Complaint.objects.visible_to(viewer).filter(pk=complaint.pk).exists():
        raise NotVisible
    if not may_fetch(complaint, viewer):
        raise NotPermitted
    raw = _told(account_of(complaint), kind, since, until)
    return add_evidence(
        complaint=complaint,
        upload=Upload(f"{kind} {since} {until}.json", raw),
        actor=viewer,
        kind=KINDS[RecordKind(kind)],
        source=SOURCE,
        records=kind,
        shared=False,
        # Kept whatever a device or an address calls itself; it is never a page.
        unchecked_type=True,
        now=now,
    )


def _told(account: str, kind: str, since: date, until: date) -> bytes:
    """The answer of the exchange, byte for byte."""
    if not since <= until <= since + LONGEST:
        words = _("Choose a period of at most a year that ends after it starts.")
        raise InvalidInput(words, field="until", code="period")
    try:
        return exchange.ask(account, kind, since=since, until=until).raw
    except exchange.ExchangeDown:
        words = _("The exchange does not answer now. Nothing was stored; try again.")
        raise IllegalMove(words) from None


def table_of(
    evidence: Evidence, actor: "User | Viewer", *, now: datetime
) -> Table | None:
    """Fetched records as a table, None for any other file or one that is held. The
    look is on the ledger of reads."""
    viewer = as_viewer(actor)
    if not evidence.records or not evidence.may_open:
        return None
    if not Evidence.objects.visible_to(viewer).filter(pk=evidence.pk).exists():
        raise NotVisible
    with open_whole(evidence) as file:
        raw = file.read()
    try:
        rows = exchange.rows_of(raw)
    except exchange.ExchangeDown:
        return None
    record_look(evidence, viewer, now)
    columns = exchange.COLUMNS[evidence.records]
    cells = [[_cell(row, column) for column in columns] for row in rows]
    return Table([HEADINGS[column] for column in columns], cells)


def _cell(row: dict[str, str], column: str) -> str:
    """As it was told; a moment as one reads it, in UTC."""
    told = row.get(column, "")
    if column != "at":
        return told
    try:
        at = datetime.fromisoformat(told)
    except ValueError:
        return told
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}" if at.tzinfo else told
