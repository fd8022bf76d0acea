"""What hostile input may cost at most."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from time import process_time

SLOWEST = 5.0
"""Seconds for one message."""

MOST_GROWTH = 300.0
"""MB for ten thousand of them."""


def memory() -> float:
    """The most that this process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@contextmanager
def quick(what: object = "") -> Iterator[None]:
    """One message is done with in time: of the processor, which is ours alone however
    busy the machine is."""
    began = process_time()
    yield
    assert process_time() - began < SLOWEST, what


@contextmanager
def flat() -> Iterator[None]:
    """Ten thousand messages leave the memory as it was. Begin after some of them: what
    is loaded once is no growth."""
    before = memory()
    yield
    assert memory() - before < MOST_GROWTH
