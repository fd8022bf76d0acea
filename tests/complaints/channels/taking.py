"""What a message leaves behind, and a kill at a point of its way."""

import importlib
from collections import Counter
from collections.abc import Callable
from typing import Any

from complaints.models import Complaint, Evidence, Message, Outbox, Party, RawMessage


class Killed(BaseException):
    """What a kill leaves no time to handle."""


def counts() -> Counter[str]:
    return Counter(RawMessage.objects.values_list("outcome", flat=True))


def rows() -> tuple[int, ...]:
    models = (RawMessage, Complaint, Message, Evidence, Outbox, Party)
    return tuple(model.objects.count() for model in models)


def real_of(point: str) -> Callable[..., Any]:
    module, _, name = point.rpartition(".")
    real: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return real


def deadly(real: Callable[..., Any], after: bool) -> Callable[..., Any]:
    def function(*given: Any, **named: Any) -> None:
        if after:
            real(*given, **named)
        raise Killed

    return function
