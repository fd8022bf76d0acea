"""Moments as somebody sends them: in an address, a form, a delivery."""

from datetime import UTC, datetime

from django.utils.dateparse import parse_datetime


def read_moment(text: str) -> datetime | None:
    """A moment in ISO 8601 with its zone, in UTC; None for anything else.

    A day that no calendar has is none, nor one before the year 1 or after 9999 in UTC,
    which a database may not take.
    """
    try:
        found = parse_datetime(text)
        return found.astimezone(UTC) if found and found.tzinfo else None
    except (ValueError, OverflowError):
        return None
