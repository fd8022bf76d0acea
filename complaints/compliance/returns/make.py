"""Makes what was ordered: claimed by a lease, written beside, kept once.

A worker that is killed loses nothing, and of two that make the same one keeps its file.
"""

import hashlib
import logging
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.cache import cache
from django.core.files.base import File
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import override

from complaints.compliance.returns import register, register_lines
from complaints.compliance.returns.kinds import BUILDERS, FORMS
from complaints.compliance.returns.models import Kind, Production
from complaints.compliance.returns.orders import may_order, record
from complaints.compliance.returns.period import Period
from complaints.errors import NotPermitted
from complaints.permissions import as_staff, viewer_of
from teams.system import system_actor

logger = logging.getLogger(__name__)

LEASE: Final = timedelta(hours=1)
WAIT: Final = timedelta(minutes=2)
"""After a failure, times the number of tries so far."""

MOST_TRIES: Final = 3


def make_due(*, limit: int = 5, now: datetime | None = None) -> int:
    """Make up to ``limit`` of what is owed, the oldest first; how many were made.
    Never inside a transaction: the register takes minutes."""
    moment = now or timezone.now()
    rows = Production.objects.filter(_free(moment)).order_by("asked_at", "pk")
    keys = list(rows.values_list("pk", flat=True)[:limit])
    # Each has an hour of its own: those before it may take most of one.
    return sum(_make(pk, now or timezone.now()) for pk in keys)


def _free(now: datetime) -> Q:
    unleased = Q(leased_until=None) | Q(leased_until__lte=now)
    return Q(made_at=None, tries__lt=MOST_TRIES) & unleased


def _make(pk: int, now: datetime) -> bool:
    claimed = Production.objects.filter(_free(now), pk=pk).update(
        leased_until=now + LEASE, tries=F("tries") + 1
    )
    if not claimed:
        return False
    row = Production.objects.select_related("asked_by").get(pk=pk)
    try:
        return _made(row, now)
    except Exception as error:  # whatever it is, the others have to be made
        logger.exception("Return %s could not be made.", pk)
        _failed(row, error, now)
        return False


def _failed(row: Production, error: Exception, now: datetime) -> None:
    """Tried again later, unless it can never be made."""
    over = row.tries >= MOST_TRIES or isinstance(error, NotPermitted)
    Production.objects.filter(pk=row.pk, made_at=None, tries=row.tries).update(
        leased_until=None if over else now + WAIT * row.tries,
        tries=MOST_TRIES if over else row.tries,
        error=type(error).__name__[:60],
    )


def _made(row: Production, now: datetime) -> bool:
    with tempfile.TemporaryDirectory(dir=settings.FILE_UPLOAD_TEMP_DIR) as folder:
        path = Path(folder) / "file"
        return _keep(row, path, write(row, path, now), now)


def write(row: Production, path: Path, now: datetime) -> dict[str, Any]:
    """Write the file to ``path``; what is known of it, as columns of the row.

    With the rights that whoever ordered it has now. Raises ``NotPermitted``.
    """
    viewer = as_staff(viewer_of(row.asked_by))
    if not may_order(row.kind, viewer):
        raise NotPermitted
    period = Period(row.first, row.last, row.period)
    if row.kind == Kind.REGISTER:
        order = register_lines.Order(row.pk, str(row.asked_by), viewer, _progress(row))
        written = register.pack(path, row.form, period, now, order)
        return {"lines": written.rows, "restricted": written.restricted}
    with override(row.language):
        found = BUILDERS[row.kind](period, now)
        path.write_bytes(FORMS[row.form](found))
    lines = sum(len(table.rows) for table in found.tables)
    return {"lines": lines, "checksum": found.checksum}


def _progress(row: Production) -> "register_lines.Progress":
    """Kept beside the database: the register is read in one transaction, in which
    nothing is written."""

    def report(done: int) -> None:
        cache.set(f"return-lines:{row.pk}", done, timeout=3600)

    return report


def lines_done(row: Production) -> int:
    """How many lines a worker has written so far; 0 where nobody knows."""
    return int(cache.get(f"return-lines:{row.pk}") or 0)


class _Moved(File):  # type: ignore[type-arg]
    """A file of ours that the storage may take as it is instead of copying it."""

    def temporary_file_path(self) -> str:
        return str(self.name)


def _keep(row: Production, path: Path, facts: dict[str, Any], now: datetime) -> bool:
    """Store the file first; where another worker was faster, take it away again."""
    size = path.stat().st_size
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        row.file.save("export", _Moved(file, name=str(path)), save=False)
    changes = {
        **facts,
        "file": row.file.name,
        "size": size,
        "sha256": sha256,
        "cut_off": now,
        "made_at": now,
        "leased_until": None,
        "error": "",
    }
    with transaction.atomic():
        mine = Production.objects.filter(pk=row.pk, made_at=None, tries=row.tries)
        if mine.update(**changes):
            row.refresh_from_db()
            record("return_made", row, viewer_of(system_actor()), now)
            return True
    row.file.storage.delete(str(row.file.name))
    return False
