"""What hostile input may cost at most."""

import resource

SLOWEST = 5.0
"""Seconds for one message."""

MOST_GROWTH = 300.0
"""MB for ten thousand of them."""


def memory() -> float:
    """The most that this process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
