"""SQL with names in it, and its plan, which each connection to PostgreSQL keeps.

To plan a statement takes ten times as long as to answer it, where both are asked for
every request. What is kept is the question, never the answer.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

Value = int | str | datetime
"""A key, a name or a moment; used for nothing but to be compared with a column."""

MOST_PLANNED = 60
"""Statements that a connection keeps planned; the oldest gives way."""

_PLANNED = "recourse_planned"
_NUMBERS = count()
_NO_KEY, _ANY_TIME = -(10**9), datetime(2000, 1, 1, tzinfo=UTC)
_TYPES = {int: "bigint", str: "text", datetime: "timestamptz"}
_PLACE = re.compile("%(s|%)")


@dataclass(frozen=True, eq=False)
class Wording:
    """SQL with a name instead of a value wherever one is put in.

    ``names`` are those of ``places`` among ``params``, with the type of each.
    """

    sql: str
    params: Sequence[Any]
    places: Mapping[int, str]
    types: Mapping[str, type]

    def filled(self, values: Mapping[str, Any]) -> list[Any]:
        """The parameters, ``values`` as the database takes them."""
        params = list(self.params)
        for place, name in self.places.items():
            params[place] = values[name]
        return params


def stand_ins(types: Mapping[str, type]) -> dict[str, Any]:
    """A value for each name that no row has, to put a question into SQL with."""
    made: dict[type, Callable[[int], Value]] = {
        int: lambda place: _NO_KEY - place,
        str: lambda place: f"\x01{_NO_KEY - place}",
        datetime: lambda place: _ANY_TIME + timedelta(microseconds=place),
    }
    return {name: made[types[name]](n) for n, name in enumerate(sorted(types))}


def worded(
    sql: str, params: Sequence[Any], types: Mapping[str, type], using: Any
) -> Wording:
    """Find where the ``stand_ins`` of ``types`` went."""
    marks = adapted(stand_ins(types), using)
    found = {mark: name for name, mark in marks.items()}
    places = {
        place: found[value]
        for place, value in enumerate(params)
        if type(value) in (int, str, datetime) and value in found
    }
    used = {name: types[name] for name in sorted(set(places.values()))}
    return Wording(sql, tuple(params), places, used)


def adapted(values: Mapping[str, Value], using: BaseDatabaseWrapper) -> dict[str, Any]:
    """Values as this database is given them."""
    time = using.ops.adapt_datetimefield_value

    def plain(value: Value) -> Any:
        if isinstance(value, datetime):
            return time(value)
        return str(value) if isinstance(value, str) else value

    return {name: plain(value) for name, value in values.items()}


def put(
    wording: Wording, values: Mapping[str, Value], using: BaseDatabaseWrapper
) -> tuple[str, list[Any]]:
    """What asks it with these values: where it can be, what was planned before."""
    given = adapted(values, using)
    if using.vendor != "postgresql":
        return wording.sql, wording.filled(given)
    return _planned(wording, using), [given[name] for name in wording.types]


def put_anew(
    wording: Wording, values: Mapping[str, Value], using: BaseDatabaseWrapper
) -> tuple[str, list[Any]]:
    """The same, planned for these values."""
    return wording.sql, wording.filled(adapted(values, using))


def _planned(wording: Wording, using: Any) -> str:
    # As Django does before a cursor: a plan of a connection that was lost is none.
    using.close_if_health_check_failed()
    using.ensure_connection()
    known: dict[Wording, tuple[str, str]]
    known = vars(using.connection).setdefault(_PLANNED, {})
    if wording not in known:
        if len(known) >= MOST_PLANNED:
            _name, _run = known.pop(next(iter(known)))
            _send(f"DEALLOCATE {_name}", using)
        name = f"worded_{next(_NUMBERS)}"
        types = ", ".join(_TYPES[each] for each in wording.types.values())
        typed = f" ({types})" if types else ""
        _send(f"PREPARE {name}{typed} AS {_numbered(wording, using)}", using)
        places = ", ".join(["%s"] * len(wording.types))
        known[wording] = name, f"EXECUTE {name}" + (f" ({places})" if places else "")
    return known[wording][1]


def _send(statement: str, using: Any) -> None:
    with using.wrap_database_errors, using.connection.cursor() as cursor:
        cursor.execute(statement)


def _numbered(wording: Wording, using: Any) -> str:
    """The same with ``$1`` for the first name; what is no name stands as it is."""
    numbers = {name: f"${n}" for n, name in enumerate(wording.types, start=1)}
    places = iter(range(len(wording.params)))

    def written(found: re.Match[str]) -> str:
        if found[1] == "%":
            return "%"
        place = next(places)
        if place in wording.places:
            return numbers[wording.places[place]]
        literal: str = using.ops.compose_sql("%s", [wording.params[place]])
        return literal

    return _PLACE.sub(written, wording.sql)
