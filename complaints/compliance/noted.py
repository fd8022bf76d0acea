"""Who looked at figures, or took the register away: one event on the day's stream.

At once, or by the way of the log that may only be inserted to, where there is one.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from complaints import ledger
from complaints.compliance import viewlog
from complaints.permissions import Viewer


def note(viewer: Viewer, now: datetime, facts: Mapping[str, Any]) -> None:
    """``facts`` say what: the door, the filter, how much, the checksum."""
    if viewlog.is_apart():
        viewlog.put(viewer, now, facts)
        return
    with transaction.atomic():
        ledger.append_of_day(ledger.Entry(viewlog.WHAT, viewer, now, facts))
