"""Pictures of evidence: drawn by a worker, shown instead of the file itself."""

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.utils import timezone

from complaints import drawing, ledger
from complaints.errors import NotVisible
from complaints.models import (
    Event,
    Evidence,
    EvidencePage,
    EvidenceTask,
    EvidenceWork,
)
from complaints.permissions import Viewer, as_viewer
from complaints.services import evidence_work
from complaints.services.evidence_types import UNCHECKED, sniffed_type

if TYPE_CHECKING:
    from teams.models import User

logger = logging.getLogger(__name__)

MOST_TRIES = 3
ONCE_IN = timedelta(minutes=10)
"""A page that is shown again within this is the same reading."""

SHOWN = "evidence_previewed"
HELD = "held"
NEVER = "none"


def owe(evidence: Evidence, *, now: datetime) -> None:
    """Have a worker draw it, where there are pictures of such a file at all.

    None are drawn behind a barrier: those inside download the file.
    """
    if evidence.behind_id is not None:
        return
    if evidence.content_type in drawing.DRAWN | {UNCHECKED}:
        evidence_work.owe(evidence, EvidenceWork.PICTURES, now=now)


def draw_due(*, limit: int = 20, now: datetime | None = None) -> int:
    """Draw up to ``limit`` files that are owed; of how many there are pictures now.

    Never call it inside a transaction: a file takes up to a minute.
    """
    made = 0
    tasks = evidence_work.claim_due(
        EvidenceWork.PICTURES, limit=limit, now=now, most_tries=MOST_TRIES
    )
    for task in tasks:
        made += _draw(task, now or timezone.now())
    return made


def _draw(task: EvidenceTask, now: datetime) -> bool:
    evidence = task.evidence
    if not evidence.may_open:
        evidence_work.finish(task, now=now, error=HELD)
        return False
    try:
        with evidence.file.open("rb") as file:
            content = file.read()
        media_type = sniffed_type(content) or ""
        if media_type not in drawing.DRAWN:
            raise drawing.Refused(NEVER)
        drawn = drawing.draw(content, media_type)
    except drawing.Refused as reason:
        evidence_work.finish(task, now=now, error=str(reason))
        return False
    except (drawing.Failed, FileNotFoundError) as error:
        logger.warning("Evidence %s was not drawn: %s", evidence.pk, error)
        evidence_work.put_off(task, str(error), now=now)
        return False
    return _keep(task, drawn, now)


def _keep(task: EvidenceTask, drawn: drawing.Drawn, now: datetime) -> bool:
    """Store the files first; where another worker was faster, take them away again."""
    rows = [
        EvidencePage(
            evidence=task.evidence, number=number, width=one.width, height=one.height
        )
        for number, one in enumerate(drawn.pictures, start=1)
    ]
    for row, one in zip(rows, drawn.pictures, strict=True):
        row.file.save("page", ContentFile(one.content), save=False)
    with transaction.atomic():
        if evidence_work.finish(task, now=now):
            EvidencePage.objects.bulk_create(rows)
            Evidence.every.filter(pk=task.evidence_id).update(pages=drawn.total)
            return True
    for row in rows:
        row.file.storage.delete(str(row.file.name))
    return False


# Handing out --------------------------------------------------------------------------


def pages_of(evidence: Evidence, viewer: Viewer) -> list[EvidencePage]:
    """The pictures of a file that the viewer may see and that is not held."""
    seen = Evidence.objects.visible_to(viewer).filter(pk=evidence.pk)
    if not evidence.may_open or not seen.exists():
        raise NotVisible
    return list(evidence.pictures.all())


def trouble_of(evidence: Evidence) -> str:
    """Why there is no picture of it: "" while one is still to come.

    ``HELD``, ``NEVER``, or one of ``drawing.REASONS``.
    """
    if not evidence.may_open:
        return HELD
    task = evidence.tasks.filter(what=EvidenceWork.PICTURES).first()
    if task is None:
        return NEVER
    gave_up = task.done_at is not None or task.tries >= MOST_TRIES
    return (task.error or "broken") if gave_up else ""


def open_page(
    *,
    evidence: Evidence,
    number: int,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> "File[bytes]":
    """One picture, with a row on the ledger of reads. Raises ``NotVisible``."""
    viewer, moment = as_viewer(actor), now or timezone.now()
    seen = Evidence.objects.visible_to(viewer).filter(pk=evidence.pk).exists()
    page = evidence.pictures.filter(number=number).first()
    if not seen or page is None or not evidence.may_open:
        raise NotVisible
    record_look(evidence, viewer, moment)
    opened: File[bytes] = page.file.open("rb")
    return opened


def record_look(evidence: Evidence, viewer: Viewer, now: datetime) -> None:
    """On the ledger of reads, once for all pages that somebody leafs through."""
    stream = f"reads:{evidence.complaint_id}"
    lately = Event.objects.filter(
        stream=stream, what=SHOWN, actor=viewer.user, at__gt=now - ONCE_IN
    )
    if lately.filter(payload__evidence=evidence.label).exists():
        return
    facts = {"evidence": evidence.label, "sha256": evidence.sha256}
    with transaction.atomic():
        ledger.append(stream, ledger.Entry(SHOWN, viewer, now, facts))
