"""Who read a case: on the ledger of reads, once an hour a person."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from complaints import ledger
from complaints.models import Complaint, Event, Outbox
from complaints.outbox import ALARM
from complaints.permissions import Viewer, as_viewer
from complaints.selectors.receipts import OPENED
from complaints.worded import Worded

if TYPE_CHECKING:
    from teams.models import User

STATUS_OPENED = "status_opened"
LETTER_PRINTED = "letter_printed"
ONCE_IN = timedelta(hours=1)
"""A page that is opened again within this is the same reading."""


def _since(complaint: Complaint, now: datetime) -> datetime:
    """From when on a reading is the same: an alarm in between makes it another."""
    lately = now - ONCE_IN
    if not complaint.funds_at_risk:
        return lately
    alarms = Outbox.objects.filter(complaint=complaint, kind=ALARM)
    newest: datetime | None = alarms.aggregate(at=Max("created_at"))["at"]
    return max(lately, newest) if newest else lately


_LATELY = Worded(
    lambda stream, what, who, since: (
        Event.objects.filter(stream=stream, what=what, actor=who, at__gt=since)
        .order_by()
        .values_list("pk")[:1]
    )
)


def record_reading(
    *,
    complaint: Complaint,
    actor: "User | Viewer",
    what: str = OPENED,
    now: datetime | None = None,
) -> None:
    """Keep that a person of the desk read the case; customers read their own freely.

    ``what`` is ``OPENED`` for the whole case, ``STATUS_OPENED`` for what support may
    tell, ``LETTER_PRINTED`` for a letter that they post. The caller has asked
    ``visible_to``.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    stream = f"reads:{complaint.pk}"
    since = _since(complaint, moment)
    if _LATELY.rows(stream=stream, what=what, who=viewer.user.pk, since=since):
        return
    with transaction.atomic():
        ledger.append(stream, ledger.Entry(what, viewer, moment))
