"""Files behind a barrier, and reading the file of the case from there."""

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints import ledger
from complaints.errors import InvalidInput, NotVisible
from complaints.models import Evidence, InformationBarrier
from complaints.models.evidence import INSIDE
from complaints.permissions import Viewer, as_viewer
from complaints.services.barriers import ask_inside
from complaints.services.evidence import (
    Upload,
    arrival_state,
    check_upload,
    clean_name,
    have_looked_at,
    open_whole,
)
from complaints.states import EvidenceKind

if TYPE_CHECKING:
    from teams.models import User

FILES_A_CASE = 200


def keep_file(
    *,
    barrier: InformationBarrier,
    upload: Upload,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> Evidence:
    """Seal a file behind the barrier; the numbers of the case show nothing of it.

    Raises ``NotVisible`` or ``InvalidInput``; then nothing is stored.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    ask_inside(barrier, viewer)
    file = Evidence(
        complaint=barrier.complaint,
        behind=barrier,
        kind=EvidenceKind.OTHER,
        original_name=clean_name(upload.name),
        content_type=check_upload(upload),
        size=len(upload.content),
        sha256=hashlib.sha256(upload.content).hexdigest(),
        scan_state=arrival_state(),
        added_by=viewer.user,
        brought_as=viewer.role,
        added_at=moment,
    )
    file.file.save("upload", ContentFile(upload.content), save=False)
    try:
        _register(file, barrier, viewer, moment)
    except BaseException:
        file.file.storage.delete(str(file.file.name))
        raise
    return file


@transaction.atomic
def _register(
    file: Evidence, barrier: InformationBarrier, viewer: Viewer, now: datetime
) -> None:
    ledger.lock(barrier.complaint.stream)
    rows = Evidence.every.filter(complaint=barrier.complaint, number__gt=INSIDE)
    last = rows.aggregate(last=Max("number"))["last"] or INSIDE
    if last >= INSIDE + FILES_A_CASE:
        raise InvalidInput(
            _("This case has as many files as it can hold."), field="file", code="full"
        )
    file.number = last + 1
    file.save(force_insert=True)
    facts = {"evidence": file.label, "sha256": file.sha256, "size": file.size}
    ledger.append(barrier.stream, ledger.Entry("barrier_file", viewer, now, facts))
    have_looked_at(file, now=now)


def open_file(
    *,
    barrier: InformationBarrier,
    pk: int,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> tuple[Evidence, "File[bytes]"]:
    """A file of the case, or one behind this barrier, opened. The reading stands in
    a stream of the barrier and not with the readers of the case.

    Raises ``NotVisible``, of a file that is held or changed as well.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    ask_inside(barrier, viewer)
    rows = Evidence.every.filter(
        Q(behind=None) | Q(behind=barrier), complaint=barrier.complaint, pk=pk
    )
    file = rows.first()
    if file is None or not file.may_open:
        raise NotVisible
    opened = open_whole(file)
    facts = {"evidence": file.label, "sha256": file.sha256}
    with transaction.atomic():
        entry = ledger.Entry("evidence_opened", viewer, moment, facts)
        ledger.append(f"reads:{barrier.stream}", entry)
    return file, opened
