"""Drafts: kept page by page, found again by account, browser or link, sent once."""

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, override, pgettext
from django.utils.translation import gettext_lazy as _

from complaints import outbox
from complaints.errors import InvalidInput
from complaints.masking import mask_all
from complaints.models import DRAFT_LIVES, Complaint, Draft, DraftFile, Outbox
from complaints.models.evidence import evidence_storage
from complaints.services.access import token_hash
from complaints.services.evidence import (
    Upload,
    add_evidence,
    check_upload,
    clean_name,
)
from complaints.states import Channel, EvidenceKind

if TYPE_CHECKING:
    from complaints.permissions import Viewer
    from teams.models import User

FILES_A_DRAFT = 10
ANSWERS_LIMIT = 400_000
"""Characters of all answers together; no honest complaint comes near it."""

SAVED_LINK = "draft_link"
TRIES = 5

Answers = Mapping[str, Mapping[str, str]]


# Begun and found ----------------------------------------------------------------------


def begin(
    *,
    user: "User | None",
    language: str,
    answers: Answers | None = None,
    complaint: Complaint | None = None,
    now: datetime | None = None,
) -> Draft:
    """A new draft; of ``complaint`` where an alarm has already registered one."""
    moment = now or timezone.now()
    return Draft.objects.create(
        key=secrets.token_urlsafe(18),
        user=user,
        language=language,
        answers=mask_all({page: dict(said) for page, said in (answers or {}).items()}),
        complaint=complaint,
        created_at=moment,
        updated_at=moment,
        expires_at=moment + DRAFT_LIVES,
    )


def find(
    key: str,
    *,
    user: "User | None",
    held: Iterable[int],
    now: datetime | None = None,
) -> Draft | None:
    """The draft of that key if it is this user's or this browser holds it."""
    rows = Draft.objects.filter(key=key, expires_at__gt=now or timezone.now())
    draft = rows.select_related("complaint").first()
    if draft is None:
        return None
    own = user is not None and draft.user_id == user.pk
    return draft if own or (draft.user_id is None and draft.pk in held) else None


def of_user(user: "User", *, now: datetime | None = None) -> list[Draft]:
    """What this customer has begun and not sent, the last one first."""
    rows = Draft.objects.filter(
        user=user, sent_at=None, expires_at__gt=now or timezone.now()
    )
    return list(rows.select_related("complaint")[:20])


# Answers ------------------------------------------------------------------------------


def save_page(
    draft: Draft, page: str, fields: Mapping[str, str], *, now: datetime | None = None
) -> None:
    """Keep the answers of one page and put the end of the draft off.

    Other pages, saved in another window meanwhile, stay as they are. Raises
    ``InvalidInput`` for more than we can keep, or when it was sent meanwhile.
    """
    moment = now or timezone.now()
    for _attempt in range(TRIES):
        answers = {**draft.answers, page: mask_all(dict(fields))}
        _check_size(answers)
        if _save_over(draft, answers, moment):
            return
        draft.refresh_from_db(fields=["answers", "version", "sent_at"])
        if not draft.is_open:
            break
    raise InvalidInput(_("This was sent or changed in another window meanwhile."))


def _save_over(draft: Draft, answers: dict[str, Any], now: datetime) -> bool:
    mine = Draft.objects.filter(pk=draft.pk, version=draft.version, sent_at=None)
    changes = {
        "answers": answers,
        "version": draft.version + 1,
        "updated_at": now,
        "expires_at": now + DRAFT_LIVES,
    }
    if not mine.update(**changes):
        return False
    for name, value in changes.items():
        setattr(draft, name, value)
    return True


def _check_size(answers: Answers) -> None:
    size = sum(len(text) for page in answers.values() for text in page.values())
    if size > ANSWERS_LIMIT:
        raise InvalidInput(_("This is more than we can keep. Send it as a file."))


# Its link -----------------------------------------------------------------------------


@transaction.atomic
def issue_link(draft: Draft, *, email: str = "", now: datetime | None = None) -> str:
    """A link to go on in another browser; mailed too where ``email`` is given.

    The one before stops working. Only the hash of its token is kept here.
    """
    moment = now or timezone.now()
    token = secrets.token_urlsafe(32)
    draft.token_hash = token_hash(token)
    draft.updated_at, draft.expires_at = moment, moment + DRAFT_LIVES
    draft.save(update_fields=["token_hash", "updated_at", "expires_at"])
    url = f"{settings.SITE_URL}/complaints/new/resume/{token}/"
    if email:
        _mail(draft, email, url, moment)
    return url


