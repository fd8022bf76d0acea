"""The register as a file: every line, nothing barred, the same in each form."""

import csv
import hashlib
import json
import re
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
    monkeypatch.setattr(register, "MOST_OF_A_SHEET", 0)
    path = tmp_path / "register.xlsx"
    path.write_text("the one of last month")

    with pytest.raises(register.TooLong):
        register.write(path, "xlsx", MARCH, _soon())

    assert path.read_text() == "the one of last month"
    assert list(tmp_path.iterdir()) == [path]


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
