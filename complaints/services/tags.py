"""Words on cases, the same for every team: put there and taken off on the ledger."""

import unicodedata
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints import ledger
from complaints.errors import InvalidInput, NotPermitted, NotVisible
from complaints.masking import mask
from complaints.models import CaseTag, Complaint, Tag
from complaints.models.desk import TAG_LIMIT
from complaints.one_line import one_line
from complaints.permissions import Viewer, as_viewer
from complaints.reference_number import normalise
from teams.roles import Perm

if TYPE_CHECKING:
    from teams.models import User

MOST = 12
"""Tags of one case."""


def may_tag(viewer: Viewer) -> bool:
    """Whoever works on cases, whichever team they are in."""
    return viewer.holds(Perm.HANDLE)


def add_tag(
    *,
    complaint: Complaint,
    name: str,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> bool:
    """Put the tag of that name on a case; whether it was not there before.

    A name that nobody used so far makes a tag. Raises ``NotVisible``,
    ``NotPermitted`` or ``InvalidInput`` ("name": "empty", "too_long", "reference",
    "secret", "too_many").
    """
    viewer, moment = _let_in(complaint, actor), now or timezone.now()
    words = clean_name(name)
    with transaction.atomic():
        ledger.lock(complaint.stream)
        tag = _tag(words, viewer, moment)
        rows = CaseTag.objects.filter(complaint=complaint)
        if rows.filter(tag=tag).exists():
            return False
        if rows.count() >= MOST:
            many = _("A case has no more than %(most)s tags.") % {"most": MOST}
            raise InvalidInput(many, field="name", code="too_many")
        CaseTag.objects.create(
            complaint=complaint, tag=tag, added_by=viewer.user, added_at=moment
        )
        _record(complaint, "tagged", tag.pk, viewer, moment)
    return True


def remove_tag(
    *,
    complaint: Complaint,
    key: str,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> bool:
    """Take a tag off a case; whether it was there. Raises as ``add_tag`` does."""
    viewer = _let_in(complaint, actor)
    with transaction.atomic():
        ledger.lock(complaint.stream)
        row = CaseTag.objects.filter(complaint=complaint, tag__key=key).first()
        if row is None:
            return False
        row.delete()
        _record(complaint, "untagged", row.tag_id, viewer, now or timezone.now())
    return True


def clean_name(name: str) -> str:
    """The name as it is kept. Raises ``InvalidInput`` for what can be none.

    Tags are met on the cases of every team, so none may name a case.
    """
    words = one_line(unicodedata.normalize("NFKC", name))
    if not words:
        raise InvalidInput(_("Name the tag."), field="name", code="empty")
    if len(key_of(words)) > TAG_LIMIT or len(words) > TAG_LIMIT:
        long = _("Keep the tag under 40 characters.")
        raise InvalidInput(long, field="name", code="too_long")
    if names_a_case(words):
        told = _("A tag is read by other teams, so it names no case.")
        raise InvalidInput(told, field="name", code="reference")
    if mask(words) != words:
        told = _("A tag holds no key to a wallet.")
        raise InvalidInput(told, field="name", code="secret")
    return words


def key_of(name: str) -> str:
    """What two spellings of one tag have in common."""
    return name.casefold()


def names_a_case(text: str) -> bool:
    """Whether a reference stands in ``text``, however it is spelt."""
    words = unicodedata.normalize("NFKC", text).split()
    pairs = (" ".join(words[n : n + 3]) for n in range(len(words)))
    return any(normalise(part) for part in (*words, *pairs, text))


def drop_tags(complaint: Complaint) -> None:
    """Take all tags off a case whose words go, and with them those that now stand on
    none: a word of a tag may be about a person. In a transaction."""
    rows = CaseTag.objects.filter(complaint=complaint)
    keys = list(rows.values_list("tag", flat=True))
    rows.delete()
    Tag.objects.filter(pk__in=keys, case_tags=None).delete()


def _let_in(complaint: Complaint, actor: "User | Viewer") -> Viewer:
    viewer = as_viewer(actor)
    if not Complaint.objects.visible_to(viewer).filter(pk=complaint.pk).exists():
        raise NotVisible
    if not may_tag(viewer):
        raise NotPermitted
    return viewer


def _tag(words: str, viewer: Viewer, now: datetime) -> Tag:
    made = {"name": words, "made_by": viewer.user, "made_at": now}
    return Tag.objects.get_or_create(key=key_of(words), defaults=made)[0]


def _record(
    complaint: Complaint, what: str, tag: int, viewer: Viewer, now: datetime
) -> None:
    """The event holds the key alone: a word of a tag may be about a person."""
    ledger.append(complaint.stream, ledger.Entry(what, viewer, now, {"tag": tag}))
