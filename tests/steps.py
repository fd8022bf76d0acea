"""What many tests do to get where they begin, done once and then repeated.

A ``step`` brings a case nearer to where a test wants it: filed, admitted, decided.
Every test begins in the same database, so the same step from the same place writes
the same rows. The first test of a worker takes it through the services; the statements
that changed a row are kept, and later tests run those again, triggers and all.

Nothing is repeated once a test rolled something back or wrote anything else, but for
rows that it changed or deleted as a test before it did. From there on every step is
taken. ``tests/test_steps.py`` proves that the rows are the same.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import time_machine
from django.core.signals import setting_changed
from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import get_language

from teams.models import User

P = ParamSpec("P")
T = TypeVar("T")
Place = tuple[Any, ...]

CHANGING = (
    *("INSERT", "UPDATE", "DELETE", "REPLACE", "WITH"),
    # A batch of rows, and the keys that were drawn for them; other plans only read.
    *("EXECUTE BATCH_", "SELECT NEXTVAL"),
)
AGAIN = ("UPDATE", "DELETE")
UNDOING = re.compile(r"\s*(ROLLBACK|TRUNCATE|CREATE|ALTER|DROP)\b", re.IGNORECASE)
SIGNING_IN = re.compile(r'.*"django_session"|UPDATE "teams_user" SET "last_login"')
"""No part of any case, so it does not lead away from where a test is."""
PLAIN = (str, bytes, int, Decimal, date, timedelta, Enum, type(None))


@dataclass
class Taken:
    """What one step did."""

    statements: list[tuple[str, Any]] = field(default_factory=list)
    after_commit: list[tuple[Callable[[], object], bool]] = field(default_factory=list)
    numbers: dict[str, int | None] = field(default_factory=dict)
    """Where the sequences of PostgreSQL stood before, of those it drew from."""
    result: tuple[type[Model], Any] | None = None
    script: str = ""


@dataclass
class Track:
    """Where the running test is: its steps so far, None where it left them."""

    place: Place | None = None
    known: dict[Place, Taken] = field(default_factory=dict)
    written: set[int] = field(default_factory=set)
    """Hashes of the places at which tests changed rows by themselves."""
    recording: Taken | None = None
    patch: Any = None
    """The ``monkeypatch`` of the test."""
    wire: Any = None
    """The connection that has planned the statements of what is known."""

    def begin(self) -> None:
        connection.ensure_connection()
        if self.wire is not connection.connection:
            self.forget()
            self.wire = connection.connection
        self.place = ()
        if self.watch not in connection.execute_wrappers:
            connection.execute_wrappers.append(self.watch)

    def leave(self) -> None:
        self.place = None

    def forget(self) -> None:
        """The rows that the steps began with are there no longer."""
        self.leave()
        self.known.clear()
        self.written.clear()

    def take(self, act: Callable[[], Any], *about: Any) -> Any:
        """Repeat what is known of this step from this place, or take it."""
        if self.place is None or self.recording or self._is_patched():
            return act()
        try:
            place = (*self.place, told((*about, get_language(), _travelled_to())))
        except TypeError:
            return act()
        if taken := self.known.get(place):
            self.place = None  # Not watched meanwhile, and lost where it fails.
            result = repeat(taken, about)
        else:
            result = self._record(place, act)
        if place in self.known:
            self.place = place
        return result

    def _record(self, place: Place, act: Callable[[], Any]) -> Any:
        taken, before, later = Taken(), _numbers(), len(connection.run_on_commit)
        self.recording = taken
        try:
            result = act()
        finally:
            on_the_way, self.place, self.recording = self.place, None, None
        if on_the_way is None or not isinstance(result, Model | None):
            return result
        after = _numbers()
        taken.numbers = {name: at for name, at in before.items() if after[name] != at}
        taken.after_commit = [one[1:] for one in connection.run_on_commit[later:]]
        taken.result = (type(result), result.pk) if result is not None else None
        self.known[place] = taken
        return result

    def _is_patched(self) -> bool:
        return bool(self.patch and (self.patch._setattr or self.patch._setitem))

    def watch(
        self, execute: Any, sql: Any, params: Any, many: bool, context: Any
    ) -> Any:
        if self.place is not None:
            self._see(sql if isinstance(sql, str) else str(sql), params, many)
        return execute(sql, params, many, context)

    def _see(self, sql: str, params: Any, many: bool) -> None:
        if UNDOING.match(sql) or many:
            self.leave()
        elif not sql.lstrip().upper().startswith(CHANGING) or SIGNING_IN.match(sql):
            return
        elif self.recording:
            self.recording.statements.append((sql, params))
        else:
            self._write(sql, params)

    def _write(self, sql: str, params: Any) -> None:
        """A test wrote by itself. What only one of them did leads nowhere; what was
        written before may lead on, unless it drew a key, which differs."""
        assert self.place is not None
        before, self.place = self.place, None
        try:
            place = (*before, sql, told(params))
        except TypeError:
            return
        if hash(place) in self.written and sql.lstrip().startswith(AGAIN):
            self.place = place
        self.written.add(hash(place))


TRACK = Track()


def step(function: Callable[P, T]) -> Callable[P, T]:
    """A function of the tests that brings a case nearer to where it is wanted.

    It changes nothing but rows, says nothing but a row, and depends on nothing but the
    rows there are, the time, the language, the settings and its arguments.
    """

    @wraps(function)
    def taken(*args: P.args, **kwargs: P.kwargs) -> T:
        name = f"{function.__module__}.{function.__name__}"
        result: T = TRACK.take(lambda: function(*args, **kwargs), name, args, kwargs)
        return result

    return taken


def told(value: Any) -> Any:
    """What a place is known by; ``TypeError`` for what cannot be told by its value."""
    if isinstance(value, Model):
        return type(value), value.pk
    if isinstance(value, PLAIN):
        return type(value), value
    if isinstance(value, list | tuple):
        return tuple(map(told, value))
    if isinstance(value, Mapping):
        return tuple((key, told(value[key])) for key in value)
    if is_dataclass(value) and not isinstance(value, type):
        return type(value), tuple(told(getattr(value, f.name)) for f in fields(value))
    raise TypeError(f"{value!r} is told apart by more than its value")


def repeat(taken: Taken, about: Any) -> Any:
    """Run the statements again; the rows handed in and out are as they are then."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            taken.script = taken.script or _script(taken)
            cursor.execute(taken.script)
        else:
            for sql, params in taken.statements:
                cursor.execute(sql, params)
    for act, robust in taken.after_commit:
        transaction.on_commit(act, robust=robust)
    for row in _rows(about):
        row.refresh_from_db()
    if taken.result is None:
        return None
    model, pk = taken.result
    return model._base_manager.get(pk=pk)


