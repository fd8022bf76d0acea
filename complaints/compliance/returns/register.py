"""The register as a file of any size: a line a complaint, oldest first.

Art 71(3) of Regulation (EU) 2023/1114: every complaint and every measure taken. Texts
of people stand in the cases, not here; what stands behind an information barrier is
counted beside the lines and is none of them.
"""

import csv
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, Final
from zipfile import ZIP_DEFLATED, ZipFile

import xlsxwriter
from django.conf import settings
from django.db import connections, transaction
from django.db.models import QuerySet

from complaints import signing
from complaints.compliance.returns.ends import TOGETHER, Counted, stretches, with_ends
from complaints.compliance.returns.period import Period
from complaints.models import Clock, Complaint, Remedy
from complaints.models.amount import digits
from complaints.permissions import Viewer, visible_to
from complaints.spreadsheet import harmless
from complaints.states import Barrier, Step

HEAD = (
    *("reference", "received_at", "recorded_at", "channel", "language", "profile"),
    *("customer", "account_id", "topic", "severity", "subject", "asset", "amount"),
    *("reporting_value", "state", "team", "acknowledged_at", "ended_at", "outcome"),
    *("measures", "redress", "cause", "cause_scope", "closing_reason", "merged_into"),
    "export",
)
"""The last column says in every line which export it is of; see ``mark_of``."""

MOST_OF_A_SHEET = 1_048_575
"""Lines below the head that a sheet holds; the format allows no more."""


MARK: Final = 16
"""Hexadecimal digits of the code in a mark."""


@dataclass(frozen=True)
class Written:
    """What an export says of itself; ``sha256`` is that of the file."""

    period: Period
    cut_off: datetime
    rows: int
    restricted: int
    sha256: str

    @property
    def facts(self) -> dict[str, str | int]:
        return {
            "from": self.period.first.isoformat(),
            "to": self.period.last.isoformat(),
            "cut_off": self.cut_off.isoformat(timespec="seconds"),
            "rows": self.rows,
            "restricted": self.restricted,
            "sha256": self.sha256,
        }


Line = tuple[str, ...]
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Order:
    """For whom an export is made: its number, a name, whose rows it may hold, and who
    is told how many lines are written."""

    number: int
    name: str
    viewer: Viewer
    report: Progress


