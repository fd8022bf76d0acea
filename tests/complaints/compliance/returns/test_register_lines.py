"""What a line of the register says."""

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from complaints.compliance.returns import register, register_lines
from complaints.compliance.returns.period import between
from complaints.models import Complaint
from tests import cases
from tests.complaints.compliance.returns.register_steps import (
    MARCH,
    START,
    lines_in,
    soon,
)
from tests.people import People

pytestmark = pytest.mark.django_db


def test_a_line_says_what_was_received_and_done(people: People, tmp_path: Path) -> None:
    case = cases.at(people, "closed")
    path = tmp_path / "register.csv"
    day = case.received_at.date()

    written = register.write(path, "csv", between(day, day), soon())

    (line,) = lines_in(path)
    assert (written.rows, written.restricted) == (1, 0)
    assert written.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert line["reference"] == case.reference
    assert line["topic"] == "security.unauthorised-withdrawal"
    assert line["outcome"] == case.decisions.get().outcome
    assert line["measures"] == "refund 300 USDT (executed)"
    assert (line["amount"], line["redress"]) == ("1860", "300")
    assert line["acknowledged_at"]
    assert line["ended_at"] < timezone.now().isoformat()


@pytest.mark.parametrize(("barrier", "named"), [("", True), ("insider", False)])
def test_case_merged_into_a_barred_one_does_not_name_it(
    people: People, tmp_path: Path, barrier: str, named: bool
) -> None:
    goes_on, gone = (cases.filed(people, now=START) for _number in range(2))
    Complaint.objects.filter(pk=gone.pk).update(merged_into=goes_on)
    Complaint.objects.filter(pk=goes_on.pk).update(barrier=barrier)
    path = tmp_path / "register.csv"

    register.write(path, "csv", MARCH, soon())

    (line,) = [one for one in lines_in(path) if one["reference"] == gone.reference]
    assert line["merged_into"] == (goes_on.reference if named else "")


def test_stretches_join_without_gap(
    people: People, tmp_path: Path, monkeypatch: Any
) -> None:
    made = [cases.filed(people, now=START + timedelta(days=n)) for n in range(5)]
    whole = tmp_path / "whole"
    register.write(whole, "csv", MARCH, soon())
    with CaptureQueriesContext(
        connection,
    ) as queries:
        register.write(whole, "csv", MARCH, soon())
    monkeypatch.setattr(register_lines, "TOGETHER", 2)
    monkeypatch.setattr("complaints.compliance.returns.ends.TOGETHER", 2)
    parts = tmp_path / "parts"
    register.write(parts, "csv", MARCH, soon())

    assert parts.read_bytes() == whole.read_bytes()
    assert [line["reference"] for line in lines_in(parts)] == [
        c.reference for c in made
    ]
    assert len(queries) <= 8
