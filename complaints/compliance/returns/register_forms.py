"""Forms of the register: each writes line by line and keeps none."""

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import xlsxwriter

from complaints.compliance.returns.register_lines import HEAD, Line
from complaints.spreadsheet import harmless

MOST_OF_A_SHEET = 1_048_575
"""Lines below the head that a sheet holds; the format allows no more."""


def _csv(path: Path, lines: Iterator[Line]) -> int:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        writer.writerow(HEAD)
        return _each(lines, lambda line: writer.writerow(map(harmless, line)))


def _json(path: Path, lines: Iterator[Line]) -> int:
    """One array; a line of the file a complaint."""
    with path.open("w", encoding="utf-8") as file:
        file.write("[")
        count = _each(lines, _Objects(file).add)
        file.write("\n]\n")
    return count


class _Objects:
    """The objects of an array, with commas between them."""

    def __init__(self, file: IO[str]) -> None:
        self.file, self.before = file, "\n"

    def add(self, line: Line) -> None:
        row = dict(zip(HEAD, line, strict=True))
        self.file.write(self.before + json.dumps(row, ensure_ascii=False))
        self.before = ",\n"


def _xlsx(path: Path, lines: Iterator[Line]) -> int:
    """Rows go to disk as they come; text is never a formula or a link."""
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        return _each(lines, _Sheets(book).add)


class _Sheets:
    """As many sheets as the lines need, each under the same head."""

    def __init__(self, book: Any) -> None:
        self.book, self.count = book, 0
        self.bold = book.add_format({"bold": True})
        self._next()

    def _next(self) -> None:
        self.count += 1
        name = "register" if self.count == 1 else f"register {self.count}"
        self.sheet, self.number = self.book.add_worksheet(name), 0
        self.sheet.freeze_panes(1, 1)
        self.sheet.set_column(0, len(HEAD) - 1, 18)
        self.sheet.write_row(0, 0, HEAD, self.bold)

    def add(self, line: Line) -> None:
        if self.number == MOST_OF_A_SHEET:
            self._next()
        self.number += 1
        for column, text in enumerate(line):
            self.sheet.write_string(self.number, column, harmless(text))


def _each(lines: Iterator[Line], add: Callable[[Line], Any]) -> int:
    count = 0
    for line in lines:
        add(line)
        count += 1
    return count


WRITERS: dict[str, Callable[[Path, Iterator[Line]], int]] = {
    "csv": _csv,
    "json": _json,
    "xlsx": _xlsx,
}
