"""Adding amounts up in SQL without losing a digit, on both databases.

PostgreSQL has a type that does it. SQLite would make floats of the text that amounts
are kept as there, so it is given two functions that add as decimals.
"""

from decimal import Decimal
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections

from complaints.compliance.models import Mark
from complaints.models.amount import EXACT


def prepare(using: str = DEFAULT_DB_ALIAS) -> None:
    """Let this connection add exactly; PostgreSQL can already."""
    connection = connections[using]
    if connection.vendor != "sqlite":
        return
    connection.ensure_connection()
    held: Any = connection.connection
    held.create_aggregate("exact_sum", 2, _Sum)
    held.create_function("exact_plus", 2, _plus_text)


def total(column: str, sign: str = "1") -> str:
    """SQL of the sum of ``column`` over a group, each taken ``sign`` times (1, -1).

    Nought, as wide as the column keeps it, where there is nothing to add.
    """
    nought = _nought(column)
    if connection.vendor == "sqlite":
        return f"coalesce(exact_sum({column}, {sign}), '{nought}')"
    return f"coalesce(sum({column} * {sign}), {nought})"


def plus(one: str, other: str) -> str:
    """SQL of two amounts together; nothing and nothing is nothing."""
    if connection.vendor == "sqlite":
        return f"exact_plus({one}, {other})"
    return f"{one} + {other}"


def _nought(column: str) -> Any:
    """As wide as amounts of an asset, or as sums in the reporting currency."""
    of_mark = "amount" if column == "amount" else "value"
    field: Any = Mark._meta.get_field(of_mark)
    return field.get_db_prep_value(Decimal(0), connection)


class _Sum:
    """An aggregate of SQLite: text of one width in, text of that width out."""

    def __init__(self) -> None:
        self.whole: str | None = None

    def step(self, text: str | None, sign: int) -> None:
        if text is not None:
            signed = text if sign > 0 else f"-{text}"
            self.whole = _plus_text(self.whole, signed) if self.whole else signed

    def finalize(self) -> str | None:
        return self.whole


def _plus_text(one: str | None, other: str | None) -> str | None:
    if one is None or other is None:
        return None
    number = EXACT.add(Decimal(one), Decimal(other))
    width = max(len(text.lstrip("-")) for text in (one, other))
    digits = f"{number.copy_abs():f}".zfill(width)
    return f"-{digits}" if number < 0 else digits
