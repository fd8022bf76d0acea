"""How each mailbox fares: written by who fetches, read by pages, metrics and alarms.

Kept in the cache: it says nothing that a look into the mailbox would not say again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.utils import timezone

from complaints.channels.email.mailbox import places

if TYPE_CHECKING:
    from complaints.channels.email.fetch import Round

SILENCE = timedelta(minutes=15)
"""So long a mailbox may fail or not be looked at before it counts as down."""


@dataclass(frozen=True, slots=True)
class State:
    """seen_at: when it last answered, None where nobody knows; error: of the last look;
    refused: mails that the server does not hand over; left: mails still waiting."""

    name: str
    seen_at: datetime | None = None
    error: str = ""
    refused: int = 0
    left: int = 0

    def is_down(self, now: datetime | None = None) -> bool:
        seen = self.seen_at
        return seen is None or (now or timezone.now()) - seen > SILENCE


def note(result: Round, *, now: datetime | None = None) -> None:
    """Keep what a round brought; a failure keeps the time of the last success."""
    moment = now or timezone.now()
    before = _state(result.name)
    seen = before.seen_at if result.error else moment
    state = State(result.name, seen, result.error, result.refused, result.left)
    cache.set(_key(result.name), state, timeout=None)


def states() -> list[State]:
    """Every mailbox that is configured, in its order."""
    return [_state(place.name) for place in places()]


def _state(name: str) -> State:
    found = cache.get(_key(name))
    return found if isinstance(found, State) else State(name)


def _key(name: str) -> str:
    return f"mailbox:{hashlib.sha256(name.encode()).hexdigest()[:32]}"
