"""Evidence in and out: checked, hashed, sealed, and every opening on the ledger."""

import hashlib
import logging
import time
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints import ledger
from complaints.errors import CaseErased, InvalidInput, NotVisible
from complaints.models import (
    Complaint,
    DraftFile,
    Evidence,
    EvidencePage,
    EvidenceWork,
    LetterPdf,
    Message,
)
from complaints.models.evidence import evidence_storage
from complaints.permissions import (
    Viewer,
    as_viewer,
    customer_self,
    may_speak_for_customer,
)
from complaints.services import evidence_work, previews, search
from complaints.services.evidence_types import ALLOWED, UNCHECKED, sniffed_type
from complaints.states import EvidenceKind, ScanState
from config.celery import wake

if TYPE_CHECKING:
    from teams.models import User

FILE_LIMIT = 25 * 1024 * 1024
FILES_A_CASE = 200
NAME_LIMIT = 180
LOOK = "complaints.tasks.look_at_evidence"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Upload:
    """A file as it came: its name is only data, its type is read from the bytes."""

    name: str
    content: bytes


def clean_name(name: str) -> str:
    """A name safe to show and to offer: no path, control or direction characters."""
    flat = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c for c in flat if unicodedata.category(c)[0] != "C")
    kept = kept.strip(" .")
    return kept[:NAME_LIMIT] or "file"


def offered_name(evidence: Evidence) -> str:
    """The name under which a file is handed out: its ending never runs anything.

    A text called ``proof.js`` is kept as named and offered as ``proof.js.txt``: what
    somebody opens with two clicks is chosen by the ending, whatever the bytes are.
    """
    name, kind = evidence.original_name, evidence.content_type
    endings = ALLOWED.get(kind) or tuple(_ENDINGS)
    if name.lower().endswith(endings):
        return name
    return name + (ALLOWED[kind][0] if kind in ALLOWED else ".bin")


_ENDINGS = [ending for endings in ALLOWED.values() for ending in endings]


def check_upload(upload: Upload) -> str:
    """The media type of an acceptable file. Raises ``InvalidInput`` otherwise."""
    if not upload.content:
        raise InvalidInput(_("This file is empty."), field="file", code="empty")
    if len(upload.content) > FILE_LIMIT:
        raise InvalidInput(
            _("This file is larger than 25 MB."), field="file", code="too_large"
        )
    mime = sniffed_type(upload.content)
    if mime is None:
        raise InvalidInput(
            _("We cannot take this kind of file. Send a picture, a PDF or a text."),
            field="file",
            code="type",
        )
    return mime


def add_evidence(
    *,
    complaint: Complaint,
    upload: Upload,
    actor: "User | Viewer",
    kind: str = EvidenceKind.CUSTOMER_FILE,
    source: str = "",
    records: str = "",
    message: Message | None = None,
    shared: bool | None = None,
    unchecked_type: bool = False,
    now: datetime | None = None,
) -> Evidence:
    """Seal a file into the case.

    ``unchecked_type`` is for what a channel already took in whole (an attachment of a
    mail is kept whatever it is); it is still only ever served as an attachment.
    Raises ``NotVisible`` or ``InvalidInput``; then nothing is stored.
    """
    viewer = as_viewer(actor)
    _ask_may_add(complaint, viewer)
    mime = UNCHECKED if unchecked_type else check_upload(upload)
    by_customer = viewer.is_system or bool(viewer.parties)
    columns = {
        "kind": kind,
        "source": source,
        "records": records,
        "message": message,
        "content_type": mime,
        "shared_with_customer": by_customer if shared is None else shared,
    }
    return _store(complaint, upload, viewer, now or timezone.now(), columns)


def add_copy(
    *,
    original: Evidence,
    upload: Upload,
    reason: str,
    actor: "User | Viewer",
    source: str = "",
    shared: bool = False,
    now: datetime | None = None,
) -> Evidence:
    """Seal what was made of ``original`` beside it: with a hash of its own, who made
    it and why. Raises ``NotVisible`` for an original that the actor may not open, or
    ``InvalidInput``.
    """
    viewer = as_viewer(actor)
    seen = Evidence.objects.visible_to(viewer).filter(pk=original.pk).exists()
    if not seen or not original.may_open:
        raise NotVisible
    if not reason.strip():
        raise InvalidInput(_("Say why the copy is made."), field="reason", code="empty")
    columns = {
        "kind": original.kind,
        "source": source or original.source,
        "derived_from": original,
        "reason": reason.strip()[:300],
        "content_type": check_upload(upload),
        "shared_with_customer": shared,
    }
    return _store(original.complaint, upload, viewer, now or timezone.now(), columns)


def _ask_may_add(complaint: Complaint, viewer: Viewer) -> None:
    if viewer.is_system or customer_self(complaint, viewer):
        return
    seen = Complaint.objects.visible_to(viewer).filter(pk=complaint.pk).exists()
    if not seen and not may_speak_for_customer(complaint, viewer):
        raise NotVisible


