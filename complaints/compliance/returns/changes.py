"""What a draft of the report says otherwise than the version signed before it."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from complaints.compliance.returns import reports, words
from complaints.compliance.returns.models import Report, Section
from complaints.compliance.returns.sheets import Return


class Changed(NamedTuple):
    """One cell: its table, its row and column in words, and what it says in both.

    ``was`` or ``says`` is empty where only one of them has the row.
    """

    table: str
    row: str
    column: str
    was: str
    says: str


class Changes(NamedTuple):
    """Against ``version``: figures, and by language the sections with other words."""

    version: int
    figures: list[Changed]
    sections: list[tuple[str, str]]


def since_signed(report: Report, now: datetime) -> Changes | None:
    """Against the version signed last before it; None where there is none."""
    before = Report.objects.filter(
        first=report.first,
        last=report.last,
        number__lt=report.number,
        signed_at__isnull=False,
    )
    signed = before.order_by("-number").first()
    if signed is None:
        return None
    was, says = reports.figures_of(signed, now), reports.figures_of(report, now)
    return Changes(signed.number, list(_figures(was, says)), _sections(signed, report))


Cells = dict[tuple[str, str, str], str]


def _figures(was: Return, says: Return) -> Iterator[Changed]:
    old, new = _cells(was), _cells(says)
    for key in dict.fromkeys([*new, *old]):
        before, after = old.get(key, ""), new.get(key, "")
        if before != after:
            yield Changed(*key, before, after)


def _cells(found: Return) -> Cells:
    """Every cell but the name of its row, by table, row and column."""
    cells: Cells = {}
    for table in found.tables:
        head, rows = words.read(table)
        name = str(words.TABLES.get(table.code, table.code))
        wide = _name_columns(rows)
        for row in rows:
            for column, cell in zip(head[wide:], row[wide:], strict=True):
                cells[name, " · ".join(row[:wide]), column] = cell
    return cells


def _name_columns(rows: list[list[str]]) -> int:
    """How many of the first columns tell the rows apart."""
    for wide in range(1, len(rows[0]) if rows else 1):
        if len({tuple(row[:wide]) for row in rows}) == len(rows):
            return wide
    return 1


def _sections(old: Report, new: Report) -> list[tuple[str, str]]:
    was, says = _texts(old), _texts(new)
    return [
        (language, str(Section(section).label))
        for language, section in sorted({*was, *says})
        if was.get((language, section), "") != says.get((language, section), "")
    ]


def _texts(report: Report) -> dict[tuple[str, str], str]:
    return {key: row.text for key, row in reports.newest(report).items()}
