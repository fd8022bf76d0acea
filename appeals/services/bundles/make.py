"""Makes the bundles that are owed: read, checked, drawn, packed, signed.

Memory does not grow with the files: they are read a piece at a time. A row is claimed
by a lease, so that a worker that was killed loses nothing and two keep one file.
"""

import ctypes
import gc
import hashlib
import logging
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files.base import File
from django.db.models import F, Q
from django.utils import timezone

from appeals.models import Bundle, BundleStep
from appeals.services.bundles import page
from appeals.services.bundles.contents import CHANGED, Exhibit
from appeals.services.bundles.pack import Packer, parts_of, sums
from appeals.services.bundles.read import CaseFile, read_case
from appeals.services.bundles.volumes import volumes
from appeals.services.bundles.words import readme
from appeals.verify_bundle import FORMAT, LEDGER, written
from complaints import letter_system, letters, profiles
from complaints.models import Evidence

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=15)
MOST_TRIES = 3
WAIT = timedelta(minutes=2)
"""After a failure, times the number of tries so far."""

MOST_HERE = 8
"""Volumes that are drawn here: each keeps 5 to 10 MB, whatever is given back. Where
there are more, each has a process of its own, which takes some seconds to begin."""

ROOM_APART = 60
"""The room of a volume then, since the renderer's process stands beside this one."""

EVERY = 20
"""Files between two notes of how far it is."""

README, VERIFIER = "README.txt", "verify_bundle.py"
VERIFIER_SOURCE = Path(__file__).resolve().parents[2] / VERIFIER

Progress = Callable[[BundleStep, int, int], None]


def make_due(*, limit: int = 5, now: datetime | None = None) -> int:
    """Make up to ``limit`` of the bundles that are owed, the oldest first; how many
    were made. Never inside a transaction: one takes up to a minute."""
    moment = now or timezone.now()
    rows = Bundle.objects.filter(_free(moment)).order_by("asked_at", "pk")
    return sum(_make(pk, now) for pk in rows.values_list("pk", flat=True)[:limit])


def _free(now: datetime) -> Q:
    unleased = Q(leased_until=None) | Q(leased_until__lte=now)
    return Q(made_at=None, tries__lt=MOST_TRIES) & unleased


def _make(pk: int, now: datetime | None) -> bool:
    moment = now or timezone.now()
    claimed = Bundle.objects.filter(_free(moment), pk=pk).update(
        leased_until=moment + LEASE, tries=F("tries") + 1
    )
    if not claimed:
        return False
    row = Bundle.objects.select_related("complaint__customer", "appeal").get(pk=pk)
    try:
        return make_now(row, now=moment)
    except Exception as error:  # whatever it is, the other bundles have to be made
        logger.exception("Bundle %s could not be made.", pk)
        mine = Bundle.objects.filter(pk=pk, made_at=None, tries=row.tries)
        mine.update(
            leased_until=moment + WAIT * row.tries,
            step=BundleStep.WAITING,
            error=type(error).__name__[:300],
        )
        return False


def make_now(row: Bundle, *, now: datetime) -> bool:
    """Make and keep one bundle; False where another worker was faster."""
    with tempfile.TemporaryDirectory(dir=settings.FILE_UPLOAD_TEMP_DIR) as folder:
        path = Path(folder) / "bundle.zip"
        with path.open("wb") as out:
            facts = write_bundle(row, out, now=now)
        return _keep(row, path, facts, now)


def write_bundle(row: Bundle, out: IO[bytes], *, now: datetime) -> dict[str, Any]:
    """Write the ZIP to ``out``; what is known of it, as columns of the row.

    In the language of the case's letters and the zone of its profile. Raises
    ``Changed`` where a stored file changes meanwhile.
    """
    profile = profiles.by_key(row.complaint.profile_key)
    report = _reporter(row)
    with letters.speaking(letters.language_of(row.complaint), profile.timezone):
        case = read_case(row, now)
        _sum_up(case, report)
        return _pack(case, out, report)


def _reporter(row: Bundle) -> Progress:
    """Notes how far it is, and holds the lease meanwhile: a large case may take longer
    than one, and is not to be begun a second time."""
    mine = Bundle.objects.filter(pk=row.pk, made_at=None, tries=row.tries)

    def report(step: BundleStep, done: int, total: int) -> None:
        if done % EVERY == 0:
            longer = timezone.now() + LEASE
            Bundle.objects.filter(pk=row.pk).update(step=step, done=done, total=total)
            mine.filter(leased_until__lt=longer).update(leased_until=longer)

    return report


def _sum_up(case: CaseFile, report: Progress) -> None:
    """Size and hash of every exhibit; one that is not what was sealed is left out."""
    todo = case.inside
    for done, exhibit in enumerate(todo):
        report(BundleStep.READING, done, len(todo))
        if exhibit.evidence is None:
            content = exhibit.text or b""
            exhibit.size = len(content)
            exhibit.sha256 = hashlib.sha256(content).hexdigest()
        else:
            _sum_up_file(exhibit, exhibit.evidence)


