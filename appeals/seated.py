"""Who an arbitrator is at the one door: a seat, and nobody of the house.

Such a viewer sees no complaint at all, by no list and no search: the only row it meets
is the referral of its own seat.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from complaints.permissions import Viewer
from teams.system import ARBITRATOR, system_actor


@dataclass(frozen=True)
class SeatViewer(Viewer):
    """Whoever passed both factors for the seat ``seat_pk``."""

    seat_pk: int = 0

    @property
    def role(self) -> str:
        return "arbitrator"


def seat_viewer(seat: Any, *, at: datetime) -> SeatViewer:
    """The viewer of a seat; ``only`` is empty, so no complaint is visible."""
    actor = system_actor(ARBITRATOR)
    return SeatViewer(user=actor, only=frozenset(), at=at, seat_pk=seat.pk)
