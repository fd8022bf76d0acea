"""Figures as CSV that a spreadsheet shows and never runs."""

import csv
import io
from collections.abc import Iterable

from complaints.compliance.page import Figure

FIRST = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
"""Characters that make a spreadsheet take a cell for a formula or lose its start."""


def harmless(text: str) -> str:
    """``text`` with an apostrophe before it where it would be run."""
    return f"'{text}" if text.lstrip(" ").startswith(FIRST) else text


def csv_of(figures: Iterable[Figure], facts: Iterable[tuple[str, ...]]) -> str:
    """One line a row: figure, then its cells; above them what the file is about."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    lines: list[tuple[str, ...]] = [*facts]
    for figure in figures:
        lines.append((figure.code, *figure.head))
        lines += [(figure.code, *(cell.text for cell in row)) for row in figure.body]
        lines.append((figure.code, figure.definition, figure.denominator))
    writer.writerows([harmless(text) for text in line] for line in lines)
    return out.getvalue()