def _sum_up_file(exhibit: Exhibit, evidence: Evidence) -> None:
    try:
        with evidence.file.open("rb") as file:
            exhibit.size, exhibit.crc, exhibit.sha256 = sums(parts_of(file))
    except FileNotFoundError:
        exhibit.sha256 = ""
    if exhibit.sha256 != evidence.sha256:
        logger.critical("The file of evidence %s is not what was sealed.", evidence.pk)
        exhibit.withheld, exhibit.path, exhibit.size = CHANGED, "", 0


def _pack(case: CaseFile, out: IO[bytes], report: Progress) -> dict[str, Any]:
    packer = Packer(out)
    packer.add(README, readme(case).encode())
    if letter_system.available():
        _draw(case, packer, report)
    packer.add(VERIFIER, VERIFIER_SOURCE.read_bytes())
    if case.events:
        packer.add(LEDGER, b"\n".join(case.events) + b"\n")
    total = len(case.inside)
    for done, exhibit in enumerate(case.inside):
        report(BundleStep.PACKING, done, total)
        _add(packer, exhibit)
    manifest = written(manifest_of(case, packer))
    packer.close(manifest)
    return {
        "size": packer.at,
        "sha256": packer.sha256.hexdigest(),
        "manifest_sha256": hashlib.sha256(manifest).hexdigest(),
        "ledger_seq": case.seq,
        "exhibits": total,
    }


def _draw(case: CaseFile, packer: Packer, report: Progress) -> None:
    """One PDF after the other; what one took is given back before the next."""
    found, pdf = volumes(case), page.pdf
    if len(found) > MOST_HERE:
        found, pdf = volumes(case, ROOM_APART), page.pdf_apart
    for done, volume in enumerate(found):
        report(BundleStep.DRAWING, done * EVERY, len(found) * EVERY)
        packer.add(volume.name, pdf(volume))
        _give_back()


def _give_back() -> None:
    """What Python has freed stays with the process until the C library is told: without
    that a volume takes what it needs beside all that those before it took."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _add(packer: Packer, exhibit: Exhibit) -> None:
    evidence = exhibit.evidence
    if evidence is None:
        packer.add(exhibit.path, exhibit.text or b"")
        return
    known = (exhibit.size, exhibit.crc, exhibit.sha256)
    with evidence.file.open("rb") as file:
        packer.add_file(exhibit.path, parts_of(file), *known)


# The manifest -------------------------------------------------------------------------


def manifest_of(case: CaseFile, packer: Packer) -> dict[str, Any]:
    """What is signed: every file in its order, every exhibit, what is left out."""
    appeal = case.appeal
    return {
        "format": FORMAT,
        "reference": str(case.complaint.reference),
        "variant": case.bundle.variant,
        "made_at": case.at.isoformat(timespec="seconds"),
        "language": letters.language_of(case.complaint),
        "ledger": {"seq": case.seq, "head": case.head},
        "sealed": None
        if appeal is None
        else {"seq": appeal.file_seq, "head": appeal.file_head},
        "files": [
            {"path": entry.name, "size": entry.size, "sha256": entry.sha256}
            for entry in packer.entries
        ],
        "exhibits": [_listed(exhibit) for exhibit in case.exhibits],
    }


def _listed(exhibit: Exhibit) -> dict[str, Any]:
    document, original = exhibit.document, exhibit.original
    row: dict[str, Any] = {
        "number": exhibit.number,
        "kind": document.kind,
        "title": document.label,
        "dated": document.dated.isoformat(timespec="seconds"),
        "sealed": exhibit.filed,
        "sealed_sha256": document.sha256,
        "path": exhibit.path,
    }
    if exhibit.withheld:
        row["withheld"] = exhibit.withheld
    if original is not None:
        row["parts_covered"] = {"of": original.label, "sha256": original.sha256}
    return row


# Keeping ------------------------------------------------------------------------------


class _Moved(File):  # type: ignore[type-arg]
    """A file of ours that the storage may take as it is instead of copying it."""

    def temporary_file_path(self) -> str:
        return str(self.name)


def _keep(row: Bundle, path: Path, facts: dict[str, Any], now: datetime) -> bool:
    """Store the file first; where another worker was faster, take it away again."""
    with path.open("rb") as file:
        row.file.save("bundle", _Moved(file, name=str(path)), save=False)
    mine = Bundle.objects.filter(pk=row.pk, made_at=None, tries=row.tries)
    changes = {
        **facts,
        "file": row.file.name,
        "step": BundleStep.MADE,
        "made_at": now,
        "leased_until": None,
        "error": "",
    }
    if mine.update(**changes):
        row.refresh_from_db()
        return True
    row.file.storage.delete(str(row.file.name))
    return False