def write(
    path: Path,
    form: str,
    period: Period,
    cut_off: datetime,
    order: Order | None = None,
) -> Written:
    """One reading of the register into ``path``. Raises ``OSError``.

    What was not finished is taken away; an old file of that name stays until then.
    ``restricted`` counts what is in no line: cases behind a barrier, and those that
    are kept from whoever ordered it.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        with one_moment(settings.READ_DATABASE):
            found = _found(period, cut_off)
            shown = _shown(found, order)
            whole = found.count()
            count = WRITERS[form](part, _lines(shown, order))
        written = Written(period, cut_off, count, whole - count, _sha256(part))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return written


@contextmanager
def one_moment(using: str) -> Iterator[None]:
    """All queries see the register as it was at the first; SQLite holds nobody up."""
    if connections[using].vendor != "postgresql" or connections[using].in_atomic_block:
        yield
        return
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _found(period: Period, cut_off: datetime) -> "QuerySet[Complaint]":
    return (
        Complaint.objects.using(settings.READ_DATABASE)
        .filter(
            received_at__gte=period.since,
            received_at__lt=period.until,
            recorded_at__lte=cut_off,
        )
        .select_related("category", "team", "customer", "merged_into")
        .order_by("received_at", "pk")
    )


def _shown(found: "QuerySet[Complaint]", order: Order | None) -> "QuerySet[Complaint]":
    """Nothing from behind a barrier, also for who was let through one."""
    free = found.filter(barrier=Barrier.NONE)
    if order is None:
        return free
    return free.filter(visible_to(order.viewer, order.viewer.at))


def _lines(found: "QuerySet[Complaint]", order: Order | None) -> Iterator[Line]:
    number, done = order.number if order else 0, 0
    for stretch in stretches(with_ends(found), TOGETHER):
        yield from _stretch(stretch, number)
        done += len(stretch)
        if order:
            order.report(done)


def mark_of(number: int, reference: str) -> str:
    """What stands at the end of a line: the export, and a code of ours over both.

    A line that turns up somewhere names the export and so the person who took it; a
    mark that was made up or moved to another line does not hold.
    """
    if not number:
        return "0"
    said = f"recourse export 1:{number}:{reference}".encode()
    code = hmac.digest(settings.LEDGER_KEY.encode(), said, "sha256").hex()
    return f"{number}-{code[:MARK]}"


def _stretch(stretch: list[Counted], number: int) -> Iterator[Line]:
    keys = [one.case.pk for one in stretch]
    acknowledged = _acknowledged(keys)
    remedies = _remedies(keys)
    for one in stretch:
        key = one.case.pk
        line = _line(one, acknowledged.get(key), remedies.get(key, []))
        yield (*line, mark_of(number, one.case.reference))


def _acknowledged(keys: list[int]) -> dict[int, datetime | None]:
    clocks = Clock.objects.using(settings.READ_DATABASE).filter(
        complaint_id__in=keys, step=Step.ACKNOWLEDGE
    )
    return dict(clocks.values_list("complaint_id", "stopped_at"))


def _remedies(keys: list[int]) -> dict[int, list[Remedy]]:
    found: dict[int, list[Remedy]] = {}
    rows = Remedy.objects.using(settings.READ_DATABASE).filter(complaint_id__in=keys)
    for row in rows.order_by("pk"):
        found.setdefault(row.complaint_id, []).append(row)
    return found


def _line(one: Counted, acknowledged: datetime | None, remedies: list[Remedy]) -> Line:
    case, end = one.case, one.end
    paid = [r.reporting_value for r in remedies if r.state == "executed"]
    redress = sum(filter(None, paid), Decimal(0))
    return (
        *(case.reference, _at(case.received_at), _at(case.recorded_at), case.channel),
        *(case.language, case.profile_key, str(case.customer_id)),
        *(case.customer.account_id, case.category.code if case.category else ""),
        *(case.severity, case.subject, case.asset, digits(case.amount)),
        *(digits(case.reporting_value), case.state, case.team.code),
        *(_at(acknowledged), _at(end.at if end else None), end.outcome if end else ""),
        *("; ".join(map(_measure, remedies)), digits(redress or None), case.cause),
        *(case.cause_scope, case.closing_reason),
        _merged_into(case),
    )


def _merged_into(case: Complaint) -> str:
    """The case that goes on, unless it stands behind a barrier: then it is nowhere."""
    other = case.merged_into
    return other.reference if other and other.barrier == Barrier.NONE else ""


def _measure(remedy: Remedy) -> str:
    worth = f" {remedy.plain_amount} {remedy.asset}" if remedy.amount else ""
    return f"{remedy.kind}{worth} ({remedy.state})"


def _at(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# Forms: each writes line by line and keeps none ------------------------------------


def _csv(path: Path, lines: Iterator[Line]) -> int:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        writer.writerow(HEAD)
        return _each(lines, lambda line: writer.writerow(map(harmless, line)))


def _json(path: Path, lines: Iterator[Line]) -> int:
    """One array; a line of the file a complaint."""
    with path.open("w", encoding="utf-8") as file:
        file.write("[")
        count = _each(lines, _Objects(file).add)
        file.write("\n]\n")
    return count


class _Objects:
    """The objects of an array, with commas between them."""

    def __init__(self, file: IO[str]) -> None:
        self.file, self.before = file, "\n"

    def add(self, line: Line) -> None:
        row = dict(zip(HEAD, line, strict=True))
        self.file.write(self.before + json.dumps(row, ensure_ascii=False))
        self.before = ",\n"


def _xlsx(path: Path, lines: Iterator[Line]) -> int:
    """Rows go to disk as they come; text is never a formula or a link."""
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        return _each(lines, _Sheets(book).add)


class _Sheets:
    """As many sheets as the lines need, each under the same head."""

    def __init__(self, book: Any) -> None:
        self.book, self.count = book, 0
        self.bold = book.add_format({"bold": True})
        self._next()

    def _next(self) -> None:
        self.count += 1
        name = "register" if self.count == 1 else f"register {self.count}"
        self.sheet, self.number = self.book.add_worksheet(name), 0
        self.sheet.freeze_panes(1, 1)
        self.sheet.set_column(0, len(HEAD) - 1, 18)
        self.sheet.write_row(0, 0, HEAD, self.bold)

    def add(self, line: Line) -> None:
        if self.number == MOST_OF_A_SHEET:
            self._next()
        self.number += 1
        for column, text in enumerate(line):
            self.sheet.write_string(self.number, column, harmless(text))


def _each(lines: Iterator[Line], add: Callable[[Line], Any]) -> int:
    count = 0
    for line in lines:
        add(line)
        count += 1
    return count


WRITERS: dict[str, Callable[[Path, Iterator[Line]], int]] = {
    "csv": _csv,
    "json": _json,
    "xlsx": _xlsx,
}


# One file for who ordered it ---------------------------------------------------------

MANIFEST, SIGNATURE = "manifest.json", "signature.json"
FORMAT = "recourse register 1"


def pack(
    path: Path, form: str, period: Period, cut_off: datetime, order: Order
) -> Written:
    """A ZIP of the register, of what it is about, and of our signature under that.

    The file is written first and packed a piece at a time. Raises as ``write`` does.
    """
    name = f"register-{period.first}-{period.last}.{form}"
    inner = path.with_name(name)
    try:
        written = write(inner, form, period, cut_off, order)
        manifest = _json_of(
            {
                "format": FORMAT,
                "file": name,
                "export": order.number,
                "made_for": order.name,
                **written.facts,
            }
        )
        with ZipFile(path, "w", ZIP_DEFLATED, allowZip64=True) as book:
            book.write(inner, name)
            book.writestr(MANIFEST, manifest)
            book.writestr(SIGNATURE, _json_of(_signed(manifest)))
    finally:
        inner.unlink(missing_ok=True)
    return written


def _signed(manifest: bytes) -> dict[str, str]:
    return {
        "algorithm": signing.ALGORITHM,
        "public_key": signing.public_key(),
        "signature": signing.sign(manifest),
    }


def _json_of(value: dict[str, Any]) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()
