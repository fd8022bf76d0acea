"""What rarely changes is asked for once in a few seconds, each process by itself."""

from collections.abc import Callable, Hashable
from functools import wraps
from time import monotonic
from typing import ParamSpec, TypeVar

from django.conf import settings

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


def remembered(function: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """Answer as ``MEMORY_SECONDS`` ago at most; arguments by place, and hashable.

    For what staff set up: a change is felt that much later in other processes. Whoever
    is answered must not change the answer, which others get as well.
    """
    kept: dict[Hashable, tuple[float, Answer]] = {}

    @wraps(function)
    def answer(*given: Given.args, **named: Given.kwargs) -> Answer:
        if not settings.MEMORY_SECONDS:
            return function(*given, **named)
        now, known = monotonic(), kept.get(given)
        if known is None or now - known[0] > settings.MEMORY_SECONDS:
            known = kept[given] = (now, function(*given, **named))
        return known[1]

    return answer
