"""Figures as CSV that a spreadsheet shows and never runs."""

import csv
import io
from collections.abc import Iterable

from complaints.compliance.page import Figure
from complaints.spreadsheet import harmless


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
