"""Figures of a month, frozen, signed off by the head, and restated with a reason.

Frozen rows are refused to be changed by the database itself. A restatement is frozen
beside what it replaces, so the difference can be shown for ever.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints import ledger
from complaints.channels.safetext import storable
from complaints.compliance.days import DAY, month_of, next_month
from complaints.compliance.models import (
    KEY,
    FrozenTally,
    RollupState,
    Snapshot,
    Tally,
)
from complaints.compliance.rollup import refresh
from complaints.compliance.rollup.read import NOT_FROZEN
from complaints.errors import IllegalMove, InvalidInput, NotPermitted
from complaints.models.amount import digits
from complaints.permissions import Viewer, as_viewer
from teams.roles import Perm
from teams.system import SCHEDULER, system_actor

if TYPE_CHECKING:
    from teams.models import User

REASON_LIMIT = 400
KEPT = (*KEY, "n", "amount", "value")


def may_sign(viewer: Viewer) -> bool:
    """The head of complaints signs figures off, nobody else."""
    return viewer.holds(Perm.HEAD)


# Freezing -----------------------------------------------------------------------------


def freeze_last_month(*, now: datetime | None = None) -> Snapshot | None:
    """The first version of the month before this one, once; None where it is there."""
    moment = now or timezone.now()
    month = month_of(month_of(moment.date()) - DAY)
    known = Snapshot.objects.filter(month=month).exists()
    reckoned = RollupState.objects.filter(rebuilt_at__isnull=False).exists()
    if known or not reckoned:
        return None
    viewer = Viewer(user=system_actor(SCHEDULER))
    try:
        return _freeze(month, "", viewer, moment)
    except IntegrityError:  # another worker was faster
        return None


def restate(
    *, month: date, reason: str, actor: "User | Viewer", now: datetime | None = None
) -> Snapshot:
    """Freeze the month as it is reckoned now, as its next version, to be signed.

    Raises ``NotPermitted``, ``InvalidInput`` (no reason), ``IllegalMove`` where the
    month is not over, no version is signed, or nothing came out otherwise.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    if not may_sign(viewer):
        raise NotPermitted
    words = storable(reason).strip()
    if not words or len(words) > REASON_LIMIT:
        raise InvalidInput(
            _("Say why, in at most 400 characters."), field="reason", code="empty"
        )
    newest = Snapshot.objects.filter(month=month).order_by("-version").first()
    if newest is None or newest.signed_at is None:
        raise IllegalMove(_("The version before it is not signed off."))
    refresh.refresh(now=moment)
    if checksum(_live(month)) == newest.checksum:
        raise IllegalMove(
            _("Nothing came out otherwise, so there is nothing to restate.")
        )
    return _freeze(month, words, viewer, moment)


@transaction.atomic
def _freeze(month: date, reason: str, viewer: Viewer, now: datetime) -> Snapshot:
    RollupState.held()
    rows = list(_live(month))
    last = Snapshot.objects.filter(month=month).aggregate(n=Max("version"))["n"] or 0
    kept = Snapshot.objects.create(
        month=month,
        version=last + 1,
        made_at=now,
        rows=len(rows),
        checksum=checksum(rows),
        reason=reason,
    )
    FrozenTally.objects.bulk_create(
        (
            FrozenTally(snapshot=kept, **dict(zip(KEPT, row, strict=True)))
            for row in rows
        ),
        batch_size=2000,
    )
    _record("figures_frozen", kept, viewer, now)
    return kept


def _live(month: date) -> Iterable[tuple[Any, ...]]:
    return reckoned(month).order_by(*KEY).values_list(*KEPT)


def reckoned(month: date) -> "QuerySet[Tally]":
    """The tallies of a month that may be frozen, as they are now."""
    rows = Tally.objects.filter(start__gte=month, start__lt=next_month(month))
    return rows.exclude(measure__in=NOT_FROZEN)


def checksum(rows: Iterable[tuple[Any, ...]]) -> str:
    """SHA-256 over the rows in their order, amounts without idle noughts."""
    said = hashlib.sha256()
    for row in rows:
        plain = [digits(one) if isinstance(one, Decimal) else one for one in row]
        said.update(json.dumps(plain, default=str).encode() + b"\n")
    return said.hexdigest()


# Signing ------------------------------------------------------------------------------


@transaction.atomic
def sign(
    *, snapshot: Snapshot, actor: "User | Viewer", now: datetime | None = None
) -> None:
    """The head puts their name to a version; from then on it is what is shown.

    Raises ``NotPermitted``, or ``IllegalMove`` where it is signed already, was
    replaced, or its rows are not what was frozen.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    if not may_sign(viewer):
        raise NotPermitted
    rows = FrozenTally.objects.filter(snapshot=snapshot)
    if checksum(rows.order_by(*KEY).values_list(*KEPT)) != snapshot.checksum:
        raise IllegalMove(_("Its rows are not what was frozen."))
    later = Snapshot.objects.filter(month=snapshot.month, version__gt=snapshot.version)
    unsigned = Snapshot.objects.filter(pk=snapshot.pk, signed_at=None)
    if later.exists() or not unsigned.update(signed_at=moment, signed_by=viewer.user):
        raise IllegalMove(_("It is signed off already, or there is a newer version."))
    snapshot.signed_at, snapshot.signed_by = moment, viewer.user
    _record("figures_signed", snapshot, viewer, moment)


def _record(what: str, row: Snapshot, viewer: Viewer, now: datetime) -> None:
    facts = {
        "month": row.month,
        "version": row.version,
        "rows": row.rows,
        "checksum": row.checksum,
    }
    texts = {"reason": row.reason} if row.reason and what == "figures_frozen" else {}
    ledger.append_of_day(ledger.Entry(what, viewer, now, facts, texts))
