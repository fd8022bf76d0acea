"""What is announced about an appeal; the words are the letters' matter."""

from datetime import datetime
from typing import Any

from complaints import notifications
from complaints.models import Event
from complaints.permissions import Viewer
from complaints.registry import Done


def announce(
    appeal: Any, what: str, *, viewer: Viewer, now: datetime, event: Event
) -> None:
    """Write the notices of what is no transition of ``appeal`` (its lodging)."""
    state = appeal.state
    notifications.announce(Done(appeal, what, viewer, {}, now, event, state, state))
