"""Queries put into SQL once, and planned once by each connection to PostgreSQL.

A page asks the same of every case; only keys, a moment and who asks differ. To put a
query into SQL and to plan it takes ten times as long as to answer it. What is kept is
the question, never the answer: rights are read anew for every request, and whoever
holds others gets another wording.
"""

import copy
import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet

from complaints.permissions import Alike, Viewer, alike

Value = int | str | datetime
"""A key, a name or a moment; used for nothing but to be compared with a column."""

MOST_WORDED = 200
"""Wordings of one question that a process keeps: one for everybody of like rights."""
MOST_PLANNED = 60
"""Statements that a connection keeps planned; the oldest gives way."""

_PLANNED = "recourse_planned"
_NUMBERS = count()
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)
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
        int: lambda place: -(10**9) - place,
        str: lambda place: f"\x01{place}",
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
    return {
        name: time(value) if isinstance(value, datetime) else value
        for name, value in values.items()
    }


def put(
    wording: Wording, values: Mapping[str, Value], using: BaseDatabaseWrapper
) -> tuple[str, list[Any]]:
    """What asks it with these values: where it can be, what was planned before."""
    given = adapted(values, using)
    if using.vendor != "postgresql":
        return wording.sql, wording.filled(given)
    return _planned(wording, using), [given[name] for name in wording.types]


def _planned(wording: Wording, using: Any) -> str:
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


class Known:
    """What was made of like questions; begun anew when there are many."""

    def __init__(self) -> None:
        self._made: dict[Hashable, Any] = {}

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        found = self._made.get(key)
        if found is None:
            found = make()
            if len(self._made) >= MOST_WORDED:
                self._made.clear()
            self._made[key] = found
        return found


def types_of(values: Mapping[str, Value]) -> dict[str, type]:
    return {name: type(value) for name, value in values.items()}


def standing_in(
    like: Alike | None, types: Mapping[str, type]
) -> tuple[tuple[Viewer, ...], dict[str, Any]]:
    """What a question is built with: somebody of like rights, and a value each."""
    values = stand_ins(types)
    if like is None:
        return (), values
    who, when = values.pop("viewer_"), values.pop("viewer_at_")
    return (like.viewer(who, when),), values


def with_viewer(
    viewer: Viewer | None, values: Mapping[str, Any]
) -> tuple[Alike | None, dict[str, Value]] | None:
    """Whom the asker is like, and all that is put in. None where it has to be put into
    SQL for them alone: a value is missing, or they are no plain member of staff."""
    if None in values.values():
        return None
    if viewer is None:
        return None, dict(values)
    like = alike(viewer)
    if like is None:
        return None
    return like, {**values, "viewer_": viewer.user.pk, "viewer_at_": viewer.at}


class Worded:
    """One query, of ``build(viewer, **values)``, or of the values alone.

    ``build`` uses the values for nothing but to compare columns with them, and looks at
    nothing but what it is given.
    """

    def __init__(self, build: Callable[..., QuerySet[Any]]) -> None:
        self._build = build
        self._known = Known()

    def rows(
        self, viewer: Viewer | None = None, /, **values: Value | None
    ) -> list[Any]:
        """The rows as ``list(build(viewer, **values))`` gives them."""
        asked = with_viewer(viewer, values)
        if asked is None:
            by = () if viewer is None else (viewer,)
            return list(self._build(*by, **values))
        like, given = asked
        types = types_of(given)
        key = (like, tuple(types))
        rows, wordings = self._known.get(key, lambda: self._made(like, types))
        using = connections[rows.db]
        if rows.db not in wordings:
            compiler = rows.query.get_compiler(using=rows.db)
            sql, params = compiler.as_sql()
            wordings[rows.db] = compiler, worded(sql, params, types, using)
        compiler, wording = wordings[rows.db]
        return list(_asking(rows, compiler, put(wording, given, using), using))

    def _made(
        self, like: Alike | None, types: Mapping[str, type]
    ) -> tuple[QuerySet[Any], dict[str, Any]]:
        by, values = standing_in(like, types)
        return self._build(*by, **values), {}


def _asking(rows: QuerySet[Any], compiler: Any, statement: Any, using: Any) -> Any:
    """``rows``, about to be read by ``statement`` instead of by SQL of their own."""
    ready = copy.copy(compiler)
    ready.connection = using
    ready.as_sql = lambda *_args, **_kwargs: statement
    asked: Any = rows.all()
    asked.query.get_compiler = lambda *_args, **_kwargs: ready
    return asked
