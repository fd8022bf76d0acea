"""Time zones as people chose them; a mistyped one must break nothing."""

from zoneinfo import ZoneInfo


def zone(name: str) -> ZoneInfo:
    """The zone of that name, UTC where there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")
