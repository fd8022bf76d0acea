"""Rows read together: small reads in one statement, and what a page has read once.

A page of one case needs few rows of many tables. Each table on its own costs a trip to
the database and the making of a query, which is more than its rows cost.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import JSONField, Model, QuerySet

from complaints.permissions import Alike, Viewer
from complaints.worded import Known, standing_in, types_of, with_viewer
from teams.wording import Value, Wording, adapted, put, worded


def rows_of(manager: Any, *related: str) -> list[Any]:
    """The rows of a relation: as a page has read them whole, else as they are now.

    ``related`` is read with them in the second case.
    """
    rows = manager.all()
    read = rows._result_cache is not None
    return list(rows if read else rows.prefetch_related(*related))


def read(*wanted: QuerySet[Any]) -> list[list[Any]]:
    """The rows of each of ``wanted`` in its order, all in one statement.

    For plain rows of one table each: without ``select_related``; a JSON column holds an
    object or a list.
    """
    using = connections[wanted[0].db]
    return _gathered([_part(rows, using) for rows in wanted], using)


class Shape:
    """Reads that are the same for every object but for its keys, put into SQL once.

    ``build`` makes them of the viewer, if one is given, and of values, each used for
    nothing but to be compared. Putting two dozen reads into SQL takes longer than what
    the database does then.
    """

    def __init__(self, build: Callable[..., Sequence[QuerySet[Any]]]) -> None:
        self._build = build
        self._known = Known()

    def read(self, *beside: "QuerySet[Any] | Part", **keys: Value) -> list[list[Any]]:
        """The rows for these keys, then those of ``beside``; in one statement."""
        using = connections[DEFAULT_DB_ALIAS]
        others = (one if isinstance(one, Part) else _part(one, using) for one in beside)
        return _gathered([*self.parts(**keys), *others], using)

    def rows(self, viewer: Viewer, /, **keys: Value) -> list[list[Any]]:
        """The rows for this viewer and these keys; in one statement."""
        return _gathered(self.parts(viewer, **keys), connections[DEFAULT_DB_ALIAS])

    def parts(self, viewer: Viewer | None = None, /, **keys: Value) -> "list[Part]":
        """The reads for these keys, to be read beside those of another shape.

        A name stands for the same value in all that is read together.
        """
        using = connections[DEFAULT_DB_ALIAS]
        asked = with_viewer(viewer, keys)
        if asked is None:
            by = () if viewer is None else (viewer,)
            return [_part(rows, using) for rows in self._build(*by, **keys)]
        like, values = asked
        types = types_of(values)
        made = self._known.get(
            (using.vendor, like, tuple(types)), lambda: self._made(like, types, using)
        )
        return [part.of(values, using) for part in made]

    def _made(
        self, like: Alike | None, types: Mapping[str, type], using: BaseDatabaseWrapper
    ) -> "list[Part]":
        by, values = standing_in(like, types)
        return [_part(rows, using, types) for rows in self._build(*by, **values)]


def _gathered(parts: "Sequence[Part]", using: BaseDatabaseWrapper) -> list[list[Any]]:
    with using.cursor() as cursor:
        cursor.execute(*_statement(parts, using))
        found = cursor.fetchone() or ()
    return [part.made(text) for part, text in zip(parts, found, strict=True)]


def _statement(
    parts: "Sequence[Part]", using: BaseDatabaseWrapper
) -> tuple[str, list[Any]]:
    """Planned before where nothing in it was put into SQL for this time alone."""
    wordings = tuple(part.wording for part in parts)
    if any(part.values is None for part in parts):
        return _joined(wordings).sql, [
            value for part in parts for value in part.wording.filled(part.given(using))
        ]
    values: dict[str, Value] = {}
    for part in parts:
        values |= part.values or {}
    joined = _JOINED.get(wordings, lambda: _joined(wordings))
    return put(joined, values, using)


_JOINED = Known()


def _joined(wordings: Sequence[Wording]) -> Wording:
    """All of them side by side, as one row."""
    params: list[Any] = []
    places: dict[int, str] = {}
    types: dict[str, type] = {}
    for each in wordings:
        places |= {len(params) + place: name for place, name in each.places.items()}
        params += each.params
        types |= each.types
    sql = f"SELECT {', '.join(each.sql for each in wordings)}"
    return Wording(sql, params, places, types)


@dataclass(frozen=True)
class Part:
    """One read: SQL that gives all its rows as one JSON text.

    ``values`` are what is put in, None where they stand in the wording already.
    """

    model: type[Model]
    fields: Sequence[Any]
    wording: Wording
    using: BaseDatabaseWrapper
    values: Mapping[str, Value] | None = None

    def of(self, values: Mapping[str, Value], using: BaseDatabaseWrapper) -> "Part":
        """The same for these values."""
        return replace(self, values=values, using=using)

    def given(self, using: BaseDatabaseWrapper) -> dict[str, Any]:
        return adapted(self.values or {}, using)

    def made(self, text: str | None) -> list[Any]:
        if text is None:
            return []
        rows = json.loads(text, parse_float=Decimal)
        names = [field.attname for field in self.fields]
        value_of = [self._of_json(field) for field in self.fields]
        pairs = (zip(value_of, row, strict=True) for row in rows)
        values = ([of(value) for of, value in pair] for pair in pairs)
        return [self.model.from_db(self.using.alias, names, each) for each in values]

    def _of_json(self, field: Any) -> Callable[[Any], Any]:
        """What makes the value of ``field`` of what JSON has of it."""
        if isinstance(field, JSONField):
            # One database nests it, the other keeps it as text.
            return lambda value: json.loads(value) if type(value) is str else value
        column = field.get_col(self.model._meta.db_table)
        steps = column.get_db_converters(self.using)
        if self.using.vendor == "sqlite":
            steps = [*self.using.ops.get_db_converters(column), *steps]

        def value_of(value: Any) -> Any:
            for step in steps:
                value = step(value, column, self.using)
            return field.to_python(value)

        return value_of


def _part(
    rows: QuerySet[Any],
    using: BaseDatabaseWrapper,
    types: Mapping[str, type] | None = None,
) -> Part:
    compiler = rows.query.get_compiler(connection=using)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return Part(rows.model, (), Wording("NULL", (), {}, {}), using)
    fields = [column.target for column, _sql, _alias in compiler.select]
    values = ", ".join(f"r.{using.ops.quote_name(field.column)}" for field in fields)
    gather = (
        f"json_agg(json_build_array({values}))::text"
        if using.vendor == "postgresql"
        else f"json_group_array(json_array({values}))"
    )
    whole = f"(SELECT {gather} FROM ({sql}) r)"  # noqa: S608 - the ORM wrote it
    return Part(rows.model, fields, worded(whole, params, types or {}, using), using)


# Handed on with their object ----------------------------------------------------------


def give(owners: Iterable[Model], relation: str, rows: Iterable[Any]) -> None:
    """Let ``owner.<relation>.all()`` be those of ``rows`` that point at the owner."""
    of_owner: dict[Any, list[Any]] = defaultdict(list)
    owners = list(owners)
    if not owners:
        return
    key: Any = owners[0]._meta.get_field(relation).remote_field
    for row in rows:
        of_owner[getattr(row, key.attname)].append(row)
    for owner in owners:
        for row in of_owner[owner.pk]:
            setattr(row, key.name, owner)
        keep(owner, relation, of_owner[owner.pk])


def keep(owner: Any, relation: str, rows: list[Any]) -> None:
    """Let ``owner.<relation>.all()`` be ``rows``, as Django's prefetching does."""
    read = getattr(owner, relation).get_queryset()
    read._result_cache, read._prefetch_done = rows, True
    if not hasattr(owner, "_prefetched_objects_cache"):
        owner._prefetched_objects_cache = {}
    owner._prefetched_objects_cache[relation] = read


def refer(rows: Iterable[Any], name: str, known: Mapping[Any, Any]) -> None:
    """Let the foreign key ``name`` of each row be the object that is known already."""
    for row in rows:
        target = known.get(getattr(row, f"{name}_id"))
        if target is not None:
            setattr(row, name, target)
