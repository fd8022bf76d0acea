"""A return on paper: one page for the printer and for the PDF, in both languages.

Facts, a sentence or more, the tables, how it was reckoned. The PDF is drawn as letters
are: tagged, its fonts inside, made of nothing but our own static files.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from complaints import profiles
from complaints.compliance.returns import story, words
from complaints.compliance.returns.sheets import Return, Table
from complaints.letter_markup import Block

WIDE = 5
"""Columns from which a table is set smaller."""


@dataclass(frozen=True)
class Grid:
    """A table in words; beside each text stands whether it is a figure."""

    head: Sequence[tuple[str, bool]]
    rows: Sequence[Sequence[tuple[str, bool]]]
    wide: bool


@dataclass(frozen=True)
class Part:
    """A section; ``language`` where its text is not in that of the paper."""

    title: str
    text: str = ""
    language: str = ""
    blocks: Sequence[Block] = ()
    grid: Grid | None = None


@dataclass(frozen=True)
class Paper:
    """What stands on the sheets. ``signed`` names who signed it off and when."""

    title: str
    found: Return
    parts: tuple[Part, ...]
    sentences: tuple[str, ...] = ()
    signed: str = ""
    draft: str = ""
    facts: tuple[tuple[str, str], ...] = field(default=())


def paper_of(found: Return, *more: Part, signed: str = "", draft: str = "") -> Paper:
    """In the language now in force; ``more`` goes before the tables."""
    tables = [_part(table) for table in found.tables if table.rows]
    sentences = tuple(story.told(found))
    parts = (*more, *tables)
    return Paper(words.title(found), found, parts, sentences, signed, draft)


def _part(table: Table) -> Part:
    return Part(str(words.TABLES.get(table.code, table.code)), grid=grid_of(table))


def grid_of(table: Table) -> Grid:
    """Figures to the right, the first column for reading aloud as the row's head."""
    head, rows = words.read(table)
    figures = [_is_figures(table, at) for at in range(len(head))]
    return Grid(
        list(zip(head, figures, strict=True)),
        [list(zip(row, figures, strict=True)) for row in rows],
        len(head) > WIDE,
    )


def _is_figures(table: Table, at: int) -> bool:
    cells = [row[at] for row in table.rows]
    return at > 0 and not any(
        isinstance(cell, str) and cell not in words.VALUES for cell in cells
    )


def context_of(paper: Paper, made_at: datetime) -> dict[str, Any]:
    """What both templates need."""
    desk = profiles.choose("", "", made_at.date())
    return {"paper": paper, "found": paper.found, "contact": desk.contact}


def page_of(paper: Paper, made_at: datetime) -> str:
    """The page that becomes the PDF."""
    return render_to_string("compliance/paper_pdf.html", context_of(paper, made_at))


def drawn(sheet: Paper) -> bytes:
    """Takes a second or two and loads the renderer: in a worker, or from a command."""
    from complaints.letter_pdf import pdf_of  # noqa: PLC0415 - loads the renderer

    return pdf_of(page_of(sheet, sheet.found.cut_off))


def not_yet(found: Return) -> str:
    """What is said on a return whose period is not over; "" of one whose is."""
    if found.cut_off >= found.period.until:
        return ""
    return _("Draft: the period is not over.")
