"""Filters of the queue, from and to its address: each can be taken off again."""

from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from complaints.admin.moves import QUEUE
from complaints.permissions import Viewer
from complaints.selectors.queue import ALL, MINE, TEAM, VIEWS, QueueFilters
from complaints.states import OPEN_STATES, State
from teams.roles import Perm

NAMES = {
    "team": "teams",
    "state": "states",
    "severity": "severities",
    "category": "categories",
    "channel": "channels",
    "tag": "tags",
}
"""What a filter is called in the address, and in ``QueueFilters``."""

OPEN = "open"
"""A word for every state that is not final."""

MOST_VALUES, LONGEST = 20, 64
PASSING = ("after", "saved")
"""Parameters that end with the next change of a filter."""


def filters_of(get: QueryDict, viewer: Viewer) -> QueueFilters:
    """The filters an address asks for; names and values nobody knows are left out."""
    given: dict[str, Any] = {field: _values(get, name) for name, field in NAMES.items()}
    named = given.pop("states")
    states = {state for state in named if state in State.values}
    if OPEN in named:
        states |= OPEN_STATES
    text = _clean(get.get("q", ""))[:200]
    default = MINE if viewer.holds(Perm.HANDLE) else ALL
    view = ALL if text or states or any(given.values()) else default
    view = _clean(get.get("view", view))[:LONGEST]
    known = view in VIEWS or view.startswith(TEAM)
    return QueueFilters(
        view=view if known else ALL, states=tuple(sorted(states)), text=text, **given
    )


def _values(get: QueryDict, name: str) -> tuple[str, ...]:
    """The values of one filter, each once."""
    cleaned = (_clean(value)[:LONGEST] for value in get.getlist(name))
    return tuple(dict.fromkeys(filter(None, cleaned)))[:MOST_VALUES]


def _clean(text: str) -> str:
    """Without the character that PostgreSQL has no place for."""
    return text.replace("\0", "").strip()


def kept_query(get: QueryDict, filters: QueueFilters) -> str:
    """What of an address makes a saved view: its view, its filters and its words."""
    query = QueryDict(mutable=True)
    query["view"] = filters.view
    for name in NAMES:
        query.setlist(name, list(_values(get, name)))
    if filters.text:
        query["q"] = filters.text
    return query.urlencode()


def changed(get: QueryDict, **changes: str | None) -> str:
    """The address of this page with some parameters changed; pages start anew."""
    query = get.copy()
    query.pop("after", None)
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    return f"{reverse(QUEUE)}?{query.urlencode()}"


class Toggle:
    """Addresses with one value of a filter more, or less where it was chosen."""

    def __init__(self, get: QueryDict) -> None:
        self.page = reverse(QUEUE)
        pairs = [(name, value) for name, values in get.lists() for value in values]
        self.pairs = [pair for pair in pairs if pair[0] not in PASSING]

    def chosen(self, name: str, value: str) -> bool:
        return (name, value) in self.pairs

    def url(self, name: str, value: str) -> str:
        pair = (name, value)
        kept = [each for each in self.pairs if each != pair]
        pairs = kept if pair in self.pairs else [*kept, pair]
        return f"{self.page}?{urlencode(pairs)}"
