"""How much each view of a queue holds, in one statement.

The ORM cannot join sets that each have a limit, so the parts are joined by hand; what
is alike in all of them is compiled once.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q, QuerySet

from complaints.models import Complaint
from complaints.permissions import Viewer
from complaints.selectors.queue import (
    ALL,
    TEAM,
    VIEWS,
    QueueFilters,
    in_states,
    in_view,
    narrowed,
    seen,
    sought,
)
from complaints.worded import Known, standing_in, types_of, with_viewer
from teams.roles import Perm
from teams.wording import Wording, put, put_anew, worded

CAP = 99
"""Counts are exact up to here; one more stands for "more than that"."""

SAVED = "saved:"
"""Prefix of the count of a view that somebody kept: ``saved:12``."""

TABLE = Complaint._meta.db_table
Part = tuple[str, Sequence[Any]]
"""A piece of SQL and its parameters."""


def in_words(number: int) -> str:
    """A count as it is shown: exact up to ``CAP``, "99+" beyond."""
    return f"{CAP}+" if number > CAP else str(number)


def counts(
    viewer: Viewer, saved: Mapping[int, QueueFilters] | None = None
) -> dict[str, int]:
    """How many each view of ``viewer`` holds; no count goes beyond ``CAP`` + 1.

    The keys are those of ``VIEWS`` but ``all``, ``team:<code>`` for each team whose
    cases the viewer sees, and ``saved:<key>`` for each of ``saved``. One query.
    """
    kept = tuple((saved or {}).items())
    using = connections[Complaint.objects.db]
    with using.cursor() as cursor:
        cursor.execute(*_statement(viewer, kept, using))
        return dict(cursor.fetchall())


Kept = tuple[tuple[int, QueueFilters], ...]
_KNOWN = Known()


def _statement(
    viewer: Viewer, kept: Kept, using: BaseDatabaseWrapper
) -> tuple[str, Sequence[Any]]:
    """Worded once for all of like rights; planned once where nobody's own views, of
    which there are too many, are in it."""
    asked = with_viewer(viewer, {})
    if asked is None:
        return _joined(viewer, kept)
    like, values = asked
    types = types_of(values)

    def made() -> Wording:
        [anybody], _values = standing_in(like, types)
        return worded(*_joined(anybody, kept), types, using)

    wording = _KNOWN.get((using.alias, like, kept), made)
    return (put_anew if kept else put)(wording, values, using)


def _joined(viewer: Viewer, kept: Kept) -> Part:
    base = _where(seen(viewer))
    wanted = {name: QueueFilters(view=name) for name in VIEWS if name != ALL}
    wanted |= {f"{SAVED}{key}": filters for key, filters in kept}
    known: dict[str, Part] = {}
    parts = [
        _capped(("%s", [name]), base, *_conditions(viewer, filters, known))
        for name, filters in wanted.items()
    ]
    working = _rest(QueueFilters(view=ALL), viewer.is_staff, Complaint.objects.db)
    for team in sorted(viewer.grants.get(Perm.VIEW, ())):
        key = ("(SELECT %s || code FROM teams_team WHERE id = %s)", [TEAM, team])
        parts.append(_capped(key, base, working, (f"{TABLE}.team_id = %s", [team])))
    sql = " UNION ALL ".join(part for part, _values in parts)
    return sql, [value for _part, values in parts for value in values]


def _conditions(
    viewer: Viewer, filters: QueueFilters, known: dict[str, Part]
) -> list[Part]:
    """``known`` are the conditions of views compiled so far."""
    if filters.view not in known:
        known[filters.view] = _condition(in_view(viewer, filters.view))
    return [known[filters.view], _rest(filters, viewer.is_staff, Complaint.objects.db)]


@lru_cache(maxsize=512)
def _rest(filters: QueueFilters, internal: bool, _using: str) -> Part:
    """States and filters: the same for everybody, so kept from page to page."""
    named = narrowed(filters, sought(filters.text), internal=internal)
    return _condition(in_states(filters) & named)


def _condition(wanted: Q) -> Part:
    return _where(Complaint.objects.filter(wanted))


def _where(rows: QuerySet[Complaint]) -> Part:
    """The condition of ``rows``, which must need no other table in FROM."""
    compiler = rows.query.get_compiler(rows.db)
    try:
        sql, params = compiler.compile(rows.query.where)
    except EmptyResultSet:
        return "1 = 0", []
    except FullResultSet:
        return "1 = 1", []
    return sql or "1 = 1", params


def _capped(key: Part, *conditions: Part) -> Part:
    where = " AND ".join(f"({sql})" for sql, _params in conditions)
    sql = (
        f"SELECT {key[0]}, (SELECT COUNT(*) FROM (SELECT 1 FROM {TABLE}"  # noqa: S608 - the ORM wrote it
        f" WHERE {where} LIMIT {CAP + 1}) capped)"
    )
    return sql, [*key[1], *(p for _sql, params in conditions for p in params)]
