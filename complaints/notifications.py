"""What is announced after which transition: writes outbox rows, sends nothing."""

from collections.abc import Callable

from complaints.registry import Done

NOTICES: dict[tuple[str, str], tuple[Callable[[Done], None], ...]] = {}
"""(object type, transition) -> what is written then."""


def announce(done: Done) -> None:
    """Write the notices of a transition; inside its transaction."""
    for write in NOTICES.get((done.obj.OBJECT_TYPE, done.transition), ()):
        write(done)
