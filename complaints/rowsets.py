"""Many rows in one statement: sent as one JSON parameter, read as a table.

A statement with a placeholder a value is put together anew for every number of rows,
which costs more than the rows do.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection, models


def table(name: str, columns: Mapping[str, str]) -> str:
    """SQL of a table ``name`` whose rows come from one parameter, see ``rows``.

    columns: name to type, as PostgreSQL calls it. Both come from the source code,
    never from outside.
    """
    if connection.vendor == "postgresql":
        typed = ", ".join(f"{column} {kind}" for column, kind in columns.items())
        return f"json_to_recordset(%s) AS {name} ({typed})"
    read = ", ".join(
        f"json_extract(value, '$.{column}') AS {column}" for column in columns
    )
    return f"(SELECT {read} FROM json_each(%s)) AS {name}"  # noqa: S608


def rows(values: Iterable[Mapping[str, Any]]) -> str:
    """The parameter of a ``table``; moments as the database keeps them."""
    adapt = connection.ops.adapt_datetimefield_value

    @lru_cache(maxsize=64)  # rows of one statement share their moments
    def plain(value: Any) -> str:
        if not isinstance(value, datetime):
            raise TypeError(f"{type(value).__name__} is no value of a row")
        return str(adapt(value))

    return json.dumps(list(values), default=plain)


def insert(objects: Sequence[models.Model], *, once: bool = False) -> None:
    """Insert new rows of one model, in this order, without learning their keys.

    once: leave out those that a unique column says are there already.
    """
    kind = type(objects[0])
    names = [field.attname for field in _fields(kind)]
    values = ({name: getattr(row, name) for name in names} for row in objects)
    insert_rows(kind, values, once=once)


def insert_rows(
    kind: type[models.Model],
    values: Iterable[Mapping[str, Any]],
    *,
    once: bool = False,
) -> None:
    """The same for rows that are no objects yet: every column but the key, by name.

    What all rows have in common is sent once instead of with each of them.
    """
    given, fields = list(values), {each.attname: each for each in _fields(kind)}
    common = _common(given, list(fields))
    own = {name: _type(fields[name]) for name in fields if name not in common}
    chosen = [name if name in own else _once(fields[name]) for name in fields]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {kind._meta.db_table} ({', '.join(fields)})"  # noqa: S608
            f" SELECT {', '.join(chosen)} FROM {table('v', own)} WHERE true"
            f"{' ON CONFLICT DO NOTHING' if once else ''}",
            [
                *(fields[n].get_db_prep_save(common[n], connection) for n in common),
                rows({name: row[name] for name in own} for row in given),
            ],
        )


def _common(given: Sequence[Mapping[str, Any]], names: list[str]) -> dict[str, Any]:
    """The values that all rows share; the first column is never one of them."""
    first = given[0]
    return {
        name: first[name]
        for name in names[1:]
        if all(row[name] == first[name] for row in given)
    }


def _once(field: Any) -> str:
    return f"%s::{_type(field)}" if connection.vendor == "postgresql" else "%s"


def _type(field: Any) -> str:
    return field.db_type(connection) or ""


def _fields(kind: type[models.Model]) -> list[Any]:
    return [each for each in kind._meta.concrete_fields if not each.primary_key]
