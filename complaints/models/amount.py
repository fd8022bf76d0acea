"""Amounts of money that both databases keep to the last digit."""

from decimal import Context, Decimal
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    Base = models.DecimalField[Any, Any]
else:
    Base = models.DecimalField


EXACT = Context(prec=60)
"""Adds without rounding: more digits than sums of amounts ever have."""


def digits(number: Decimal | None) -> str:
    """All digits of a number, without the noughts that a database adds; "" of none."""
    return "" if number is None else f"{number.normalize(EXACT):f}"


class AmountField(Base):
    """A decimal of ``max_digits``, never negative, exact on SQLite as well.

    PostgreSQL has a type for it. SQLite makes a float with 15 digits of it, so there
    it is text of one width, filled with zeros: it sorts and compares as the numbers
    do. It is not added up in SQL, where SQLite would make floats of it again.
    Raises ``ValueError`` for what would lose a digit.
    """

    description = _("Exact amount")

    def get_internal_type(self) -> str:
        # Not DecimalField: SQLite reads the values of that through a float.
        return "AmountField"

    def db_type(self, connection: "BaseDatabaseWrapper") -> str:
        if connection.vendor == "sqlite":
            return "text"
        return f"numeric({self.max_digits}, {self.decimal_places})"

    def from_db_value(
        self, value: Any, _expression: Any, _connection: Any
    ) -> Decimal | None:
        return None if value is None else Decimal(value)

    def get_db_prep_value(
        self, value: Any, connection: "BaseDatabaseWrapper", prepared: bool = False
    ) -> Any:
        number = value if prepared else self.get_prep_value(value)
        if number is None or hasattr(number, "as_sql"):
            return number
        kept = self._exact(number)
        return kept if connection.vendor == "sqlite" else Decimal(kept)

    def _exact(self, number: Decimal) -> str:
        """All digits of ``number``, with zeros on both sides."""
        sign, digits, exponent = number.as_tuple()
        if not isinstance(exponent, int) or (sign and any(digits)):
            raise ValueError(f"{number} is no amount")
        # copy_abs alone: arithmetic would round to the digits of the context.
        text = f"{number.copy_abs():f}"
        whole, _dot, part = text.partition(".")
        part = part.rstrip("0")
        if len(part) > self.decimal_places or len(whole) > self.whole_digits:
            raise ValueError(f"{number} has more digits than can be kept")
        return (
            f"{whole.zfill(self.whole_digits)}.{part.ljust(self.decimal_places, '0')}"
        )

    @property
    def whole_digits(self) -> int:
        return int(self.max_digits - self.decimal_places)
