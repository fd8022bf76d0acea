"""What each customer of an incident gets."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.errors import InvalidInput
from complaints.models import Complaint, Incident, IncidentCase
from complaints.permissions import Viewer, as_viewer
from complaints.services.incidents import ask_may, hold, record
from complaints.states import WORKING_STATES, State

if TYPE_CHECKING:
    from teams.models import User

UNPROPOSED = WORKING_STATES - {State.IN_REVIEW, State.REMEDYING, State.APPEALED}
"""States in which a member's amount can still go into its answer."""


@transaction.atomic
def set_amounts(
    *,
    incident: Incident,
    amounts: Mapping[int, Decimal | None],
    asset: str,
    rate: Decimal,
    actor: "User | Viewer",
    now: datetime | None = None,
) -> int:
    """What customers get, by key of the case, in ``asset`` at ``rate``; how many.

    Only where no answer is proposed: afterwards another amount would stand here than
    in what is signed and sent. Raises ``InvalidInput`` for an amount that is none.
    """
    viewer, moment = as_viewer(actor), now or timezone.now()
    ask_may(incident, viewer)
    if not rate.is_finite() or rate <= 0:
        words = _("Enter the rate to the reporting currency.")
        raise InvalidInput(words, field="rate")
    for amount in amounts.values():
        if amount is not None and (not amount.is_finite() or amount <= 0):
            words = _("Enter the amount as a number, such as 0.25")
            raise InvalidInput(words, field="amount")
    fresh = hold(incident)
    seen = Complaint.objects.visible_to(viewer).filter(
        pk__in=amounts, state__in=sorted(UNPROPOSED)
    )
    rows = list(
        IncidentCase.objects.filter(incident=fresh, complaint__in=seen, removed_at=None)
    )
    for row in rows:
        row.amount = amounts[row.complaint_id]
        row.asset, row.rate = asset.strip().upper()[:16], rate
    IncidentCase.objects.bulk_update(rows, ["amount", "asset", "rate"], batch_size=200)
    said = {"asset": asset, "rate": rate, "cases": [row.complaint_id for row in rows]}
    record(fresh, "incident_amounts_set", viewer, moment, said)
    return len(rows)
