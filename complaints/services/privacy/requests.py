"""Requests of persons about their data: recorded, extended once, answered in time.

What is done about one is done by ``export_person`` and ``erase_person``; here stands
that it was asked, until when it is owed, and what came of it.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from complaints import ledger
from complaints.clocks.limits import months_later
from complaints.errors import IllegalMove, InvalidInput, NotPermitted
from complaints.models import PersonRequest, RequestAnswer, RequestKind
from complaints.models.person_request import WORDS_LIMIT
from complaints.outbox import staff_notice
from complaints.permissions import Viewer, as_viewer
from teams.permissions import holders_of
from teams.roles import Perm

if TYPE_CHECKING:
    from teams.models import User

MONTHS, MORE_MONTHS = 1, 2
"""GDPR Art 12(3): within one month of receipt; two further months where necessary."""

KEPT = timedelta(days=3 * 366)
"""How long the words of an answered request stay: as long as it may be disputed."""

BEFORE = (7, 1)
PAGE = "admin:complaints_complaint_persons"
RIGHTS = (Perm.HEAD, Perm.SIGN_COMPLIANCE)


def may_keep(viewer: Viewer) -> bool:
    """The head of complaints and officers of compliance."""
    return any(viewer.holds(code) for code in RIGHTS)


def open_requests() -> "QuerySet[PersonRequest]":
    """Those that still wait, the first due first."""
    return PersonRequest.objects.filter(answered_at=None)


@transaction.atomic
def record(
    *,
    kind: str,
    email: str,
    received_on: date,
    actor: "User | Viewer",
    note: str = "",
    now: datetime | None = None,
) -> PersonRequest:
    """Write down that it was asked. Raises ``NotPermitted`` or ``InvalidInput``."""
    viewer, moment = _allowed(actor), now or timezone.now()
    if kind not in RequestKind.values:
        raise InvalidInput(_("This is not one of the choices."), field="kind")
    try:
        validate_email(email)
    except ValidationError as error:
        raise InvalidInput(_("This is no e-mail address."), field="email") from error
    if received_on > timezone.localdate(moment):
        raise InvalidInput(_("This day is still to come."), field="received_on")
    row = PersonRequest.objects.create(
        kind=kind,
        email=email,
        note=_text(note, "note", empty=True),
        received_on=received_on,
        due_on=months_later(received_on, MONTHS),
        recorded_by=viewer.user,
        recorded_at=moment,
    )
    _write("person_request_recorded", row, viewer, moment)
    return row


@transaction.atomic
def extend(
    *,
    request: PersonRequest,
    why: str,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> None:
    """Take two further months, once and within the first; the person has to be told
    why. Raises ``NotPermitted``, ``IllegalMove`` or ``InvalidInput``."""
    viewer, moment = _allowed(actor), now or timezone.now()
    row = _open(request)
    if row.extended_at is not None or row.due_on < timezone.localdate(moment):
        raise IllegalMove(_("It can be extended once, within the first month."))
    row.extended_why = _text(why, "why")
    row.extended_at = moment
    row.due_on = months_later(row.received_on, MONTHS + MORE_MONTHS)
    row.save(update_fields=["extended_why", "extended_at", "due_on"])
    _write("person_request_extended", row, viewer, moment)


@transaction.atomic
def answer(
    *,
    request: PersonRequest,
    answer: str,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> None:
    """Say what came of it, once. Raises as ``extend``."""
    viewer, moment = _allowed(actor), now or timezone.now()
    row = _open(request)
    if answer not in RequestAnswer.values:
        raise InvalidInput(_("This is not one of the choices."), field="answer")
    row.answer, row.answered_by, row.answered_at = answer, viewer.user, moment
    row.save(update_fields=["answer", "answered_by", "answered_at"])
    _write("person_request_answered", row, viewer, moment)


def _allowed(actor: "User | Viewer") -> Viewer:
    viewer = as_viewer(actor)
    if not may_keep(viewer):
        raise NotPermitted
    return viewer


def _open(request: PersonRequest) -> PersonRequest:
    row = PersonRequest.objects.select_for_update().get(pk=request.pk)
    if row.answered_at is not None:
        raise IllegalMove
    return row


def _text(text: str, field: str, *, empty: bool = False) -> str:
    words = text.strip()
    if not (words or empty) or len(words) > WORDS_LIMIT:
        raise InvalidInput(_("Write under 5,000 characters."), field=field)
    return words


def _write(what: str, row: PersonRequest, viewer: Viewer, now: datetime) -> None:
    facts = {"request": row.pk, "kind": row.kind, "due": row.due_on}
    facts |= {"answer": row.answer} if row.answer else {}
    ledger.append_of_day(ledger.Entry(what, viewer, now, facts))


# Reminders and the end ----------------------------------------------------------------


def remind(*, now: datetime | None = None) -> int:
    """Write to who keeps them of those that fall due or are late; how many notices.

    Seven days before, the day before, and each day after: told apart by their key.
    """
    moment = now or timezone.now()
    today = timezone.localdate(moment)
    rows = open_requests().filter(due_on__lte=today + timedelta(days=max(BEFORE)))
    people = list(holders_of(RIGHTS))
    return sum(_remind(row, people, today, moment) for row in rows)


def _remind(
    row: PersonRequest, people: Iterable["User"], today: date, now: datetime
) -> int:
    left = (row.due_on - today).days
    level = min(step for step in BEFORE if step >= left) if left > 0 else left
    told = 0
    for person in people:
        with override(person.language):
            body = gettext(
                "%(kind)s, received on %(received)s: an answer is owed until %(due)s."
            ) % {
                "kind": row.get_kind_display(),
                "received": date_format(row.received_on, "DATE_FORMAT"),
                "due": date_format(row.due_on, "DATE_FORMAT"),
            }
            subject = gettext("A request of a person falls due")
            late = gettext("A request of a person is late")
            staff_notice(
                key=f"person_request:{row.pk}:{row.due_on}:{level}:{person.pk}",
                user=person,
                subject=late if left < 0 else subject,
                body=f"{body}\n\n{settings.SITE_URL}{reverse(PAGE)}\n",
                complaint=None,
                now=now,
            )
        told += 1
    return told


def forget_old(*, now: datetime | None = None) -> int:
    """Empty the words of what was answered long ago; how many."""
    before = (now or timezone.now()) - KEPT
    rows = PersonRequest.objects.filter(answered_at__lt=before).exclude(email="")
    return rows.update(email="", note="", extended_why="")
