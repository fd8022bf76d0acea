"""Who orders a return, takes it away and says that it is final. Each stands on the
ledger.

Officers of compliance and the head order; files with a line a case are for whoever may
read the whole register besides.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints import ledger, letter_system
from complaints.compliance.returns.errors import BadOrder, NoPeriod
from complaints.compliance.returns.kinds import FORMS_OF, suits
from complaints.compliance.returns.models import (
    KEPT,
    KEPT_REGISTER,
    OF_CASES,
    ORDERING,
    Form,
    Kind,
    Production,
)
from complaints.compliance.returns.period import Period, parse
from complaints.errors import IllegalMove, NotPermitted, NotVisible
from complaints.permissions import Viewer, as_viewer
from config.celery import wake
from teams.roles import Perm

if TYPE_CHECKING:
    from teams.models import User

MAKE: Final = "complaints.compliance.returns.tasks.make_returns"


def may_order(kind: str, viewer: Viewer) -> bool:
    """Whether this viewer may have it made, now."""
    if not any(map(viewer.holds, ORDERING)):
        return False
    return kind not in OF_CASES or viewer.holds(Perm.VIEW_REGISTER)


def may_open(row: Production, viewer: Viewer) -> bool:
    """The register goes to whoever ordered it, and to nobody else: its lines are what
    that person may read."""
    if row.kind in OF_CASES and not viewer.holds(Perm.VIEW_REGISTER):
        return False
    return row.kind != Kind.REGISTER or row.asked_by_id == viewer.user.pk


def forms_of(kind: str) -> tuple[Form, ...]:
    """In which forms it can be ordered here; no PDF without what draws one."""
    drawn = letter_system.available()
    return tuple(f for f in FORMS_OF.get(kind, ()) if f != Form.PDF or drawn)


def order(
    *,
    kind: str,
    period: str,
    form: str,
    language: str,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> Production:
    """The order, or the same one that is still owed to this person.

    Raises ``NotPermitted`` and ``BadOrder``.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    if not may_order(kind, viewer):
        raise NotPermitted
    asked = _checked(kind, period, form, language)
    given = {
        "kind": kind,
        "form": form,
        "language": language,
        "first": asked.first,
        "last": asked.last,
        "asked_by": viewer.user,
    }
    try:
        with transaction.atomic():
            row = Production.objects.create(**given, period=asked.name, asked_at=moment)
            record("return_ordered", row, viewer, moment)
            transaction.on_commit(_ring)
    except IntegrityError:
        return Production.objects.get(**given, made_at=None, error="")
    return row


def _checked(kind: str, period: str, form: str, language: str) -> Period:
    try:
        asked = parse(period.strip())
    except ValueError as error:
        raise NoPeriod from error
    if not suits(kind, asked):
        raise BadOrder(
            _("Published figures are of a whole year, such as 2026.")
            if kind == Kind.PUBLIC
            else _("This return is of a half year, such as 2026-H1.")
        )
    if form not in forms_of(kind):
        raise BadOrder(_("This return is not made in that form here."))
    if language not in dict(settings.LANGUAGES):
        raise BadOrder
    return asked


def _ring() -> None:
    wake(MAKE)


def open_file(
    *, row: Production, actor: "User | Viewer", now: datetime | None = None
) -> "File[bytes]":
    """For handing out. Raises ``NotVisible``, ``NotPermitted``, and
    ``FileNotFoundError`` where the storage lost it."""
    viewer = as_viewer(actor)
    seen = Production.objects.visible_to(viewer).filter(pk=row.pk).first()
    if seen is None or not seen.is_ready:
        raise NotVisible
    if not may_open(seen, viewer):
        raise NotPermitted
    opened: File[bytes] = seen.file.open("rb")
    with transaction.atomic():
        record("return_opened", seen, viewer, now or timezone.now())
    return opened


def make_final(
    *, row: Production, actor: "User | Viewer", now: datetime | None = None
) -> Production:
    """Say that this is the file that was handed in; it is kept from now on.

    Raises ``NotPermitted``, and ``IllegalMove`` where its period was not over, the file
    is gone, or it is the register, which is no return.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    if not may_order(row.kind, viewer):
        raise NotPermitted
    if not may_be_final(row):
        raise IllegalMove
    with transaction.atomic():
        rows = Production.objects.filter(pk=row.pk, final_at=None, gone_at=None)
        if not rows.update(final_at=moment, final_by=viewer.user):
            raise IllegalMove
        row.refresh_from_db()
        record("return_final", row, viewer, moment)
    return row


def may_be_final(row: Production) -> bool:
    open_still = row.is_ready and row.final_at is None
    return open_still and row.is_over and row.kind != Kind.REGISTER


def record(what: str, row: Production, viewer: Viewer, now: datetime) -> None:
    """On the stream of the day; inside a transaction."""
    facts: dict[str, Any] = {
        "export": row.pk,
        "return": row.kind,
        "form": row.form,
        "language": row.language,
        "from": row.first,
        "to": row.last,
        "lines": row.lines,
        "sha256": row.sha256,
    }
    ledger.append_of_day(ledger.Entry(what, viewer, now, facts))


def forget_old(*, now: datetime | None = None) -> int:
    """Delete files whose time is over; how many. Their rows stay."""
    moment, gone = now or timezone.now(), 0
    rows = Production.objects.filter(made_at__isnull=False, gone_at=None, final_at=None)
    old = rows.filter(kind=Kind.REGISTER, made_at__lt=moment - KEPT_REGISTER)
    for row in (*old, *rows.filter(made_at__lt=moment - KEPT)):
        mine = rows.filter(pk=row.pk)
        if mine.update(gone_at=moment, file=""):
            row.file.storage.delete(str(row.file.name))
            gone += 1
    return gone
