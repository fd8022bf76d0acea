"""Long tables: some rows in the quick suite, all of them with the drills."""

from collections.abc import Sequence
from typing import Any

import pytest


def few(rows: Sequence[Any], *quick: Any) -> list[Any]:
    """``rows`` for ``parametrize``; those that are not ``quick`` are drills."""
    if unknown := set(quick) - set(rows):
        raise ValueError(f"no rows of the table: {unknown}")
    return [row if row in quick else _drill(row) for row in rows]


def _drill(row: Any) -> Any:
    values = row if isinstance(row, tuple) else (row,)
    return pytest.param(*values, marks=pytest.mark.drill)
