"""The register as a file of any size, oldest first; signed for who ordered it.

Art 71(3) of Regulation (EU) 2023/1114: every complaint and every measure taken. Texts
of people stand in the cases, not here; what stands behind an information barrier is
counted beside the lines and is none of them.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.conf import settings
from django.db import connections, transaction
from django.db.models import QuerySet

from complaints import signing
from complaints.compliance.returns.period import Period
from complaints.compliance.returns.register_forms import WRITERS
from complaints.compliance.returns.register_lines import Order, lines_of
from complaints.models import Complaint
from complaints.permissions import visible_to
from complaints.states import Barrier


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
            count = WRITERS[form](part, lines_of(shown, order))
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


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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