def _mail(draft: Draft, email: str, url: str, now: datetime) -> None:
    with override(draft.language):
        until = date_format(draft.expires_at, pgettext("date format", "j F Y"))
        body = gettext(
            "Go on with your complaint here, on any device:\n%(url)s\n\n"
            "We keep it until %(day)s and then delete it. Nothing is sent yet.\n\n"
            "Whoever has this link can read what you wrote: do not pass it on."
        ) % {"url": url, "day": until}
        subject = gettext("The complaint that you began")
    row = Outbox(
        key=f"{SAVED_LINK}:{draft.pk}:{draft.token_hash[:16]}",
        # Mail of this kind holds a key: its words are forgotten once it is sent.
        kind="account",
        channel=Channel.EMAIL,
        recipient=email,
        subject=subject,
        body=body,
        due_at=now,
        created_at=now,
    )
    outbox.put(row)


def by_link(token: str, *, now: datetime | None = None) -> Draft | None:
    """The draft that a link leads to; None when it is too old, replaced or sent."""
    if not token.strip():
        return None
    return Draft.objects.filter(
        token_hash=token_hash(token),
        sent_at=None,
        user=None,
        expires_at__gt=now or timezone.now(),
    ).first()


# Files --------------------------------------------------------------------------------


def add_file(
    draft: Draft,
    upload: Upload,
    *,
    authority: bool = False,
    now: datetime | None = None,
) -> DraftFile:
    """Keep one file with the draft. Raises ``InvalidInput`` for what we do not take."""
    mime = check_upload(upload)
    digest = hashlib.sha256(upload.content).hexdigest()
    known = draft.files.filter(sha256=digest, authority=authority).first()
    if known is not None:
        return known
    if draft.files.count() >= FILES_A_DRAFT:
        words = _("Ten files are enough for now. Add more after you have sent it.")
        raise InvalidInput(words, field="file", code="full")
    row = DraftFile(
        draft=draft,
        authority=authority,
        original_name=clean_name(upload.name),
        content_type=mime,
        size=len(upload.content),
        sha256=digest,
        added_at=now or timezone.now(),
    )
    row.file.save("upload", ContentFile(upload.content), save=False)
    try:
        row.save(force_insert=True)
    except BaseException:
        row.file.storage.delete(str(row.file.name))
        raise
    return row


def remove_file(draft: Draft, pk: int) -> None:
    """Take a file back; nothing happens where there is no such file."""
    row = draft.files.filter(pk=pk).first() if draft.is_open else None
    if row is not None:
        row.delete()
        _forget([str(row.file.name)])


def _forget(names: Iterable[str]) -> None:
    """Delete stored files, once their rows are gone for good."""
    storage, gone = evidence_storage(), list(names)

    def delete() -> None:
        for name in gone:
            storage.delete(name)

    transaction.on_commit(delete)


# Sent ---------------------------------------------------------------------------------


def claim(draft: Draft, *, now: datetime | None = None) -> bool:
    """Take the draft for sending, inside the transaction that files it.

    Of two that press at once one gets it; the other waits for it and gets False.
    """
    moment = now or timezone.now()
    mine = Draft.objects.filter(pk=draft.pk, sent_at=None)
    if not mine.update(sent_at=moment, answers={}, token_hash=""):
        return False
    draft.sent_at = moment
    return True


def hand_over(draft: Draft, complaint: Complaint, actor: "Viewer") -> None:
    """Name what came of a claimed draft and make its files evidence of the case."""
    Draft.objects.filter(pk=draft.pk).update(complaint=complaint)
    draft.complaint = complaint
    rows = list(draft.files.all())
    for row in rows:
        _seal(row, complaint, actor)
    if rows:
        DraftFile.objects.filter(draft=draft).delete()
        _forget(str(row.file.name) for row in rows)


def _seal(row: DraftFile, complaint: Complaint, actor: "Viewer") -> None:
    with row.file.open("rb") as file:
        upload = Upload(name=row.original_name, content=file.read())
    kind = EvidenceKind.AUTHORITY if row.authority else EvidenceKind.CUSTOMER_FILE
    evidence = add_evidence(complaint=complaint, upload=upload, actor=actor, kind=kind)
    if row.authority:
        complaint.representatives.update(authority=evidence)


# Forgotten ----------------------------------------------------------------------------


@transaction.atomic
def discard(draft: Draft) -> None:
    """Delete a draft and its files, as its writer asked."""
    names = [str(row.file.name) for row in draft.files.all()]
    draft.delete()
    _forget(names)


def forget_expired(*, now: datetime | None = None, batch: int = 500) -> int:
    """Delete drafts whose time has come, with their files; how many there were."""
    rows = Draft.objects.filter(expires_at__lte=now or timezone.now())
    found = list(rows.order_by("expires_at")[:batch])
    for draft in found:
        discard(draft)
    return len(found)


def days_kept() -> int:
    return DRAFT_LIVES // timedelta(days=1)
