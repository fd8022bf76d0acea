"""Sums of marks, by day and by month: made anew from all, or moved by what changed.

All of it is SQL over whole sets, so that neither grows with Python. Sums are made in a
table of their own first; only what differs is then written where pages read.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from complaints.compliance.models import KEY, Measure, Tally
from complaints.compliance.rollup import exact, folded

NAMES = KEY[2:]
"""The columns that a tally has from its marks, in the order of the key."""

AMOUNTS = ("amount", "value")
WORTH = (Measure.MONEY, Measure.GROUP)
"""Measures whose marks have amounts; all others have none, not even nought."""


def listed(names: Iterable[str], table: str = "") -> str:
    """Columns with commas, of a table where one is named."""
    return ", ".join(f"{table}.{name}" if table else name for name in names)


def _month_start(day: str) -> str:
    return folded.month_start(connection.vendor, day)


def _truth(value: bool) -> str:
    if connection.vendor == "postgresql":
        return "true" if value else "false"
    return str(int(value))


def _worth(sign: str = "1") -> str:
    """The sums of the amounts of a group, each taken ``sign`` times."""
    measures = ", ".join(f"'{measure.value}'" for measure in WORTH)
    some = f"CASE WHEN measure IN ({measures}) THEN"
    return ", ".join(
        f"{some} {exact.total(name, sign)} END AS {name}" for name in AMOUNTS
    )


# Anew ---------------------------------------------------------------------------------


def build() -> int:
    """All tallies from all marks; how many there are."""
    exact.prepare()
    with connection.cursor() as cursor:
        _sum_up(cursor)
        cursor.execute(f"DELETE FROM compliance_tally WHERE id IN ({_outdated()})")  # noqa: S608
        cursor.execute(_missing())
        cursor.execute("DROP TABLE rollup_sums")
        if connection.vendor == "postgresql":
            # Else it takes the table for empty, and sorts where it should hash.
            cursor.execute("ANALYZE compliance_tally")
    return Tally.objects.count()


def _sum_up(cursor: Any) -> None:
    """The table of what the tallies should be: days from marks, months from days."""
    names, first = listed(NAMES), _month_start("start")
    cursor.execute(
        f"CREATE TEMPORARY TABLE rollup_sums AS SELECT {_truth(False)} AS monthly,"  # noqa: S608
        f" day AS start, {names}, count(*) AS n, {_worth()}"
        f" FROM compliance_mark GROUP BY day, {names}"
    )
    cursor.execute(
        f"INSERT INTO rollup_sums (monthly, start, {names}, n, {listed(AMOUNTS)})"  # noqa: S608
        f" SELECT {_truth(True)}, {first}, {names}, sum(n), {_worth()}"
        f" FROM rollup_sums GROUP BY {first}, {names}"
    )
    cursor.execute("ANALYZE rollup_sums")


def _same_key() -> str:
    return " AND ".join(f"s.{name} = t.{name}" for name in KEY)


def _outdated() -> str:
    """Tallies that no sum is equal to."""
    other = " OR ".join(
        f"s.{name} <> t.{name} OR (s.{name} IS NULL) <> (t.{name} IS NULL)"
        for name in ("n", *AMOUNTS)
    )
    return (
        "SELECT t.id FROM compliance_tally t LEFT JOIN rollup_sums s"  # noqa: S608
        f" ON {_same_key()} WHERE s.n IS NULL OR {other}"
    )


def _missing() -> str:
    """Write the sums that are no tallies yet, in the order of the index."""
    kept = listed((*KEY, "n", *AMOUNTS))
    order = listed(("measure", "monthly", "start", *KEY[3:]), "s")
    return (
        f"INSERT INTO compliance_tally ({kept})"  # noqa: S608
        f" SELECT {listed((*KEY, 'n', *AMOUNTS), 's')} FROM rollup_sums s"
        f" LEFT JOIN compliance_tally t ON {_same_key()}"
        f" WHERE t.id IS NULL ORDER BY {order}"
    )


# Moving -------------------------------------------------------------------------------


@contextmanager
def following(keys: Collection[int]) -> Iterator[None]:
    """Tallies are moved by whatever the block does to the marks of these cases."""
    exact.prepare()
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE rollup_moved AS {_marks(keys, -1)}")
        yield
        cursor.execute(f"INSERT INTO rollup_moved {_marks(keys, 1)}")
        cursor.execute(_move())
        cursor.execute("DELETE FROM compliance_tally WHERE n <= 0")
        cursor.execute("DROP TABLE rollup_moved")


def _marks(keys: Collection[int], sign: int) -> str:
    """The marks of these cases, each to be counted ``sign`` times."""
    cases = ", ".join(str(int(key)) for key in keys) or "NULL"
    return (
        f"SELECT {sign} AS sign, day, {listed((*NAMES, *AMOUNTS))}"  # noqa: S608
        f" FROM compliance_mark WHERE complaint_id IN ({cases})"
    )


def _move() -> str:
    """Add the differences, by day and by month, to what is there."""
    added = ", ".join(
        f"{name} = {exact.plus(f'compliance_tally.{name}', f'excluded.{name}')}"
        for name in AMOUNTS
    )
    changed = " OR ".join(f"CAST({name} AS real) <> 0" for name in ("n", *AMOUNTS))
    kept = listed((*KEY, "n", *AMOUNTS))
    return (
        f"INSERT INTO compliance_tally ({kept}) SELECT {kept} FROM ("  # noqa: S608
        f"{_moved(False, 'day')} UNION ALL {_moved(True, _month_start('day'))}"
        f") moved WHERE {changed} ON CONFLICT ({listed(KEY)})"
        f" DO UPDATE SET n = compliance_tally.n + excluded.n, {added}"
    )


def _moved(monthly: bool, start: str) -> str:
    names = listed(NAMES)
    return (
        f"SELECT {_truth(monthly)} AS monthly, {start} AS start, {names},"  # noqa: S608
        f" sum(sign) AS n, {_worth('sign')} FROM rollup_moved GROUP BY {start}, {names}"
    )
