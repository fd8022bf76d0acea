"""Writing public pages: drafts, versions, publishing. Who may is asked here.

Publishing stands on the ledger with a hash of the words, so that a later change of
a published page would show.
"""

import hashlib
import json
import re
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from complaints import ledger
from complaints.errors import IllegalMove, NotPermitted, RecourseError
from complaints.permissions import Viewer, as_viewer
from complaints.public import mailing, pages
from complaints.public.markup import blocks_in, html_of
from complaints.public.models import Document, Kind, Version, Wording
from teams.roles import Perm

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from teams.models import User

_CHINESE = re.compile("[\u3400-\u9fff]")
_LATIN = re.compile("[A-Za-z]")


class NotReady(RecourseError):
    """A draft lacks something; ``reasons`` say what, in words."""

    code = "not_ready"
    default = _("This version cannot be published yet.")

    def __init__(self, reasons: "list[StrOrPromise]") -> None:
        self.reasons = tuple(map(str, reasons))
        super().__init__(" ".join(self.reasons))


def may_edit(actor: "User | Viewer") -> bool:
    """Compliance officers, the head of complaints, and the administrator."""
    viewer = as_viewer(actor)
    if not viewer.user.is_active:
        return False
    signs = viewer.holds(Perm.SIGN_COMPLIANCE) or viewer.holds(Perm.HEAD)
    return signs or viewer.user.is_superuser


def _editor(actor: "User | Viewer") -> Viewer:
    viewer = as_viewer(actor)
    if not may_edit(viewer):
        raise NotPermitted
    return viewer


@transaction.atomic
def draft(*, document: Document, actor: "User | Viewer") -> Version:
    """The draft of the next version, with the last words in it; the one there is."""
    _editor(actor)
    Document.objects.select_for_update().get(pk=document.pk)
    last = document.versions.order_by("-number").prefetch_related("wordings").first()
    if last is not None and last.is_draft:
        return last
    number = last.number + 1 if last else 1
    version = Version.objects.create(
        document=document, number=number, stage=last.stage if last else ""
    )
    have = {row.language: row for row in last.wordings.all()} if last else {}
    for language, _name in settings.LANGUAGES:
        _copy(have.get(language, Wording(language=language)), version)
    return version


def _copy(row: Wording, version: Version) -> None:
    Wording(
        version=version,
        language=row.language,
        title=row.title,
        summary=row.summary,
        body=row.body,
        keywords=row.keywords,
    ).save()


@transaction.atomic
def publish(
    *, version: Version, actor: "User | Viewer", now: datetime | None = None
) -> Version:
    """Put a draft into force at its moment, or now; subscribers hear of a notice.

    Raises ``NotPermitted``, ``IllegalMove`` when it is published already, and
    ``NotReady`` when a language or a part that the law wants is missing.
    """
    viewer, moment = _editor(actor), now or timezone.now()
    fresh = (
        Version.objects.select_for_update(of=("self",))
        .select_related("document")
        .get(pk=version.pk)
    )
    if not fresh.is_draft:
        raise IllegalMove
    if reasons := lacking(fresh):
        raise NotReady(reasons)
    fresh.effective_from = max(fresh.effective_from or moment, moment)
    fresh.published_at, fresh.published_by = moment, viewer.user
    fresh.save()
    _record("page_published", fresh, viewer, moment)
    if fresh.document.kind == Kind.NOTICE:
        mailing.announce(fresh, now=moment)
    return fresh


def lacking(version: Version) -> "list[StrOrPromise]":
    """What keeps a draft from being published, in words; empty when nothing does."""
    reasons: list[StrOrPromise] = []
    rows = {row.language: row for row in version.wordings.all()}
    for language, _name in settings.LANGUAGES:
        row = rows.get(language)
        name = get_language_info(language)["name_local"]
        if row is None or not (row.title and row.body and html_of(row.body)):
            reasons.append(_("%(language)s: no title or no text.") % {"language": name})
            continue
        if _is_foreign(row):
            reasons.append(
                _("%(language)s: the text is in another language.") % {"language": name}
            )
        needed = pages.NEEDED.get(version.document.code, frozenset())
        if left := sorted(needed - blocks_in(row.body)):
            reasons.append(
                _("%(language)s: these parts are missing: %(parts)s.")
                % {"language": name, "parts": ", ".join(f"[[{x}]]" for x in left)}
            )
    return reasons


def _is_foreign(row: Wording) -> bool:
    """Chinese without a Chinese sign, or another language mostly of such."""
    text = row.title + row.body
    chinese = len(_CHINESE.findall(text))
    if row.language.startswith("zh"):
        return not chinese
    return chinese > len(_LATIN.findall(text))


@transaction.atomic
def withdraw(
    *, document: Document, actor: "User | Viewer", now: datetime | None = None
) -> None:
    """Take a notice or an article off the lists; pages that the law wants stay."""
    viewer, moment = _editor(actor), now or timezone.now()
    if document.kind == Kind.PAGE:
        raise IllegalMove
    rows = Document.objects.filter(pk=document.pk, withdrawn_at=None)
    if not rows.update(withdrawn_at=moment):
        raise IllegalMove
    document.refresh_from_db()
    entry = ledger.Entry("page_withdrawn", viewer, moment, {"code": document.code})
    ledger.append_of_day(entry)


def _record(what: str, version: Version, viewer: Viewer, now: datetime) -> None:
    payload = {
        "code": version.document.code,
        "number": version.number,
        "effective_from": version.effective_from,
        "sha256": words_hash(version),
    }
    entry = ledger.Entry(what, viewer, now, payload)
    ledger.append_of_day(entry)


def words_hash(version: Version) -> str:
    """SHA-256 of all its words, by language."""
    rows = version.wordings.order_by("language").values_list(
        "language", "title", "summary", "body"
    )
    text = json.dumps(list(map(list, rows)), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
