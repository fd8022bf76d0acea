"""A file that comes in parts and may be taken up again after a cut (tus 1.0.0).

Each part is a file of its own, named by a row that can exist once, so that two senders
at one place keep one of them. The last part and the evidence it completes are kept in
one transaction: an upload is whole exactly when its evidence is there.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.channels.app.models import Upload, UploadPart
from complaints.errors import InvalidInput, NotVisible, Stale
from complaints.models import Complaint, Evidence
from complaints.permissions import Viewer
from complaints.services import evidence
from complaints.services.evidence import FILE_LIMIT, FILES_A_CASE, clean_name
from complaints.states import EvidenceKind

if TYPE_CHECKING:
    from teams.models import User

LIVES = timedelta(hours=24)
OPEN_AT_ONCE = 20
"""Uploads that one person may have on their way."""

MOST_PARTS = 500
"""So that nobody sends a file byte by byte."""


def begin(
    *,
    complaint: Complaint,
    actor: Viewer,
    name: str,
    length: int,
    now: datetime | None = None,
) -> Upload:
    """A place for a file of ``length`` bytes. Raises ``InvalidInput``."""
    moment = now or timezone.now()
    if length < 1:
        raise InvalidInput(_("This file is empty."), field="file", code="empty")
    if length > FILE_LIMIT:
        words = _("This file is larger than 25 MB.")
        raise InvalidInput(words, field="file", code="too_large")
    mine = Upload.objects.filter(maker=actor.user, evidence=None)
    if mine.filter(expires_at__gt=moment).count() >= OPEN_AT_ONCE:
        words = _("Finish or end the files that you began first.")
        raise InvalidInput(words, field="file", code="too_many")
    if complaint.evidence.count() >= FILES_A_CASE:
        words = _("This case has as many files as it can hold.")
        raise InvalidInput(words, field="file", code="full")
    return Upload.objects.create(
        key=secrets.token_urlsafe(32),
        complaint=complaint,
        maker=actor.user,
        name=clean_name(name),
        length=length,
        made_at=moment,
        expires_at=moment + LIVES,
    )


def find(
    *, complaint: Complaint, maker: "User", key: str, now: datetime | None = None
) -> Upload:
    """The upload, for who began it alone. Raises ``NotVisible``."""
    rows = Upload.objects.filter(complaint=complaint, maker=maker, key=key)
    found = rows.filter(expires_at__gt=now or timezone.now()).first()
    if found is None:
        raise NotVisible
    return found


def append(
    *,
    upload: Upload,
    offset: int,
    content: bytes,
    actor: Viewer,
    now: datetime | None = None,
) -> Evidence | None:
    """Keep a part at ``offset``; the evidence, where it was the last one.

    Raises ``Stale`` where the upload does not stand at ``offset``, ``InvalidInput``
    for more than was said and for a file that we cannot take, which ends the upload.
    """
    if offset != upload.offset or upload.evidence_id is not None:
        raise Stale
    if len(content) > upload.length - offset:
        words = _("This is more than the file was said to hold.")
        raise InvalidInput(words, field="file", code="too_long")
    if not content:
        return None
    if upload.parts_taken >= MOST_PARTS:
        words = _("Send this file in larger parts.")
        raise InvalidInput(words, field="file", code="too_many_parts")
    whole = offset + len(content) == upload.length
    if not whole:
        _keep(upload, offset, content)
        return None
    return _finish(upload, offset, content, actor, now or timezone.now())


def _keep(upload: Upload, offset: int, content: bytes) -> None:
    """The file first; where the rows fail, it is taken away again."""
    part = UploadPart(upload=upload, offset=offset, size=len(content))
    part.file.save("part", ContentFile(content), save=False)
    try:
        with transaction.atomic():
            part.save(force_insert=True)
            _advance(upload, offset, len(content))
    except BaseException as error:
        part.file.storage.delete(str(part.file.name))
        if isinstance(error, IntegrityError):
            raise Stale from None
        raise


def _advance(upload: Upload, offset: int, size: int) -> None:
    mine = Upload.objects.filter(pk=upload.pk, offset=offset, evidence=None)
    if not mine.update(offset=offset + size, parts_taken=F("parts_taken") + 1):
        raise Stale
    upload.offset = offset + size


def _finish(
    upload: Upload, offset: int, content: bytes, actor: Viewer, now: datetime
) -> Evidence:
    """The whole becomes evidence, once; the parts are not needed any more."""
    parts = list(upload.parts.order_by("offset"))
    whole = b"".join(_read(parts)) + content
    stored: Evidence | None = None
    try:
        with transaction.atomic():
            _advance(upload, offset, len(content))
            stored = evidence.add_evidence(
                complaint=upload.complaint,
                upload=evidence.Upload(upload.name, whole),
                actor=actor,
                kind=EvidenceKind.CUSTOMER_FILE,
                shared=True,
                now=now,
            )
            Upload.objects.filter(pk=upload.pk).update(evidence=stored)
    except InvalidInput:
        _drop([upload])
        raise
    except BaseException:
        if stored is not None:
            stored.file.storage.delete(str(stored.file.name))
        raise
    _drop_parts(parts)
    return stored


def _read(parts: Iterable[UploadPart]) -> Iterable[bytes]:
    for part in parts:
        with part.file.open("rb") as file:
            yield file.read()


def end(*, upload: Upload) -> None:
    """Forget an upload that is not finished; evidence stays. Raises ``Stale``."""
    if upload.evidence_id is not None:
        raise Stale
    _drop([upload])


def forget_unfinished(*, now: datetime | None = None) -> int:
    """Delete what is older than a day, whole or not; how many there were."""
    late = list(Upload.objects.filter(expires_at__lte=now or timezone.now())[:500])
    _drop(late)
    return len(late)


def _drop(uploads: list[Upload]) -> None:
    parts = list(UploadPart.objects.filter(upload__in=uploads))
    Upload.objects.filter(pk__in=[upload.pk for upload in uploads]).delete()
    for part in parts:
        part.file.storage.delete(str(part.file.name))


def _drop_parts(parts: list[UploadPart]) -> None:
    UploadPart.objects.filter(pk__in=[part.pk for part in parts]).delete()
    for part in parts:
        part.file.storage.delete(str(part.file.name))
