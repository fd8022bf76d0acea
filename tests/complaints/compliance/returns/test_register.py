"""The register as a file: nothing barred, nothing half, any size."""

import json
import resource
from datetime import timedelta
from io import StringIO
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from complaints.compliance.returns import register, register_forms
from complaints.models import Complaint, Event
from tests import cases
from tests.complaints.compliance.returns.register_steps import (
    MARCH,
    START,
    lines_in,
    soon,
)
from tests.people import People

pytestmark = pytest.mark.django_db


def test_barred_and_foreign_lines_are_not_there(people: People, tmp_path: Path) -> None:
    shown, barred = (cases.filed(people, now=START) for _number in range(2))
    cases.filed(people, now=START - timedelta(days=30))
    Complaint.objects.filter(pk=barred.pk).update(barrier="privileged")
    path = tmp_path / "register.csv"

    written = register.write(path, "csv", MARCH, soon())

    assert [line["reference"] for line in lines_in(path)] == [shown.reference]
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


def test_half_a_file_is_never_left(
    people: People, tmp_path: Path, monkeypatch: Any
) -> None:
    cases.filed(people, now=START)

    def full(path: Path, lines: Any) -> int:
        path.write_text(str(next(lines)))
        raise OSError("no room")

    monkeypatch.setitem(register_forms.WRITERS, "csv", full)
    path = tmp_path / "register.csv"
    path.write_text("the one of last month")

    with pytest.raises(OSError, match="no room"):
        register.write(path, "csv", MARCH, soon())

    assert path.read_text() == "the one of last month"
    assert list(tmp_path.iterdir()) == [path]


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
    assert register.write(path, "csv", MARCH, soon()).rows == rows
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
