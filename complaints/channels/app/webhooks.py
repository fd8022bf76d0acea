"""Secrets of webhooks, and calls that are made once more."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from complaints import ledger
from complaints.channels.app.events import WEBHOOK
from complaints.channels.app.models import Delivery, Endpoint
from complaints.channels.app.sealing import new_secret
from complaints.errors import IllegalMove, NotPermitted
from complaints.models import Outbox, OutboxStatus
from complaints.outbox import wake_after_commit
from complaints.permissions import Viewer

if TYPE_CHECKING:
    from teams.models import User

OVERLAP = timedelta(hours=24)
"""How long an old secret signs beside the new one."""


def prepare(endpoint: Endpoint) -> None:
    """A secret for a new endpoint; one that is used again is stopped no longer."""
    if not endpoint.secret:
        endpoint.secret = new_secret()
    if endpoint.active:
        endpoint.stopped_for = ""


@transaction.atomic
def rotate(endpoint: Endpoint, *, now: datetime | None = None) -> None:
    """A new secret; calls are signed by both for a day, then by the new one alone."""
    moment = now or timezone.now()
    row = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
    row.old_secret, row.old_until = row.secret, moment + OVERLAP
    row.secret = new_secret()
    row.save(update_fields=["secret", "old_secret", "old_until"])
    endpoint.refresh_from_db()


@transaction.atomic
def replay(
    row: Delivery | Outbox, *, actor: "User", now: datetime | None = None
) -> None:
    """Call again, with the same id; what waits already goes on waiting.

    Raises ``NotPermitted`` or ``IllegalMove``.
    """
    if not actor.is_superuser and not actor.is_system:
        raise NotPermitted
    moment = now or timezone.now()
    done = Outbox.objects.filter(pk=row.pk, channel=WEBHOOK)
    done = done.exclude(status=OutboxStatus.PENDING)
    changes = {"status": OutboxStatus.PENDING, "attempts": 0, "due_at": moment}
    if not done.update(**changes, leased_until=None, error=""):
        raise IllegalMove
    viewer = Viewer(user=actor, at=moment)
    entry = ledger.Entry("webhook_replayed", viewer, moment, {"notice": row.pk})
    ledger.append_of_day(entry)
    wake_after_commit()
