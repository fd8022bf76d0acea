"""Rows of several tables that are kept in one statement.

A case begins as a dozen rows that name each other. On PostgreSQL their keys are drawn
first and all of them are sent at once; on SQLite, which nobody asks over a wire, a row
gets its key by being saved, and each of them is saved where it is given.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property, lru_cache
from json import JSONEncoder
from typing import Any

from django.db import connection, models

Kind = type[models.Model]


@dataclass
class _Batch:
    """Rows that wait to be kept, and keys that were drawn for more of them."""

    kinds: tuple[Kind, ...]
    rows: list[tuple[models.Model, bool]] = field(default_factory=list)
    keys: dict[Kind, int] = field(default_factory=dict)


_open: ContextVar[_Batch | None] = ContextVar("batch", default=None)


@contextmanager
def together(*kinds: Kind) -> Iterator[None]:
    """Within: what is given to ``add`` waits, and is kept at the end or by ``flush``.

    kinds: of which one key each will be asked for; they are drawn at once. Inside of
    another batch this is a part of that one. In a transaction.
    """
    if _open.get() is not None:
        yield
        return
    token = _open.set(_Batch(kinds))
    try:
        yield
        flush()
    finally:
        _open.reset(token)


def number(row: models.Model) -> None:
    """Give a new row the key by which others may name it; the row is complete."""
    if connection.vendor != "postgresql":
        row.save(force_insert=True)
        return
    batch, kind = _open.get() or _Batch(()), type(row)
    if kind not in batch.keys:
        batch.keys |= _drawn({kind, *batch.kinds} - set(batch.keys))
    row.pk = batch.keys.pop(kind)


def add(*rows: models.Model, once: bool = False) -> None:
    """Keep new rows: at the end of the batch, at once where there is none.

    once: leave out those that a unique column says are there already; these do not
    learn their keys.
    """
    batch = _open.get()
    if batch is None or connection.vendor != "postgresql":
        _save([(row, once) for row in rows])
    else:
        batch.rows += [(row, once) for row in rows]


def flush() -> None:
    """Keep what waits, because somebody is about to read it."""
    batch = _open.get()
    if batch is not None and batch.rows:
        waiting, batch.rows = batch.rows, []
        _save(waiting)


def _save(rows: Sequence[tuple[models.Model, bool]]) -> None:
    """Save new rows, those of one model in their order; they learn their keys."""
    groups: dict[tuple[Kind, bool], list[models.Model]] = {}
    for row, once in rows:
        if row._state.adding:
            groups.setdefault((type(row), once), []).append(row)
    if connection.vendor == "postgresql" and len(groups) > 1:
        _insert([(once, group) for (_kind, once), group in groups.items()])
        return
    for (kind, once), group in groups.items():
        kind._default_manager.bulk_create(group, ignore_conflicts=once)


def _drawn(kinds: set[Kind]) -> dict[Kind, int]:
    ordered = sorted(kinds, key=lambda kind: kind._meta.db_table)
    drawn = ", ".join(
        f"nextval(pg_get_serial_sequence('{kind._meta.db_table}', 'id'))"
        for kind in ordered
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {drawn}")
        return dict(zip(ordered, cursor.fetchone(), strict=True))


# PostgreSQL -----------------------------------------------------------------------


@dataclass(frozen=True)
class _Shape:
    """What the statement of a group depends on: its rows come as one parameter."""

    kind: Kind
    numbered: bool
    once: bool

    @cached_property
    def fields(self) -> tuple[Any, ...]:
        found = self.kind._meta.concrete_fields
        return tuple(each for each in found if self.numbered or not each.primary_key)


def _insert(groups: Sequence[tuple[bool, list[models.Model]]]) -> None:
    shapes = tuple(
        _Shape(type(rows[0]), rows[0].pk is not None, once) for once, rows in groups
    )
    values = [
        _text(shape, group) for shape, (_, group) in zip(shapes, groups, strict=True)
    ]
    with connection.cursor() as cursor:
        cursor.execute(_prepared(shapes, cursor), values)
        keys = cursor.fetchone()
    for shape, (_once, group), found in zip(shapes, groups, keys, strict=True):
        if not shape.once:
            _learn(group, found)


def _learn(group: list[models.Model], keys: list[Any]) -> None:
    for row, key in zip(group, keys, strict=True):
        row.pk, row._state.adding, row._state.db = key, False, connection.alias


def _prepared(shapes: tuple[_Shape, ...], cursor: Any) -> str:
    """What runs the statement, which this connection plans once for all.

    Planning eight tables costs more than a dozen rows do.
    """
    known: dict[Any, str] = vars(connection.connection).setdefault(_PREPARED, {})
    if shapes not in known:
        name = f"batch_{len(known)}"
        places = ", ".join(["json"] * len(shapes))
        cursor.execute(f"PREPARE {name} ({places}) AS {_statement(shapes)}")
        known[shapes] = f"EXECUTE {name} ({', '.join(['%s'] * len(shapes))})"
    return known[shapes]


_PREPARED = "recourse_prepared"


@lru_cache(maxsize=64)
def _statement(shapes: tuple[_Shape, ...]) -> str:
    parts = [_part(place, shape) for place, shape in enumerate(shapes)]
    keys = [
        f"(SELECT array_agg({_pk(shape.kind)}) FROM i{place})"  # noqa: S608
        for place, shape in enumerate(shapes)
    ]
    return f"WITH {', '.join(parts)} SELECT {', '.join(keys)}"


def _part(place: int, shape: _Shape) -> str:
    """One INSERT of the statement."""
    names = ", ".join(f'"{each.column}"' for each in shape.fields)
    typed = ", ".join(f'"{each.column}" {_type(each)}' for each in shape.fields)
    read = ", ".join(_read(each) for each in shape.fields)
    unless = " ON CONFLICT DO NOTHING" if shape.once else ""
    return (
        f"i{place} AS (INSERT INTO {shape.kind._meta.db_table} ({names})"  # noqa: S608
        f" SELECT {read} FROM json_to_recordset(${place + 1}) AS v({typed})"
        f"{unless} RETURNING {_pk(shape.kind)})"
    )


def _pk(kind: Kind) -> str:
    return f'"{kind._meta.pk.column}"' if kind._meta.pk else ""


def _type(each: Any) -> str:
    """A field that the database makes of a text comes as that text."""
    return "text" if hasattr(each, "get_placeholder") else each.db_type(connection)


def _read(each: Any) -> str:
    if not hasattr(each, "get_placeholder"):
        return f'v."{each.column}"'
    made: str = each.get_placeholder(None, None, connection)
    return made.replace("%s", f'v."{each.column}"')


_PLAIN = (str, int, type(None))


def _text(shape: _Shape, group: Sequence[Any]) -> str:
    for row in group:
        # A row may have been given another before that one had its key.
        row._prepare_related_fields_for_save(operation_name="bulk_create")
    return _JSON.encode(
        [{each.column: _value(each, row) for each in shape.fields} for row in group]
    )


def _value(each: Any, row: models.Model) -> Any:
    value = each.pre_save(row, True)
    if isinstance(value, _PLAIN) or isinstance(each, models.JSONField):
        return value
    return each.get_db_prep_save(value, connection)


def _plain(value: Any) -> str:
    if isinstance(value, timedelta):
        return f"{value // timedelta(microseconds=1)} microseconds"
    if isinstance(value, Decimal | date | datetime):
        return str(value)
    raise TypeError(f"{type(value).__name__} is no value of a row")


_JSON = JSONEncoder(default=_plain)
