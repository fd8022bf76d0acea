"""Held messages decided together, after a flood: each by itself, as ``hold`` does it.

Every message has a transaction and an event of its own, so one that fails keeps none of
the others, and a second press finds only what is left.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from complaints.channels import hold
from complaints.errors import IllegalMove, NotPermitted
from complaints.models import RawMessage
from complaints.permissions import Viewer

if TYPE_CHECKING:
    from teams.models import User

logger = logging.getLogger(__name__)

MOST = 50
"""Messages decided by one press: a page of the list."""


@dataclass(slots=True)
class Sums:
    """How many were decided, how many somebody else had decided meanwhile, and how many
    failed and are held as before."""

    done: int = 0
    gone: int = 0
    failed: int = 0


def accept(rows: Iterable[RawMessage], *, actor: User | Viewer) -> Sums:
    """Open a complaint from each. Raises ``NotPermitted``."""
    return _each(rows, lambda raw: hold.accept(raw, actor=actor))


def drop(rows: Iterable[RawMessage], reason: str, *, actor: User | Viewer) -> Sums:
    """Let each be, for one ``reason`` in the actor's words. Raises ``NotPermitted``."""
    return _each(rows, lambda raw: hold.drop(raw, reason, actor=actor))


def _each(rows: Iterable[RawMessage], decide: Callable[[RawMessage], object]) -> Sums:
    sums = Sums()
    for raw in rows:
        try:
            decide(raw)
        except NotPermitted:
            raise
        except IllegalMove:
            sums.gone += 1
        except Exception:  # Some are held because they broke their channel before.
            logger.exception("Held message %s could not be decided.", raw.pk)
            sums.failed += 1
        else:
            sums.done += 1
        # Read for this one alone: fifty large mails do not fit into memory together.
        raw.__dict__.pop("raw", None)
    return sums
