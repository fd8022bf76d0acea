"""Whole days, as every figure and every file of the register is asked for."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta


@dataclass(frozen=True)
class Days:
    """From ``first`` to ``last`` in UTC, both included."""

    first: date
    last: date

    @property
    def since(self) -> datetime:
        return datetime.combine(self.first, time(), UTC)

    @property
    def until(self) -> datetime:
        """The first moment after them."""
        return datetime.combine(self.last + timedelta(days=1), time(), UTC)
