"""How large a file may be that is drawn, and what is said of one that may not."""

MOST_PIXELS = 64_000_000
"""A picture of more is refused by its head, before a pixel of it is unpacked."""

MOST_PAGES = 10
SIDE = 2000
"""Pixels of the longer side of what is drawn."""


class Unfit(Exception):
    """The reason, one of ``drawing.REASONS``."""
