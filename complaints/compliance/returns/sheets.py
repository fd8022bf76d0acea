"""A return as tables, and those as JSON, a workbook or CSV: the same cells in each.

The checksum is over the cells and the period, so that whoever holds any of the three
files can tell that it says what the register said at the cut-off.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Any

import xlsxwriter

from complaints.compliance.returns.period import Period
from complaints.spreadsheet import csv_text, harmless

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    Words = tuple[StrOrPromise, ...]

Cell = str | int | Decimal | None
LONGEST_NAME = 31
"""Of a sheet, in characters; a limit of the format."""


@dataclass(frozen=True)
class Table:
    """``code`` names the sheet; every row has as many cells as ``head``."""

    code: str
    head: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]


@dataclass(frozen=True)
class Return:
    """One return. ``notes`` say how its figures are reckoned, and what is left out."""

    profile: str
    period: Period
    cut_off: datetime
    tables: tuple[Table, ...]
    notes: "Words" = field(default=())

    @property
    def checksum(self) -> str:
        """SHA-256 over period and cells; the moment of asking is no part of it."""
        said = [self.profile, self.period.name, [_plain(one) for one in self.tables]]
        return hashlib.sha256(_json(said).encode()).hexdigest()

    @property
    def facts(self) -> dict[str, str]:
        return {
            "return": self.profile,
            "period": self.period.name,
            "from": self.period.first.isoformat(),
            "to": self.period.last.isoformat(),
            "cut_off": self.cut_off.isoformat(timespec="seconds"),
            "sha256": self.checksum,
        }


def to_json(found: Return) -> bytes:
    tables = {
        table.code: [
            dict(zip(table.head, map(_text, row), strict=True)) for row in table.rows
        ]
        for table in found.tables
    }
    notes = list(map(str, found.notes))
    whole = {**found.facts, "notes": notes, "tables": tables}
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode()


def to_csv(found: Return) -> bytes:
    """One table after the other, each under its name; a single one stands alone."""
    if len(found.tables) == 1:
        (table,) = found.tables
        lines = [table.head, *_lines(table)]
        return csv_text(lines).encode()
    lines = list(found.facts.items())
    for table in found.tables:
        lines += [(), (table.code,), table.head, *_lines(table)]
    return csv_text(lines).encode()


def to_xlsx(found: Return) -> bytes:
    """A sheet a table, after one of the facts, in the words of the reader's language;
    text is never a formula or a link."""
    from complaints.compliance.returns import words  # noqa: PLC0415 - words read this

    out = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(out, options) as book:
        # The file of the same figures is the same file.
        book.set_properties({"created": found.period.until.replace(tzinfo=None)})
        notes = [(str(note),) for note in found.notes]
        about = Table("about", ("fact", "value"), list(found.facts.items()))
        _sheet(book, words.sheet_name(about.code), words.spoken(about), notes)
        for table in found.tables:
            _sheet(book, words.sheet_name(table.code), words.spoken(table), [])
    return out.getvalue()


def frozen(found: Return) -> dict[str, Any]:
    """The tables of a return for a column of JSON; exact amounts stay exact."""
    return {
        "cut_off": found.cut_off.isoformat(),
        "tables": [
            [
                table.code,
                list(table.head),
                [list(map(_iced, row)) for row in table.rows],
            ]
            for table in found.tables
        ],
    }


def thawed(
    kept: dict[str, Any], profile: str, period: Period, notes: "Words"
) -> Return:
    """What ``frozen`` kept, with the same checksum."""
    tables = tuple(
        Table(code, tuple(head), [tuple(map(_warm, row)) for row in rows])
        for code, head, rows in kept["tables"]
    )
    cut_off = datetime.fromisoformat(kept["cut_off"])
    return Return(profile, period, cut_off, tables, notes)


def _iced(cell: Cell) -> Any:
    return {"decimal": str(cell)} if isinstance(cell, Decimal) else cell


def _warm(cell: Any) -> Cell:
    return Decimal(cell["decimal"]) if isinstance(cell, dict) else cell


WRITERS = {"json": to_json, "csv": to_csv, "xlsx": to_xlsx}


def _sheet(
    book: Any, name: str, table: Table, below: Sequence[tuple[str, ...]]
) -> None:
    sheet = book.add_worksheet(name[:LONGEST_NAME])
    bold = book.add_format({"bold": True, "bottom": 1})
    sheet.freeze_panes(1, 0)
    for column, word in enumerate(table.head):
        longest = max([len(word), *(len(_text(row[column])) for row in table.rows)])
        sheet.set_column(column, column, min(longest, 60) + 2)
        sheet.write_string(0, column, word, bold)
    for number, row in enumerate([*table.rows, *below], 1):
        for column, cell in enumerate(row):
            _write(sheet, number, column, cell)


def _write(sheet: Any, row: int, column: int, cell: Cell) -> None:
    if isinstance(cell, int | Decimal):
        sheet.write_number(row, column, cell)
    elif cell:
        sheet.write_string(row, column, harmless(cell))


def _lines(table: Table) -> list[tuple[str, ...]]:
    return [tuple(map(_text, row)) for row in table.rows]


def _text(cell: Cell) -> str:
    return "" if cell is None else str(cell)


def _plain(table: Table) -> list[Any]:
    return [table.code, table.head, _lines(table)]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
