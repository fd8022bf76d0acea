"""What the ledger keeps of who was let in and shut out: one event a change."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.dispatch import receiver

from complaints import ledger
from complaints.permissions import viewer_of
from teams.signals import rights_changed

if TYPE_CHECKING:
    from teams.models import User


@receiver(rights_changed)
def record(
    sender: Any,
    *,
    user: "User",
    actor: "User",
    what: str,
    facts: dict[str, Any],
    now: datetime,
    **_more: Any,
) -> None:
    """In the transaction of the change: no right moves without its event."""
    entry = ledger.Entry(what, viewer_of(actor), now, {"user": user.pk, **facts})
    ledger.append_of_day(entry)
