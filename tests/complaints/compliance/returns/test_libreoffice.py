"""Workbooks open in LibreOffice with the cells that were written, and run nothing."""

import csv
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override

from complaints.compliance.returns import register, register_lines, sheets, words
from complaints.compliance.returns.kinds import BUILDERS
from complaints.compliance.returns.period import parse
from complaints.profiles.uk_disp import UK_DISP_2026_1
from tests import cases
from tests.complaints.compliance.returns import small
from tests.people import People
from tests.services import find_libreoffice

SOFFICE = find_libreoffice()
EVERY_SHEET = (
    "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"
)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.drill,
    pytest.mark.skipif(not SOFFICE, reason="LibreOffice is not installed"),
]


def opened(book: Path, folder: Path) -> dict[str, list[list[str]]]:
    """The cells of each sheet as LibreOffice reads them, by its name."""
    out = folder / "out"
    command = [
        SOFFICE,
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        *("--headless", "--norestore", "--convert-to", EVERY_SHEET),
        *("--outdir", str(out), str(book)),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    found = {}
    for file in out.glob("*.csv"):
        with file.open(encoding="utf-8", newline="") as lines:
            found[file.stem.removeprefix(f"{book.stem}-")] = list(csv.reader(lines))
    return found


def shown(cell: sheets.Cell) -> str:
    """A number as a spreadsheet keeps it: without zeros at its end."""
    if isinstance(cell, Decimal):
        return f"{cell.normalize():f}"
    return "" if cell is None else str(cell)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("kind", ["eu-casp", "uk-disp", "management"])
def test_every_cell_is_what_was_written(
    people: People,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    language: str,
) -> None:
    if kind == "uk-disp":
        chosen: Any = lambda *_given: UK_DISP_2026_1  # noqa: E731
        monkeypatch.setattr("complaints.profiles.choose", chosen)
    small.register(people)
    book = tmp_path / "return.xlsx"
    with override(language):
        found = BUILDERS[kind](parse("2026-H1"), small.AT)
        book.write_bytes(sheets.to_xlsx(found))
        tables = {
            words.sheet_name(table.code): words.spoken(table) for table in found.tables
        }

    cells = opened(book, tmp_path)

    assert len(cells) == len(tables) + 1
    for name, table in tables.items():
        wanted = [list(table.head), *(list(map(shown, row)) for row in table.rows)]
        assert cells[name] == wanted
    assert [found.checksum] in [row[1:] for about in cells.values() for row in about]


def test_register_opens_and_a_formula_in_it_is_text(
    people: People, tmp_path: Path
) -> None:
    evil = '=HYPERLINK("http://evil.example","x")'
    case = cases.filed(people, now=small.at(3, 2), subject=evil)
    book = tmp_path / "register.xlsx"
    register.write(book, "xlsx", parse("2026-H1"), case.recorded_at)

    ((head, line),) = opened(book, tmp_path).values()

    row = dict(zip(head, line, strict=True))
    assert tuple(head) == register_lines.HEAD
    assert row["subject"] == f"'{evil}"
    assert row["reference"] == case.reference
    assert row["amount"] == "1860"
