"""Where other parts sign up: effects, guards and answers that the core cannot know.

Filled while apps start (``AppConfig.ready``) and only read afterwards.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from complaints.transitions import Guard

if TYPE_CHECKING:
    from complaints.models import Event
    from complaints.permissions import Viewer


@dataclass(frozen=True)
class Done:
    """A transition that just happened, inside its transaction."""

    obj: Any
    transition: str
    viewer: "Viewer"
    fields: Mapping[str, Any]
    now: datetime
    event: "Event"
    source: str
    target: str


Effect = Callable[[Done], None]
Ask = Callable[[Any], bool]

_effects: dict[tuple[str, str], list[Effect]] = defaultdict(list)
_guards: dict[tuple[str, str], list[Guard]] = defaultdict(list)
_asks: dict[str, list[Ask]] = defaultdict(list)
_senders: dict[str, Callable[[Any], None]] = {}


def effect(object_type: str, *names: str) -> Callable[[Effect], Effect]:
    """Run the decorated function after these transitions, in their transaction."""

    def sign_up(function: Effect) -> Effect:
        for name in names:
            _effects[object_type, name].append(function)
        return function

    return sign_up


def effects_of(object_type: str, name: str) -> tuple[Effect, ...]:
    return tuple(_effects[object_type, name])


def guard(object_type: str, *names: str) -> Callable[[Guard], Guard]:
    """Ask the decorated guard too before these transitions."""

    def sign_up(function: Guard) -> Guard:
        for name in names:
            _guards[object_type, name].append(function)
        return function

    return sign_up


def guards_of(object_type: str, name: str) -> tuple[Guard, ...]:
    return tuple(_guards[object_type, name])


def answer(question: str) -> Callable[[Ask], Ask]:
    """Let the decorated function answer a yes-or-no question of the core."""

    def sign_up(function: Ask) -> Ask:
        _asks[question].append(function)
        return function

    return sign_up


def asks(question: str) -> tuple[Ask, ...]:
    return tuple(_asks[question])


def sender(channel: str, function: Callable[[Any], None]) -> None:
    """``function(outbox_row)`` delivers notices of ``channel`` or raises."""
    _senders[channel] = function


def sender_of(channel: str) -> Callable[[Any], None] | None:
    return _senders.get(channel)
