"""Sums of marks: made anew from all of them, or moved by what changed.

Numbers of cases are moved by the difference. Money is added up in Python from the
marks, because SQLite would add it up as floats.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import Any

from django.db import connection, models

from complaints.compliance.days import month_end, month_of
from complaints.compliance.models import KEY, Mark, Measure, Tally
from complaints.compliance.rollup.sums import Money

Key = tuple[Any, ...]
"""Values of the columns ``KEY``."""

NAMES = KEY[2:]
"""The columns that a tally has from its marks, in the order of the key."""

TOGETHER = 2000


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def _month_start(day: str) -> str:
    if connection.vendor == "postgresql":
        return f"date_trunc('month', {day})::date"
    return f"date({day}, 'start of month')"


def build() -> int:
    """All tallies from all marks; how many there are."""
    names = _listed(NAMES)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM compliance_tally")
        cursor.execute(
            "INSERT INTO compliance_tally (monthly, start, n, "  # noqa: S608
            f"{names}) SELECT {_false()}, day, count(*), {names} FROM compliance_mark"
            f" WHERE measure <> '{Measure.MONEY}' GROUP BY day, {names}"
            " ORDER BY measure, day"
        )
        first = _month_start("start")
        cursor.execute(
            "INSERT INTO compliance_tally (monthly, start, n, "  # noqa: S608
            f"{names}) SELECT {_true()}, {first}, sum(n), {names}"
            f" FROM compliance_tally GROUP BY {first}, {names}"
            f" ORDER BY measure, {first}"
        )
    _write_money(_money(Mark.objects.filter(measure=Measure.MONEY)))
    return Tally.objects.count()


def _true() -> str:
    return "true" if connection.vendor == "postgresql" else "1"


def _false() -> str:
    return "false" if connection.vendor == "postgresql" else "0"


# Moving -------------------------------------------------------------------------------


def counted(keys: Collection[int]) -> Counter[Key]:
    """The marks of these cases, summed by day and by month."""
    found: Counter[Key] = Counter()
    marks = Mark.objects.filter(complaint_id__in=keys)
    for day, *values in marks.values_list("day", *NAMES):
        found.update(_both(day, values))
    return found


def move(before: Counter[Key], after: Counter[Key]) -> None:
    """Take the difference over into the tallies of numbers."""
    measure = KEY.index("measure")
    _add(
        {
            key: after[key] - before[key]
            for key in {*before, *after}
            if after[key] != before[key] and key[measure] != Measure.MONEY
        }
    )


def move_money(before: "Sums", after: "Sums") -> None:
    """Add the tallies of money up anew in which something changed."""
    keys = {*before, *after}
    _renew_money({key for key in keys if before.get(key) != after.get(key)})


def worth(keys: Collection[int]) -> "Sums":
    """What these cases have a part of in tallies of money."""
    return _money(Mark.objects.filter(complaint_id__in=keys, measure=Measure.MONEY))


def _both(day: date, values: Iterable[Any]) -> Iterator[Key]:
    """Of the day and of its month."""
    rest = tuple(values)
    yield (False, day, *rest)
    yield (True, month_of(day), *rest)


def _add(changed: dict[Key, int]) -> None:
    rows = [
        Tally(n=difference, **dict(zip(KEY, key, strict=True)))
        for key, difference in changed.items()
    ]
    for first in range(0, len(rows), TOGETHER):
        _upsert(rows[first : first + TOGETHER])
    Tally.objects.filter(n__lte=0)._raw_delete(Tally.objects.db)


def _upsert(rows: list[Tally]) -> None:
    """Add to what is there; Django's own upsert can only set."""
    marks = ", ".join(["(" + ", ".join(["%s"] * (len(KEY) + 1)) + ")"] * len(rows))
    values = [_plain(value) for row in rows for value in (*_key(row), row.n)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO compliance_tally ({_listed(KEY)}, n) VALUES {marks}"  # noqa: S608
            f" ON CONFLICT ({_listed(KEY)})"
            " DO UPDATE SET n = compliance_tally.n + excluded.n",
            values,
        )


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _key(row: Tally) -> Key:
    return tuple(getattr(row, name) for name in KEY)


# Money --------------------------------------------------------------------------------


Sums = dict[Key, Money]


def _money(marks: "models.QuerySet[Mark]") -> Sums:
    sums: Sums = defaultdict(Money)
    rows = marks.values_list("day", "amount", "value", *NAMES)
    for day, amount, value, *values in rows.iterator(chunk_size=5000):
        for key in _both(day, values):
            sums[key] = sums[key].plus(1, amount, value)
    return sums


def _write_money(sums: Sums) -> None:
    Tally.objects.bulk_create(
        [
            Tally(**told._asdict(), **dict(zip(KEY, key, strict=True)))
            for key, told in sums.items()
        ],
        batch_size=TOGETHER,
    )


def _renew_money(keys: "set[Key]") -> None:
    """Make these sums anew from their marks, a day or month at a time."""
    spans: dict[tuple[bool, date], set[Key]] = defaultdict(set)
    for key in keys:
        spans[key[0], key[1]].add(key)
    for (monthly, start), wanted in spans.items():
        last = month_end(start) if monthly else start
        marks = Mark.objects.filter(
            measure=Measure.MONEY, day__gte=start, day__lte=last
        )
        sums = {key: told for key, told in _money(marks).items() if key in wanted}
        for key in wanted:
            Tally.objects.filter(**dict(zip(KEY, key, strict=True))).delete()
        _write_money(sums)
