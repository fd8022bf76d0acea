"""Evidence in and out: checked, hashed, sealed, and every opening on the ledger."""

import hashlib
import time
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import filetype
from django.core.files.base import ContentFile, File
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints import ledger
from complaints.errors import InvalidInput, NotVisible
from complaints.models import Complaint, DraftFile, Evidence, LetterPdf, Message
from complaints.models.evidence import evidence_storage
from complaints.permissions import (
    Viewer,
    as_viewer,
    customer_self,
    may_speak_for_customer,
)
from complaints.services import search
from complaints.states import EvidenceKind, ScanState

if TYPE_CHECKING:
    from teams.models import User

FILE_LIMIT = 25 * 1024 * 1024
FILES_A_CASE = 200
NAME_LIMIT = 180
ALLOWED = {
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/webp": (".webp",),
    "image/gif": (".gif",),
    "image/heic": (".heic",),
    "application/pdf": (".pdf",),
    "video/mp4": (".mp4",),
    "video/quicktime": (".mov",),
    "audio/mpeg": (".mp3",),
    "audio/mp4": (".m4a",),
    "application/zip": (".zip",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (
        ".docx",
    ),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
    "text/plain": (".txt", ".log", ".csv", ".eml", ".json"),
}
"""What customers and staff may bring, by what the bytes are, not by their name."""

MARKUP = (b"<svg", b"<html", b"<!doctype", b"<script", b"<?xml")


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


def sniffed_type(content: bytes) -> str | None:
    """The media type that the bytes show, None for what we do not take."""
    kind = filetype.guess(content[:8192])
    if kind is not None:
        return kind.mime if kind.mime in ALLOWED else None
    return "text/plain" if _is_plain_text(content) else None


def _is_plain_text(content: bytes) -> bool:
    head = content.lstrip()[:4096].lower()
    if b"\x00" in content or any(mark in head for mark in MARKUP):
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


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
    mime = "application/octet-stream" if unchecked_type else check_upload(upload)
    by_customer = viewer.is_system or bool(viewer.parties)
    columns = {
        "kind": kind,
        "source": source,
        "message": message,
        "content_type": mime,
        "shared_with_customer": by_customer if shared is None else shared,
    }
    return _store(complaint, upload, viewer, now or timezone.now(), columns)


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
    evidence = Evidence(
        complaint=complaint,
        original_name=clean_name(upload.name),
        size=len(upload.content),
        sha256=hashlib.sha256(upload.content).hexdigest(),
        scan_state=ScanState.NOT_SCANNED,
        added_by=viewer.user,
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
    payload = {
        "evidence": evidence.label,
        "kind": evidence.kind,
        "sha256": evidence.sha256,
        "size": evidence.size,
    }
    ledger.append(
        complaint.stream, ledger.Entry("evidence", viewer, now, payload), head=head
    )


def open_evidence(
    *, evidence: Evidence, actor: "User | Viewer", now: datetime | None = None
) -> "File[bytes]":
    """The file for serving as an attachment, with a row on the ledger of reads."""
    viewer = as_viewer(actor)
    seen = Evidence.objects.visible_to(viewer).filter(pk=evidence.pk).exists()
    if not seen or evidence.scan_state == ScanState.QUARANTINED:
        raise NotVisible
    entry = ledger.Entry(
        "evidence_opened",
        viewer,
        now or timezone.now(),
        {"evidence": evidence.label, "sha256": evidence.sha256},
    )
    with transaction.atomic():
        ledger.append(f"reads:{evidence.complaint_id}", entry)
    opened: File[bytes] = evidence.file.open("rb")
    return opened


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
    """Whether a row of evidence, of a draft or of a drawn letter names the file."""
    models = (Evidence, DraftFile, LetterPdf)
    return any(model._base_manager.filter(file=file).exists() for model in models)
