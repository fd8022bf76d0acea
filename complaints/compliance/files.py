"""A board as a file: CSV and a workbook, marked with who took it away, when and why.

The checksum is over the cells, so that whoever holds the file can tell whether it says
what the page said.
"""

import hashlib
import json
from io import BytesIO

import xlsxwriter
from django.utils.translation import gettext as _

from complaints.compliance.boards.base import Board
from complaints.spreadsheet import csv_text, harmless

Facts = list[tuple[str, str]]


def checksum(boards: list[Board]) -> str:
    """SHA-256 over what the boards say: numbers, tables, not the moment of asking."""
    said = [
        [
            board.slug,
            board.denominator,
            [[cell.text for cell in row] for row in board.body],
        ]
        for board in boards
    ]
    text = json.dumps(said, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def watermark(facts: Facts) -> str:
    return " · ".join(f"{name}: {value}" for name, value in facts)


def to_csv(board: Board, facts: Facts) -> bytes:
    """The mark first, then the table, then what was counted."""
    lines: list[tuple[str, ...]] = [*facts, (), board.head]
    lines += [tuple(cell.text for cell in row) for row in board.body]
    lines += [
        (),
        (board.title,),
        (board.say,),
        (board.definition,),
        (board.denominator,),
    ]
    return csv_text(lines).encode()


def to_xlsx(board: Board, facts: Facts) -> bytes:
    """One sheet for the table, one for the mark, which every printed page repeats."""
    out = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet(board.slug[:31])
        bold = book.add_format({"bold": True, "bottom": 1})
        sheet.freeze_panes(1, 1)
        sheet.set_footer(f"&L&8{watermark(facts)[:200].replace('&', '+')}&R&8&P / &N")
        sheet.set_column(0, 0, 32)
        sheet.set_column(1, max(len(board.head) - 1, 1), 14)
        for column, word in enumerate(board.head):
            sheet.write_string(0, column, harmless(word), bold)
        for number, row in enumerate(board.body, 1):
            for column, cell in enumerate(row):
                _write(sheet, number, column, cell.text)
        about = book.add_worksheet(_("About")[:31])
        about.set_column(0, 0, 20)
        about.set_column(1, 1, 90)
        lines = [*facts, (_("Definition"), board.definition), ("n", board.denominator)]
        for number, pair in enumerate(lines):
            for column, word in enumerate(pair):
                about.write_string(number, column, harmless(word))
    return out.getvalue()


def _write(
    sheet: xlsxwriter.worksheet.Worksheet, row: int, column: int, text: str
) -> None:
    """Whole numbers as numbers, everything else as it is shown."""
    plain = text.replace(",", "")
    if column and plain.isascii() and plain.isdigit() and len(plain) < 15:
        sheet.write_number(row, column, int(plain))
    else:
        sheet.write_string(row, column, harmless(text))
