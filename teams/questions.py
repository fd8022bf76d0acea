"""Queries that are asked all the time and differ in a person and a moment alone."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.db import connections, router
from django.db.models import QuerySet

from teams.models import User

ANYBODY = -1
ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)
"""What a question is put into SQL with; no row has them."""


class Question:
    """``rows(person, at)``, put into SQL once a database: that takes Django ten times
    as long as the answer takes the database.

    ``rows`` writes both values as they are into its conditions and looks at neither.
    """

    def __init__(self, rows: Callable[[int, datetime], QuerySet[Any, Any]]) -> None:
        self.rows = rows
        self.worded: dict[str, tuple[str, tuple[Any, ...]]] = {}

    def ask(self, person: int, at: datetime) -> list[tuple[Any, ...]]:
        """The rows for the user with this primary key, as the database tells them."""
        using = router.db_for_read(User)
        if using not in self.worded:
            query = self.rows(ANYBODY, ANY_TIME).query
            self.worded[using] = query.get_compiler(using).as_sql()
        sql, values = self.worded[using]
        time = connections[using].ops.adapt_datetimefield_value
        put = {ANYBODY: person, time(ANY_TIME): time(at)}
        with connections[using].cursor() as cursor:
            cursor.execute(sql, [put.get(value, value) for value in values])
            return list(cursor.fetchall())
