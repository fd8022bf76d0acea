"""Draws the PDFs that are owed, and hands them out.

A row is claimed by a conditional update with a lease, as notices are: a worker that was
killed loses nothing, two never keep two files of one letter.
"""

import hashlib
import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from complaints import ledger, letter_system, letters
from complaints.errors import NotVisible
from complaints.letter_copies import is_new, note_new, owe_pdf
from complaints.models import Complaint, Letter, LetterPart, LetterPdf
from complaints.permissions import Viewer, as_viewer
from complaints.services.paper import may_post
from complaints.states import LetterKind

if TYPE_CHECKING:
    from teams.models import User

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
"""Longer than the longest letter takes: 7 s on a busy machine, for 30 pages."""

MOST_TRIES = 4
WAIT = timedelta(minutes=2)
"""After a failure, times the number of tries so far."""


def draw_due(*, limit: int = 20, now: datetime | None = None) -> int:
    """Draw up to ``limit`` of the PDFs that are owed, the last asked for first.

    How many were made. Without the libraries (``letter_system``) it does nothing, and
    what is owed stays so. Never call it inside a transaction: it takes seconds.
    """
    if not letter_system.available():
        return 0
    moment = now or timezone.now()
    note_new(now=moment)
    rows = LetterPdf.objects.filter(_free(moment)).order_by("-asked_at", "-pk")
    return sum(_draw(pk, now) for pk in rows.values_list("pk", flat=True)[:limit])


def _free(now: datetime) -> Q:
    unleased = Q(leased_until=None) | Q(leased_until__lte=now)
    return Q(made_at=None, tries__lt=MOST_TRIES) & unleased


def _draw(pk: int, now: datetime | None) -> bool:
    moment = now or timezone.now()
    claimed = LetterPdf.objects.filter(_free(moment), pk=pk).update(
        leased_until=moment + LEASE, tries=F("tries") + 1
    )
    if not claimed:
        return False
    rows = LetterPdf.objects.select_related("letter__complaint__customer")
    row = rows.get(pk=pk)
    try:
        content = _content(row)
    except Exception as error:  # whatever it is, the other letters have to be drawn
        logger.exception("PDF %s could not be drawn.", pk)
        _put_off(row, type(error).__name__, moment)
        return False
    return _keep(row, content, now or timezone.now())


def _content(row: LetterPdf) -> bytes:
    # It loads the renderer, which only a worker needs.
    from complaints.letter_pdf import pdf_of  # noqa: PLC0415

    return pdf_of(letters.print_html(row.letter, row.part))


def _put_off(row: LetterPdf, reason: str, now: datetime) -> None:
    rows = LetterPdf.objects.filter(pk=row.pk, made_at=None, tries=row.tries)
    rows.update(leased_until=now + WAIT * row.tries, error=reason[:300])


def _keep(row: LetterPdf, content: bytes, now: datetime) -> bool:
    """Store the file first; where another worker was faster, take it away again."""
    row.file.save("letter", ContentFile(content), save=False)
    changes = {
        "file": row.file.name,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "layout": letters.LAYOUT,
        "made_at": now,
        "leased_until": None,
        "error": "",
    }
    mine = LetterPdf.objects.filter(pk=row.pk, made_at=None, tries=row.tries)
    if mine.update(**changes):
        return True
    row.file.storage.delete(str(row.file.name))
    return False


# Handing out --------------------------------------------------------------------------


def letter_for(
    complaint: Complaint, number: int | None, viewer: Viewer
) -> Letter | None:
    """A letter of a case that the viewer may read; without a number its receipt."""
    seen = Complaint.objects.visible_to(viewer).filter(pk=complaint.pk)
    rows = Letter.objects.filter(complaint__in=seen).select_related(
        "complaint__customer"
    )
    rows = rows.exclude(kind=LetterKind.TRACKING_LINK)
    if number is None:
        return rows.filter(kind=LetterKind.RECEIPT).order_by("pk").first()
    return rows.filter(pk=number).first()


def known_pdf(letter: Letter, part: str = LetterPart.LETTER) -> LetterPdf | None:
    """The PDF, made or owed, of a letter that ``letter_for`` gave; else None."""
    rows = LetterPdf.objects.select_related("letter__complaint")
    return rows.filter(letter=letter, part=part).first()


def is_owed(letter: Letter, row: LetterPdf | None) -> bool:
    """Whether it will be drawn without anybody asking for it."""
    return row is not None or is_new(letter, timezone.now())


def ask_pdf(
    *,
    letter: Letter,
    part: str = LetterPart.LETTER,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> LetterPdf:
    """The PDF, made or owed. Raises ``NotVisible``."""
    _ask_seen(letter, as_viewer(actor))
    with transaction.atomic():
        return owe_pdf(letter, part, now=now or timezone.now())


def open_pdf(
    *, row: LetterPdf, actor: "User | Viewer", now: datetime | None = None
) -> "File[bytes]":
    """The file of a PDF that is made, with a row on the ledger of reads.

    Raises ``NotVisible``, and ``FileNotFoundError`` where the storage lost it.
    """
    viewer, letter = as_viewer(actor), row.letter
    _ask_seen(letter, viewer)
    if row.made_at is None:
        raise NotVisible
    opened: File[bytes] = row.file.open("rb")
    payload = {"letter": letter.pk, "part": row.part, "sha256": row.sha256}
    entry = ledger.Entry("letter_opened", viewer, now or timezone.now(), payload)
    with transaction.atomic():
        ledger.append(f"reads:{letter.complaint_id}", entry)
    return opened


def _ask_seen(letter: Letter, viewer: Viewer) -> None:
    seen = Complaint.objects.visible_to(viewer).filter(pk=letter.complaint_id)
    if letter.kind == LetterKind.TRACKING_LINK:
        raise NotVisible
    if not seen.exists() and not may_post(letter, viewer):
        raise NotVisible
