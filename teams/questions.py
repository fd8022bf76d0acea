"""Queries that are asked all the time and differ in a person and a moment alone."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connections, router
from django.db.models import QuerySet

from teams.models import User
from teams.wording import Value, Wording, put, stand_ins, worded

_TYPES: dict[str, type] = {"person": int, "at": datetime}


class Question:
    """``rows(person, at)``, put into SQL once a database and planned once a connection:
    that takes ten times as long as to answer it.

    ``rows`` writes both values as they are into its conditions and looks at neither.
    """

    def __init__(self, rows: Callable[[int, datetime], QuerySet[Any, Any]]) -> None:
        self.rows = rows
        self.worded: dict[str, Wording] = {}

    def ask(self, person: int, at: datetime) -> list[tuple[Any, ...]]:
        """The rows for the user with this primary key, as the database tells them."""
        using = router.db_for_read(User)
        if using not in self.worded:
            who = stand_ins(_TYPES)
            query = self.rows(who["person"], who["at"]).query
            sql, params = query.get_compiler(using).as_sql()
            self.worded[using] = worded(sql, params, _TYPES, connections[using])
        values: dict[str, Value] = {"person": person, "at": at}
        with connections[using].cursor() as cursor:
            cursor.execute(*put(self.worded[using], values, connections[using]))
            return list(cursor.fetchall())
