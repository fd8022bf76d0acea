"""The register as a file: every line, nothing barred, the same in each form."""

import csv
import hashlib
import json
import re
import resource
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from threading import Thread
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from complaints.compliance.returns import register
from complaints.compliance.returns.period import between
from complaints.models import Complaint, Event
from tests import cases
from tests.people import People

pytestmark = pytest.mark.django_db

MARCH = between(date(2026, 3, 1), date(2026, 3, 31))
START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def _soon() -> datetime:
    return timezone.now() + timedelta(minutes=1)


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_line_says_what_was_received_and_done(people: People, tmp_path: Path) -> None:
    case = cases.at(people, "closed")
    path = tmp_path / "register.csv"
    day = case.received_at.date()

    written = register.write(path, "csv", between(day, day), _soon())

    (line,) = _read(path)
    assert (written.rows, written.restricted) == (1, 0)
    assert written.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert line["reference"] == case.reference
    assert line["topic"] == "security.unauthorised-withdrawal"
    assert line["outcome"] == case.decisions.get().outcome
    assert line["measures"] == "refund 300 USDT (executed)"
    assert (line["amount"], line["redress"]) == ("1860", "300")
    assert line["acknowledged_at"]
    assert line["ended_at"] < timezone.now().isoformat()


def test_barred_and_foreign_lines_are_not_there(people: People, tmp_path: Path) -> None:
    shown, barred = (cases.filed(people, now=START) for _number in range(2))
    cases.filed(people, now=START - timedelta(days=30))
    Complaint.objects.filter(pk=barred.pk).update(barrier="privileged")
    path = tmp_path / "register.csv"

    written = register.write(path, "csv", MARCH, _soon())

    assert [line["reference"] for line in _read(path)] == [shown.reference]
    assert written.restricted == 1
    assert barred.reference not in path.read_text("utf-8")


@pytest.mark.parametrize(("barrier", "named"), [("", True), ("insider", False)])
def test_case_merged_into_a_barred_one_does_not_name_it(
    people: People, tmp_path: Path, barrier: str, named: bool
) -> None:
    goes_on, gone = (cases.filed(people, now=START) for _number in range(2))
    Complaint.objects.filter(pk=gone.pk).update(merged_into=goes_on)
    Complaint.objects.filter(pk=goes_on.pk).update(barrier=barrier)
    path = tmp_path / "register.csv"

    register.write(path, "csv", MARCH, _soon())

    (line,) = [one for one in _read(path) if one["reference"] == gone.reference]
    assert line["merged_into"] == (goes_on.reference if named else "")


def test_what_was_entered_after_the_cut_off_is_not_there(
    people: People, tmp_path: Path
) -> None:
    case = cases.filed(people, now=START)
    path = tmp_path / "register.csv"

    before = case.recorded_at - timedelta(seconds=1)
    assert register.write(path, "csv", MARCH, before).rows == 0
    assert register.write(path, "csv", MARCH, case.recorded_at).rows == 1


def test_every_form_has_the_same_cells(people: People, tmp_path: Path) -> None:
    cases.filed(people, now=START, subject="=HYPERLINK(1)")
    for form in register.WRITERS:
        register.write(tmp_path / form, form, MARCH, _soon())

    (line,) = _read(tmp_path / "csv")
    (row,) = json.loads((tmp_path / "json").read_text("utf-8"))
    assert line["subject"] == "'=HYPERLINK(1)"
    assert row["subject"] == "=HYPERLINK(1)"
    assert {**line, "subject": row["subject"]} == row
    with ZipFile(tmp_path / "xlsx") as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    texts = re.findall(r"<t[^>]*>([^<]*)</t>", sheet)
    assert set(line.values()) - {""} <= {text.replace("&apos;", "'") for text in texts}
    assert "<f>" not in sheet


