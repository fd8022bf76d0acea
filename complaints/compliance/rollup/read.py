"""Sums of tallies for a period: frozen months as signed, others as they are."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import connections

from complaints.compliance.days import month_of
from complaints.compliance.models import (
    KEY,
    FrozenTally,
    RollupState,
    Snapshot,
    Tally,
)
from complaints.compliance.rollup import exact, folded
from complaints.compliance.rollup.sums import Money
from complaints.compliance.rollup.where import (
    Where,
    among,
    besides,
    every,
    is_,
    when,
    within,
)

BEGINNING = date(2000, 1, 1)
NOW_ONLY = frozenset({"open", "flag"})
"""Measures of what stands now."""
NOT_FROZEN = NOW_ONLY | {"group"}
"""No month of these is frozen: they change, or must forget, with a person."""

Sums = Counter[tuple[Any, ...]]
"""Numbers by the values of some columns."""


class Reader:
    """Reads for one period and, where one is named, one team; nothing twice."""

    def __init__(self, first: date, last: date, team: int | None = None) -> None:
        self.first, self.last, self.team = first, last, team
        self.using = settings.READ_DATABASE
        self._read: dict[tuple[Any, ...], Sums] = {}

    @cached_property
    def as_of(self) -> datetime | None:
        """Up to when the ledger has been reckoned; None before it ever was."""
        rows = RollupState.objects.using(self.using)
        return rows.values_list("reckoned_at", flat=True).first()

    @cached_property
    def frozen(self) -> dict[date, int]:
        """The newest signed snapshot of each month."""
        rows = Snapshot.objects.using(self.using).filter(signed_at__isnull=False)
        newest = rows.order_by("month", "version").values_list("month", "pk")
        return dict(newest)

    def sums(
        self,
        measure: str,
        *by: str,
        first: date | None = None,
        last: date | None = None,
        daily: bool = False,
        **only: Any,
    ) -> Sums:
        """Numbers by the columns ``by``; ``daily`` reads days even of whole months.

        "week" and "month" are columns too; what is read of whole months has no weeks.
        """
        asked = (measure, by, first, last, daily, tuple(sorted(only.items())))
        if asked not in self._read:
            found = self._read[asked] = Counter()
            period = (first or self.first, last or self.last, daily)
            for *key, n in self._rows(measure, by, "sum(n)", period, only):
                found[tuple(key)] += int(n or 0)
        return self._read[asked]

    def money(
        self, *by: str, measure: str = "money", **only: Any
    ) -> dict[tuple[Any, ...], Money]:
        """Money by the columns ``by``."""
        exact.prepare(self.using)
        what = f"sum(n), {exact.total('amount')}, {exact.total('value')}"
        sums: defaultdict[tuple[Any, ...], Money] = defaultdict(Money)
        period = (self.first, self.last, False)
        for *key, n, amount, value in self._rows(measure, by, what, period, only):
            some = int(n or 0), Decimal(amount), Decimal(value)
            sums[tuple(key)] = sums[tuple(key)].plus(*some)
        return sums

    def _rows(
        self,
        measure: str,
        by: tuple[str, ...],
        what: str,
        period: tuple[date, date, bool],
        only: dict[str, Any],
    ) -> Iterator[tuple[Any, ...]]:
        """Of what is as it is, then of what was frozen: the key and what is summed."""
        first, last, _daily = period
        frozen = {} if measure in NOT_FROZEN else self._frozen_in(first, last)
        wanted = [is_("measure", measure), when(*period)]
        wanted += [is_(name, value) for name, value in only.items()]
        if self.team is not None:
            wanted.append(is_("team", self.team))
        yield from self._asked(Tally, by, what, [*wanted, besides(within(frozen))])
        if frozen:
            kept = among("snapshot_id", list(frozen.values()))
            yield from self._asked(FrozenTally, by, what, [*wanted, kept])

    def _asked(
        self, model: Any, by: tuple[str, ...], what: str, wanted: list[Where]
    ) -> list[tuple[Any, ...]]:
        """Rows of one table; days among them as days."""
        columns = [self._column(name) for name in by]
        where = every(wanted)
        grouped = f" GROUP BY {', '.join(columns)}" if columns else ""
        with connections[self.using].cursor() as cursor:
            cursor.execute(
                f"SELECT {', '.join([*columns, what])} FROM {model._meta.db_table}"  # noqa: S608
                f" WHERE {where.sql}{grouped}",
                where.values,
            )
            rows = cursor.fetchall()
        days = [place for place, name in enumerate(by) if name in folded.COLUMNS]
        return [_with_days(row, days) for row in rows] if days else rows

    def _column(self, name: str) -> str:
        """SQL of what is grouped by. Raises ``ValueError`` for any other name."""
        if name in folded.COLUMNS:
            return folded.COLUMNS[name](connections[self.using].vendor)
        if name not in KEY:
            raise ValueError(f"no column of a tally: {name}")
        return name

    def _frozen_in(self, first: date, last: date) -> dict[date, int]:
        begin = month_of(first)
        return {m: key for m, key in self.frozen.items() if begin <= m <= last}


def _with_days(row: tuple[Any, ...], places: list[int]) -> tuple[Any, ...]:
    """SQLite knows no days but as text."""
    found = list(row)
    for place in places:
        if isinstance(found[place], str):
            found[place] = date.fromisoformat(found[place])
    return tuple(found)
