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
    """The same for rows that are no objects yet: every column but the key, by name."""
    columns = {
        field.attname: field.db_type(connection) or "" for field in _fields(kind)
    }
    names, source = ", ".join(columns), table("v", columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {kind._meta.db_table} ({names})"  # noqa: S608
            f" SELECT {names} FROM {source} WHERE true"
            f"{' ON CONFLICT DO NOTHING' if once else ''}",
            [rows(values)],
        )


def _fields(kind: type[models.Model]) -> list[Any]:
    return [each for each in kind._meta.concrete_fields if not each.primary_key]