def _store(
    complaint: Complaint,
    upload: Upload,
    viewer: Viewer,
    now: datetime,
    columns: dict[str, Any],
) -> Evidence:
    """Write the file first; where the rows fail, take it away again."""
    if complaint.erased_at is not None:
        raise CaseErased(field="file")
    evidence = Evidence(
        complaint=complaint,
        original_name=clean_name(upload.name),
        size=len(upload.content),
        sha256=hashlib.sha256(upload.content).hexdigest(),
        scan_state=arrival_state(),
        added_by=viewer.user,
        brought_as=viewer.role,
        added_at=now,
        **columns,
    )
    evidence.file.save("upload", ContentFile(upload.content), save=False)
    try:
        _register(evidence, viewer, now)
    except BaseException:
        evidence.file.storage.delete(str(evidence.file.name))
        raise
    return evidence


@transaction.atomic
def _register(evidence: Evidence, viewer: Viewer, now: datetime) -> None:
    complaint = evidence.complaint
    head = ledger.lock(complaint.stream)
    last = complaint.evidence.aggregate(last=Max("number"))["last"] or 0
    if last >= FILES_A_CASE:
        raise InvalidInput(
            _("This case has as many files as it can hold."), field="file", code="full"
        )
    evidence.number = last + 1
    evidence.save(force_insert=True)
    search.keep(search.of_evidence(evidence))
    ledger.append(complaint.stream, _entry(evidence, viewer, now), head=head)
    have_looked_at(evidence, now=now)


def _entry(evidence: Evidence, viewer: Viewer, now: datetime) -> ledger.Entry:
    payload = {
        "evidence": evidence.label,
        "kind": evidence.kind,
        "sha256": evidence.sha256,
        "size": evidence.size,
    }
    original = evidence.derived_from
    if original is None:
        return ledger.Entry("evidence", viewer, now, payload)
    payload |= {"original": original.label, "original_sha256": original.sha256}
    texts = {"reason": evidence.reason}
    return ledger.Entry("evidence_copied", viewer, now, payload, texts)


def arrival_state() -> ScanState:
    """Held until the scanner has looked at it, where there is one."""
    return ScanState.PENDING if settings.CLAMD_URL else ScanState.NOT_SCANNED


def have_looked_at(evidence: Evidence, *, now: datetime) -> None:
    """Owe a stored file its scan; nothing is drawn of it before it is clean."""
    if evidence.scan_state == ScanState.PENDING:
        evidence_work.owe(evidence, EvidenceWork.SCAN, now=now)
    else:
        previews.owe(evidence, now=now)
    transaction.on_commit(_ring)


def _ring() -> None:
    wake(LOOK)


def open_evidence(
    *, evidence: Evidence, actor: "User | Viewer", now: datetime | None = None
) -> "File[bytes]":
    """The file for serving as an attachment, with a row on the ledger of reads.

    Raises ``NotVisible`` where the viewer does not see it, where it is held, and where
    what is stored is not what was sealed.
    """
    viewer = as_viewer(actor)
    row = Evidence.objects.visible_to(viewer).filter(pk=evidence.pk).first()
    if row is None or not row.may_open:
        raise NotVisible
    opened = open_whole(row)
    entry = ledger.Entry(
        "evidence_opened",
        viewer,
        now or timezone.now(),
        {"evidence": evidence.label, "sha256": evidence.sha256},
    )
    with transaction.atomic():
        ledger.append(f"reads:{evidence.complaint_id}", entry)
    return opened


def open_whole(evidence: Evidence) -> "File[bytes]":
    """The stored bytes of a file that may be opened. Raises ``NotVisible`` where they
    are not those that were sealed; whoever calls it asked who may and records it."""
    opened: File[bytes] = evidence.file.open("rb")
    if not _is_whole(opened, evidence):
        opened.close()
        raise NotVisible
    return opened


def _is_whole(file: "File[bytes]", evidence: Evidence) -> bool:
    """Whether the stored bytes are still those of the hash that the ledger holds."""
    digest = hashlib.sha256()
    for part in file.chunks():
        digest.update(part)
    file.seek(0)
    whole = digest.hexdigest() == evidence.sha256
    if not whole:
        logger.critical("The file of evidence %s is not what was sealed.", evidence.pk)
    return whole


def forget_orphans(*, older_than_seconds: float = 86_400) -> int:
    """Delete stored files that no row names; how many there were.

    A process killed between writing a file and its row leaves such a file. Young
    ones are left alone: their row may be on its way.
    """
    storage = evidence_storage()
    root, gone = Path(storage.path("")), 0
    for path in root.rglob("*"):
        name = str(path.relative_to(root))
        young = not path.is_file() or time.time() - path.stat().st_mtime < (
            older_than_seconds
        )
        if young or _is_named(name):
            continue
        path.unlink(missing_ok=True)
        gone += 1
    return gone


def _is_named(file: str) -> bool:
    """Whether a row of evidence or its pictures, of a draft or of a letter names it."""
    models = (Evidence, EvidencePage, DraftFile, LetterPdf)
    return any(model._base_manager.filter(file=file).exists() for model in models)
