"""Who looked at figures, or took the register away: one event on the day's stream."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from complaints import ledger
from complaints.permissions import Viewer


def note(viewer: Viewer, now: datetime, facts: Mapping[str, Any]) -> None:
    """``facts`` say what: the door, the filter, how much, the checksum."""
    with transaction.atomic():
        ledger.append_of_day(ledger.Entry("figures_viewed", viewer, now, facts))
