"""Who asks for a bundle and takes it away. Both stand on the ledger of reads."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from appeals.models import Appeal, Bundle, BundleStep, BundleVariant
from appeals.models.bundle import INSIDERS
from appeals.models.referral import ALIVE
from appeals.services.bundles.make import MOST_TRIES
from complaints import ledger
from complaints.errors import NotPermitted, NotVisible, RecourseError
from complaints.models import Complaint
from complaints.permissions import Viewer, as_viewer
from config.celery import wake

if TYPE_CHECKING:
    from teams.models import User

MAKE = "appeals.tasks.make_bundles"
KEPT = timedelta(days=30)
"""How long a file lies here; it can be made again at any time."""


HOUR = timedelta(hours=1)
MOST_OF_CASE, MOST_OF_PERSON = 6, 20
"""New bundles an hour: of one case, whoever asks, and for one person. One that was made
since the last event is given again and not counted."""


class TooManyBundles(RecourseError):
    """A worker is kept from other work by one case or one person."""

    code = "too_many_bundles"
    status = 429
    default = _(
        "This case was put together often in the last hour. Take what is there, or "
        "ask again in an hour."
    )


def may_ask(complaint: Complaint, variant: str, viewer: Viewer) -> bool:
    """The parties for what both sides may read; the whole for insiders only."""
    if variant not in BundleVariant.values:
        return False
    own = complaint.customer_id in viewer.parties
    inside = any(viewer.holds(codename) for codename in INSIDERS) and not own
    return variant == BundleVariant.SHARED or inside or viewer.is_system


@transaction.atomic
def ask_bundle(
    *,
    complaint: Complaint,
    variant: str,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> Bundle:
    """The bundle of the case as it stands now, made or owed.

    One that was made since the last event is given again. Raises ``NotVisible``,
    ``NotPermitted`` or ``TooManyBundles``.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    if not Complaint.objects.visible_to(viewer).filter(pk=complaint.pk).exists():
        raise NotVisible
    if not may_ask(complaint, variant, viewer):
        raise NotPermitted
    stream = ledger.lock(complaint.stream)
    rows = Bundle.objects.filter(complaint=complaint, variant=variant)
    known = rows.filter(made_at=None).first() or _fresh(rows, stream.seq)
    if known is None:
        _ask_rate(complaint, viewer, moment)
        known = _owe(complaint, variant, viewer, moment)
    elif known.made_at is None and known.tries >= MOST_TRIES:
        rows.filter(pk=known.pk).update(tries=0, leased_until=None, error="")
    if known.made_at is None:
        transaction.on_commit(_ring)
    _record(known, "bundle_asked", viewer, moment)
    return known


def _ask_rate(complaint: Complaint, viewer: Viewer, now: datetime) -> None:
    """Counted in the database, so that it holds on every host and after a restart."""
    if viewer.is_system:
        return
    lately = Bundle.objects.filter(asked_at__gt=now - HOUR)
    of_case = lately.filter(complaint=complaint).count()
    mine = 0 if viewer.user.is_system else lately.filter(asked_by=viewer.user).count()
    if of_case >= MOST_OF_CASE or mine >= MOST_OF_PERSON:
        raise TooManyBundles


def _fresh(rows: Any, seq: int) -> Bundle | None:
    made = rows.filter(made_at__isnull=False, gone_at=None, ledger_seq=seq)
    found: Bundle | None = made.order_by("-pk").first()
    return found


def _owe(complaint: Complaint, variant: str, viewer: Viewer, now: datetime) -> Bundle:
    last = Appeal.objects.filter(complaint=complaint).order_by("-pk").first()
    return Bundle.objects.create(
        complaint=complaint,
        appeal=last,
        variant=variant,
        asked_by=viewer.user,
        asked_at=now,
        step=BundleStep.WAITING,
    )


def _ring() -> None:
    wake(MAKE)


def known_bundles(complaint: Complaint, viewer: Viewer) -> list[Bundle]:
    """Those the viewer may have, newest first; not those whose file is gone."""
    rows = Bundle.objects.visible_to(viewer).filter(complaint=complaint, gone_at=None)
    return list(rows.select_related("complaint", "asked_by")[:10])


def open_bundle(
    *, bundle: Bundle, actor: "User | Viewer", now: datetime | None = None
) -> "File[bytes]":
    """The file for handing out. Raises ``NotVisible``, and ``FileNotFoundError`` where
    the storage lost it."""
    viewer = as_viewer(actor)
    row = Bundle.objects.visible_to(viewer).filter(pk=bundle.pk).first()
    if row is None or not row.is_ready:
        raise NotVisible
    opened: File[bytes] = row.file.open("rb")
    with transaction.atomic():
        _record(row, "bundle_opened", viewer, now or timezone.now())
    return opened


def _record(bundle: Bundle, what: str, viewer: Viewer, now: datetime) -> None:
    facts = {"bundle": bundle.pk, "variant": bundle.variant, "sha256": bundle.sha256}
    entry = ledger.Entry(what, viewer, now, facts)
    ledger.append(f"reads:{bundle.complaint_id}", entry)


def forget_old(*, now: datetime | None = None) -> int:
    """Delete files that lay here long enough; how many. Their rows stay, and so does
    the file that somebody decides on from outside."""
    moment, gone = now or timezone.now(), 0
    old = Bundle.objects.filter(made_at__lt=moment - KEPT, gone_at=None)
    for row in old.exclude(referrals__state__in=ALIVE):
        row.file.storage.delete(str(row.file.name))
        gone += Bundle.objects.filter(pk=row.pk).update(gone_at=moment, file="")
    return gone
