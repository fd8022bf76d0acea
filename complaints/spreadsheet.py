"""Tables that a spreadsheet shows and never runs."""

import csv
import io
from collections.abc import Iterable, Sequence

FIRST = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
"""Characters that make a spreadsheet take a cell for a formula or lose its start."""


def harmless(text: str) -> str:
    """``text`` with an apostrophe before it where it would be run."""
    return f"'{text}" if text.lstrip(" ").startswith(FIRST) else text


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """The rows as CSV, every cell quoted and made harmless.

    It begins with a byte order mark: without it spreadsheets misread Chinese names.
    """
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return "\ufeff" + out.getvalue()
