"""The forms of the register hold the same."""

import json
import re
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from complaints.compliance.returns import register, register_forms
from tests import cases
from tests.complaints.compliance.returns.register_steps import (
    MARCH,
    START,
    lines_in,
    soon,
)
from tests.people import People

pytestmark = pytest.mark.django_db


def test_every_form_has_the_same_cells(people: People, tmp_path: Path) -> None:
    cases.filed(people, now=START, subject="=HYPERLINK(1)")
    for form in register_forms.WRITERS:
        register.write(tmp_path / form, form, MARCH, soon())

    (line,) = lines_in(tmp_path / "csv")
    (row,) = json.loads((tmp_path / "json").read_text("utf-8"))
    assert line["subject"] == "'=HYPERLINK(1)"
    assert row["subject"] == "=HYPERLINK(1)"
    assert {**line, "subject": row["subject"]} == row
    with ZipFile(tmp_path / "xlsx") as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    texts = re.findall(r"<t[^>]*>([^<]*)</t>", sheet)
    assert set(line.values()) - {""} <= {text.replace("&apos;", "'") for text in texts}
    assert "<f>" not in sheet


def test_what_a_sheet_cannot_hold_goes_on_the_next(
    people: People, tmp_path: Path, monkeypatch: Any
) -> None:
    made = [cases.filed(people, now=START) for _number in range(3)]
    monkeypatch.setattr(register_forms, "MOST_OF_A_SHEET", 2)
    path = tmp_path / "register.xlsx"

    assert register.write(path, "xlsx", MARCH, soon()).rows == 3

    with ZipFile(path) as book:
        sheets = [
            book.read(f"xl/worksheets/sheet{number}.xml").decode() for number in (1, 2)
        ]
    assert [case.reference in sheets[0] for case in made] == [True, True, False]
    assert made[2].reference in sheets[1]
    assert "received_at" in sheets[1]