def _rows(about: Any) -> Iterator[Model]:
    """The rows among the arguments; people are not changed by what is done to cases."""
    if isinstance(about, Model) and not isinstance(about, User):
        yield about
    elif isinstance(about, list | tuple):
        for one in about:
            yield from _rows(one)
    elif isinstance(about, Mapping):
        yield from _rows(tuple(about.values()))


def _script(taken: Taken) -> str:
    """One text, so that a step is one journey to the server."""
    again = [
        f"SELECT setval('{name}', {at or 1}, {str(at is not None).lower()})"
        for name, at in taken.numbers.items()
    ]
    written = [
        connection.ops.compose_sql(sql, params) for sql, params in taken.statements
    ]
    return ";\n".join([*again, *written])


def _numbers() -> dict[str, int | None]:
    """Where the sequences stand, which no rollback takes back; SQLite has none such."""
    if connection.vendor != "postgresql":
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT sequencename, last_value FROM pg_sequences")
        return dict(cursor.fetchall())


def _travelled_to() -> datetime | None:
    travelling = time_machine.escape_hatch.is_travelling()
    return timezone.now() if travelling else None


def _setting_changed(setting: str, value: Any, enter: bool, **_: Any) -> None:
    """A test with other settings is on another way, and on none once it ends that."""
    if not enter or TRACK.place is None:
        return TRACK.leave()
    try:
        TRACK.place = (*TRACK.place, setting, told(value))
    except TypeError:
        TRACK.leave()


setting_changed.connect(_setting_changed)
