"""A case at risk that nobody has opened in time: the leads hear of it, once an alarm.

The scan of limits asks. What is told stands on the ledger, so a scan that runs twice,
late or on two machines tells it once.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from complaints import ledger, notifications
from complaints.models import Complaint, Event, Outbox
from complaints.outbox import ALARM
from complaints.permissions import Viewer
from complaints.registry import Done
from complaints.selectors.receipts import is_urgent, receipts_of

logger = logging.getLogger(__name__)

LOOK_BACK = timedelta(days=7)
"""An alarm older than that is told of no more, whatever kept the scan."""

UNSEEN = "alarm_unseen"


def tell_of_unseen(*, viewer: Viewer, now: datetime) -> int:
    """Tell the leads of alarms that nobody looked after; how many those were."""
    late = now - timedelta(minutes=settings.URGENT_UNSEEN_MINUTES)
    rows = Outbox.objects.filter(
        kind=ALARM, created_at__gt=now - LOOK_BACK, created_at__lte=late
    )
    rows = rows.select_related("complaint__team").order_by("pk")
    newest = {row.complaint_id: row for row in rows if row.complaint}
    cases = [
        r.complaint for r in newest.values() if r.complaint and is_urgent(r.complaint)
    ]
    seen = receipts_of(cases)
    unseen = [c for c in cases if not any(r.seen_at for r in seen.get(c.pk, ()))]
    return sum(_tell_alone(case, newest[case.pk], viewer, now) for case in unseen)


def _tell_alone(case: Complaint, alarm: Outbox, viewer: Viewer, now: datetime) -> bool:
    """One that fails is logged and met again by the next scan; the others are told."""
    try:
        return _tell(case, alarm, viewer, now)
    except Exception:
        logger.exception("nobody could be told that case %s is unseen", case.pk)
        return False


@transaction.atomic
def _tell(case: Complaint, alarm: Outbox, viewer: Viewer, now: datetime) -> bool:
    """Unless it was told already: an alarm is told of once."""
    head = ledger.lock(case.stream)
    known = Event.objects.filter(stream=case.stream, what=UNSEEN)
    if known.filter(payload__alarm=alarm.pk).exists():
        return False
    entry = ledger.Entry(UNSEEN, viewer, now, {"alarm": alarm.pk})
    event = ledger.append(case.stream, entry, head=head)
    notifications.announce(Done.of_event(case, event, viewer))
    return True
