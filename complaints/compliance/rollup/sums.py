"""What tallies of money add up to; exact, never as floats."""

from decimal import Decimal
from typing import NamedTuple

from complaints.models.amount import EXACT


class Money(NamedTuple):
    """So many payments, their amount in the asset and their reported value."""

    n: int = 0
    amount: Decimal = Decimal(0)
    value: Decimal = Decimal(0)

    def plus(self, n: int, amount: Decimal | None, value: Decimal | None) -> "Money":
        """With others of the same asset; an empty column adds nothing."""
        return Money(
            self.n + n,
            EXACT.add(self.amount, amount or 0),
            EXACT.add(self.value, value or 0),
        )
