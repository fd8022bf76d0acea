"""That a file of the register was made: by a command, so in the name of the system."""

from datetime import datetime
from typing import Any

from django.db import transaction

from complaints import ledger
from complaints.permissions import viewer_of
from teams.system import system_actor


def note(door: str, facts: dict[str, Any], now: datetime) -> None:
    """On the day's stream of the desk, beside what reviewers looked at."""
    viewer = viewer_of(system_actor())
    entry = ledger.Entry("figures_viewed", viewer, now, {"door": door, **facts})
    with transaction.atomic():
        ledger.append(f"desk:{now.date().isoformat()}", entry)