def test_stretches_join_without_gap(
    people: People, tmp_path: Path, monkeypatch: Any
) -> None:
    made = [cases.filed(people, now=START + timedelta(days=n)) for n in range(5)]
    whole = tmp_path / "whole"
    register.write(whole, "csv", MARCH, _soon())
    with CaptureQueriesContext(
        connection,
    ) as queries:
        register.write(whole, "csv", MARCH, _soon())
    monkeypatch.setattr(register, "TOGETHER", 2)
    monkeypatch.setattr("complaints.compliance.returns.ends.TOGETHER", 2)
    parts = tmp_path / "parts"
    register.write(parts, "csv", MARCH, _soon())

    assert parts.read_bytes() == whole.read_bytes()
    assert [line["reference"] for line in _read(parts)] == [c.reference for c in made]
    assert len(queries) <= 8


def test_half_a_file_is_never_left(
    people: People, tmp_path: Path, monkeypatch: Any
) -> None:
    cases.filed(people, now=START)

    def full(path: Path, lines: Any) -> int:
        path.write_text(str(next(lines)))
        raise OSError("no room")

    monkeypatch.setitem(register.WRITERS, "csv", full)
    path = tmp_path / "register.csv"
    path.write_text("the one of last month")

    with pytest.raises(OSError, match="no room"):
        register.write(path, "csv", MARCH, _soon())

    assert path.read_text() == "the one of last month"
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_sheet_cannot_hold_goes_on_the_next(
    people: People, tmp_path: Path, monkeypatch: Any
) -> None:
    made = [cases.filed(people, now=START) for _number in range(3)]
    monkeypatch.setattr(register, "MOST_OF_A_SHEET", 2)
    path = tmp_path / "register.xlsx"

    assert register.write(path, "xlsx", MARCH, _soon()).rows == 3

    with ZipFile(path) as book:
        sheets = [
            book.read(f"xl/worksheets/sheet{number}.xml").decode() for number in (1, 2)
        ]
    assert [case.reference in sheets[0] for case in made] == [True, True, False]
    assert made[2].reference in sheets[1]
    assert "received_at" in sheets[1]


@pytest.mark.drill
def test_memory_does_not_grow_with_the_register(people: People, tmp_path: Path) -> None:
    few, many = 5_000, 100_000
    cases.filed(people, now=START)
    _copies(few)
    small = _peak(tmp_path / "few", few)
    _copies(many)
    large = _peak(tmp_path / "many", many)

    assert large - small < 32 * 1024


def _copies(count: int) -> None:
    """So many cases in all, each like the first but for its reference."""
    there = Complaint.objects.count()
    columns = [
        field.column
        for field in Complaint._meta.concrete_fields
        if field.column not in ("id", "reference", "idempotency_key")
    ]
    names = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            INSERT INTO complaints_complaint (reference, {names})
            WITH RECURSIVE n(i) AS (
                SELECT %s UNION ALL SELECT i + 1 FROM n WHERE i < %s
            )
            SELECT 'RC-' || n.i, {names} FROM n, complaints_complaint
            WHERE complaints_complaint.id = %s
            """,  # noqa: S608 - our own columns
            [there + 1, count, Complaint.objects.earliest("pk").pk],
        )


def _peak(path: Path, rows: int) -> int:
    """Kilobytes that this process held at most, after the register was written."""
    assert register.write(path, "csv", MARCH, _soon()).rows == rows
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def test_command_says_what_the_file_is_about(people: People, tmp_path: Path) -> None:
    cases.filed(people)
    path, said = tmp_path / "all.json", StringIO()

    call_command("export_register", format="json", out=path, stdout=said)

    facts = json.loads((tmp_path / "all.json.facts.json").read_text())
    event = Event.objects.get(what="figures_viewed")
    assert facts["rows"] == event.payload["rows"] == 1
    assert facts["sha256"] == event.payload["sha256"]
    assert facts["sha256"] in said.getvalue()
    with pytest.raises(CommandError):
        call_command("export_register", out=tmp_path / "none" / "x.csv")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_what_comes_meanwhile_is_not_seen(people: People) -> None:
    def file_one() -> None:
        cases.filed(people)
        connection.close()

    with register.one_moment("default"):
        before = Complaint.objects.count()
        thread = Thread(target=file_one)
        thread.start()
        thread.join(timeout=60)
        assert Complaint.objects.count() == before
    assert Complaint.objects.count() == before + 1
