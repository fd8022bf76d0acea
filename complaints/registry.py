"""Where other parts sign up: effects, guards, answers and looks at a case that the
core cannot know.

Filled while apps start (``AppConfig.ready``) and only read afterwards.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from complaints.transitions import Guard, Words

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

    @classmethod
    def of_event(
        cls, obj: Any, event: "Event", viewer: "Viewer", **fields: Any
    ) -> "Done":
        """What happened without a move; ``event`` says what and when."""
        what, now, state = event.what, event.at, obj.state
        return cls(obj, what, viewer, fields, now, event, state, state)


@dataclass(frozen=True)
class Lack:
    """What keeps a case from going on that nobody at work on it can give.

    ``words`` say what is missing, ``remedy`` who can see to it and how.
    """

    words: Words
    remedy: Words


@dataclass(frozen=True)
class Suggestion:
    """A page that may help somebody at once."""

    title: str
    summary: str
    url: str


@dataclass(frozen=True)
class PublicPage:
    """The words of a page in force: Markdown, in ``language``, and since when."""

    title: str
    text: str
    language: str
    number: int
    since: datetime


@dataclass(frozen=True)
class Turn:
    """What somebody beside the desk waits for from the customer: the words in ``lang``,
    by when, whose they are, and where they are answered."""

    text: str
    lang: str
    by: datetime
    note: Words
    url: str
    action: Words


@dataclass(frozen=True)
class Beside:
    """A matter beside the desk, for the customer: how far it is, in sentences, and what
    is asked of them there besides our own question."""

    stands: list[Words] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)


Effect = Callable[[Done], None]
Look = Callable[[Any], Iterable[Lack]]
ReadBeside = Callable[[Any], Beside]
SecondLook = Callable[[Any, datetime], None]
Ask = Callable[[Any], bool]
Suggest = Callable[[str, str], Iterable[Suggestion]]
ReadPage = Callable[[str, str, datetime], PublicPage | None]

_effects: dict[tuple[str, str], list[Effect]] = defaultdict(list)
_guards: dict[tuple[str, str], list[Guard]] = defaultdict(list)
_asks: dict[str, list[Ask]] = defaultdict(list)
_looks: list[Look] = []
_beside: list[ReadBeside] = []
_second_looks: list[SecondLook] = []
_suggesters: list[Suggest] = []
_page_readers: list[ReadPage] = []
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


def look(function: Look) -> Look:
    """Let the decorated function say what a complaint lacks."""
    _looks.append(function)
    return function


def lacks_of(complaint: Any) -> list[Lack]:
    """All that a complaint lacks, each with who can see to it; for pages of staff."""
    return [lack for function in _looks for lack in function(complaint)]


def beside(function: ReadBeside) -> ReadBeside:
    """Let the decorated function say how a matter beside the desk concerns the customer
    of a complaint."""
    _beside.append(function)
    return function


def beside_of(complaint: Any) -> Beside:
    """All of it together, what is asked of the customer first due first."""
    found = [function(complaint) for function in _beside]
    turns = [turn for one in found for turn in one.turns]
    return Beside(
        stands=[words for one in found for words in one.stands],
        turns=sorted(turns, key=lambda turn: turn.by),
    )


def second_look(function: SecondLook) -> SecondLook:
    """Have the decorated function look at a complaint anew when somebody fell out who
    was to sign or to review: a conflict came up, or they left."""
    _second_looks.append(function)
    return function


def look_again(complaint: Any, now: datetime) -> None:
    """Let every part see whether its work on the complaint still has people."""
    for function in _second_looks:
        function(complaint, now)


def suggester(function: Suggest) -> Suggest:
    """Let the decorated function answer with pages for a text and a language code."""
    _suggesters.append(function)
    return function


def suggestions_for(text: str, language: str) -> list[Suggestion]:
    """Pages that what somebody wrote may be about; none where nothing fits well."""
    return [one for suggest in _suggesters for one in suggest(text, language)]


def page_reader(function: ReadPage) -> ReadPage:
    """Let the decorated function read a public page by code, language and moment."""
    _page_readers.append(function)
    return function


def public_page(code: str, language: str, now: datetime) -> PublicPage | None:
    """The page that is in force; None where there is none."""
    found = (read(code, language, now) for read in _page_readers)
    return next((page for page in found if page is not None), None)


def sender(channel: str, function: Callable[[Any], None]) -> None:
    """``function(outbox_row)`` delivers notices of ``channel`` or raises."""
    _senders[channel] = function


def sender_of(channel: str) -> Callable[[Any], None] | None:
    return _senders.get(channel)
