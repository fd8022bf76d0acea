"""Queries put into SQL once, and planned once by each connection to PostgreSQL.

A page asks the same of every case; only keys, a moment and who asks differ. To put a
query into SQL and to plan it takes ten times as long as to answer it. What is kept is
the question, never the answer: rights are read anew for every request, and whoever
holds others gets another wording.
"""

import copy
from collections.abc import Callable, Hashable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet

from complaints.permissions import Alike, Viewer, alike
from teams.wording import Value, put, put_anew, stand_ins, worded

MOST_WORDED = 200
"""Wordings of one question that a process keeps: one for everybody of like rights."""


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
    """Which of the types of ``Value`` each is; a choice is its text."""
    return {
        name: next(kind for kind in (int, str, datetime) if isinstance(value, kind))
        for name, value in values.items()
    }


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
    nothing but what it is given. Not ``planned``: each time anew, where the best way
    depends on the values.
    """

    def __init__(
        self, build: Callable[..., QuerySet[Any]], *, planned: bool = True
    ) -> None:
        self._build = build
        self._put = put if planned else put_anew
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
            wordings[rows.db] = _in_sql(rows, types, using)
        if wordings[rows.db] is None:
            return []
        compiler, wording = wordings[rows.db]
        return list(_asking(rows, compiler, self._put(wording, given, using), using))

    def _made(
        self, like: Alike | None, types: Mapping[str, type]
    ) -> tuple[QuerySet[Any], dict[str, Any]]:
        by, values = standing_in(like, types)
        return self._build(*by, **values), {}


def known_or(question: Worded, case: Any, relation: str) -> list[Any]:
    """The rows of a relation of a case: as a page has read them, else by ``question``
    as they are now."""
    if relation in getattr(case, "_prefetched_objects_cache", {}):
        return list(getattr(case, relation).all())
    return question.rows(case=case.pk)


def _in_sql(rows: QuerySet[Any], types: Mapping[str, type], using: Any) -> Any:
    """What writes ``rows`` in SQL, and that; None where no row can be one of them."""
    compiler = rows.query.get_compiler(using=rows.db)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return None
    return compiler, worded(sql, params, types, using)


def _asking(rows: QuerySet[Any], compiler: Any, statement: Any, using: Any) -> Any:
    """``rows``, about to be read by ``statement`` instead of by SQL of their own."""
    ready = copy.copy(compiler)
    ready.connection = using
    ready.as_sql = lambda *_args, **_kwargs: statement
    asked: Any = rows.all()
    asked.query.get_compiler = lambda *_args, **_kwargs: ready
    return asked
