"""The sign of life of the worker: written by a task, read by probes and pages."""

from datetime import datetime, timedelta

from django.core.cache import cache
from django.utils import timezone

KEY = "heartbeat"
SILENCE = timedelta(minutes=5)
"""Five missed beats: then a worker or Beat stands still."""


def beat(*, now: datetime | None = None) -> datetime:
    """Note that a worker lives."""
    moment = now or timezone.now()
    cache.set(KEY, moment.isoformat(), timeout=None)
    return moment


def last_beat() -> datetime | None:
    """When a worker last gave a sign of life; None where none ever did."""
    noted = cache.get(KEY)
    return datetime.fromisoformat(noted) if noted else None


def is_alive(*, now: datetime | None = None) -> bool:
    """Whether reminders and mail are going out at all."""
    last = last_beat()
    return last is not None and (now or timezone.now()) - last < SILENCE
