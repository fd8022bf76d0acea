"""Publishing an award without names: written by one person, checked by another."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appeals.models import Award, PublishedAward, Referral
from appeals.services.outside.rows import heard, record, written
from complaints.errors import GuardRefused, IllegalMove, InvalidInput, NotPermitted
from complaints.models import Complaint, Identifier
from complaints.permissions import Viewer, as_viewer
from complaints.states import Barrier
from complaints.transitions import Refusal

if TYPE_CHECKING:
    from teams.models import User

_MAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_LONG = re.compile(r"\b(?:0x)?[0-9A-Za-z]{26,}\b")
"""Addresses of wallets and transactions are at least that long."""


def traces(case: Complaint, text: str) -> list[str]:
    """What in ``text`` still names somebody or something of the case.

    A help and no proof: the person who checks reads all of it.
    """
    return sorted(
        {word for word in _traces(case) if _stands_in(word, text)} | _odd(text)
    )


def _stands_in(word: str, text: str) -> bool:
    return word.casefold() in text.casefold()


def _odd(text: str) -> set[str]:
    return {*_MAIL.findall(text), *_LONG.findall(text)}


def _traces(case: Complaint) -> Iterator[str]:
    party = case.customer
    yield str(case.reference)
    names = (party.first_name, party.last_name, party.account_id, party.email)
    people = [
        p for r in case.representatives.all() for p in (r.first_name, r.last_name)
    ]
    rows = Identifier.objects.filter(complaint=case).values_list("value", flat=True)
    for word in (*names, party.phone, party.street, *people, *rows):
        if len(word.strip()) > 1:
            yield word.strip()


def _ask_anonymous(case: Complaint, text: str) -> None:
    if found := traces(case, text):
        words = _("This still names: %(traces)s.") % {"traces": ", ".join(found)}
        raise GuardRefused([Refusal("not_anonymous", words)])


@transaction.atomic
def write_publication(
    *,
    referral: Referral,
    title: str,
    text: str,
    actor: "User | Viewer",
    language: str = "en",
    now: datetime | None = None,
) -> PublishedAward:
    """Keep the text without names; it is public only once another person checked it.

    Raises ``GuardRefused`` where a name or number of the case stands in it.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    row, award = _made(referral, viewer)
    kept = written(title, "title", most=200), written(text, "text")
    _ask_anonymous(row.complaint, "\n".join(kept))
    if language not in dict(settings.LANGUAGES):
        words = _("This is not one of the choices.")
        raise InvalidInput(words, field="language")
    known = PublishedAward.objects.filter(award=award).first()
    if known is not None and known.published_at is not None:
        raise IllegalMove(_("It is published already."))
    made, _new = PublishedAward.objects.update_or_create(
        award=award,
        defaults={
            "title": kept[0],
            "text": kept[1],
            "language": language,
            "written_by": viewer.user,
            "written_at": moment,
            "checked_by": None,
        },
    )
    record(row, "publication_written", viewer, moment)
    return made


@transaction.atomic
def publish(
    *,
    referral: Referral,
    seen_at: datetime,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> PublishedAward:
    """A second person read the text of ``seen_at`` and lets it out."""
    viewer, moment = as_viewer(actor), now or timezone.now()
    row, award = _made(referral, viewer)
    made = PublishedAward.objects.filter(award=award).first()
    if made is None or made.published_at is not None:
        raise IllegalMove
    if made.written_by_id == viewer.user.pk:
        words = _("You wrote this text; somebody else checks it.")
        raise GuardRefused([Refusal("own_text", words)])
    if made.written_at != seen_at:
        words = _("The text changed since you read it. Read it again.")
        raise GuardRefused([Refusal("text_changed", words)])
    _ask_anonymous(row.complaint, f"{made.title}\n{made.text}")
    made.checked_by, made.published_at = viewer.user, moment
    made.save(update_fields=["checked_by", "published_at"])
    record(row, "award_published", viewer, moment, {"publication": made.pk})
    return made


def _made(referral: Referral, viewer: Viewer) -> tuple[Referral, Award]:
    """An award that stands, of a case that no barrier hides."""
    row = heard(referral, viewer)
    award: Award | None = getattr(row, "award", None)
    if award is None or row.state not in ("awarded", "carrying_out", "done"):
        raise IllegalMove
    if row.complaint.barrier != Barrier.NONE:
        raise NotPermitted
    return row, award


def published() -> "list[PublishedAward]":
    """What everybody may read, newest first."""
    rows = PublishedAward.objects.filter(published_at__isnull=False)
    return list(rows.order_by("-published_at", "-pk"))
