"""Rows of a radio question that say more than one word."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OptionLabel:
    """A choice's label: words, what stands right of them, a second line below.

    Given as a choice's label: `("tx1", OptionLabel("Withdrawal", "1,860.00 USDT"))`.
    """

    words: str
    aside: str = ""
    note: str = ""

    def __str__(self) -> str:
        return self.words
