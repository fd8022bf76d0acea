"""Each return by hand from a small register."""

import csv
import io
import json
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from complaints.compliance.returns import cfpb, eu_casp, sheets, uk_disp
from complaints.compliance.returns.ends import counted
from complaints.compliance.returns.period import Period, between, parse
from complaints.models import Category, Complaint, Event
from complaints.profiles.uk_disp import UK_DISP_2026_1
from tests import cases
from tests.complaints.compliance.returns.small import AT, decided, register
from tests.complaints.compliance.returns.small import at as _at
from tests.people import People

pytestmark = pytest.mark.django_db

HALF = parse("2026-H1")


@pytest.fixture
def british(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is filed is governed by DISP, which is off as delivered."""
    monkeypatch.setattr("complaints.profiles.choose", lambda *_given: UK_DISP_2026_1)


def _table(found: sheets.Return, code: str) -> list[dict[str, Any]]:
    table = next(table for table in found.tables if table.code == code)
    return [dict(zip(table.head, row, strict=True)) for row in table.rows]


def test_uk_return_by_hand(british: None, people: People) -> None:
    register(people)

    found = uk_disp.build(HALF, AT)

    whole = {row["figure"]: row["value"] for row in _table(found, "return")}
    assert whole == {
        "nil_return": "no",
        "outstanding_start": 2,
        "opened": 6,
        "closed_within_3_business_days": 1,
        "closed_within_8_weeks": 2,
        "closed_after_8_weeks": 1,
        "closed": 4,
        "upheld": 3,
        "outstanding_end": 4,
        "redress_upheld": Decimal(0),
        "redress_not_upheld": Decimal(0),
        "publication_threshold_reached": "no",
    }
    groups = {row["group"]: row for row in _table(found, "groups")}
    assert list(groups) == ["restricted", "security"]
    assert groups["restricted"]["closed"] == groups["restricted"]["upheld"] == 1
    assert groups["restricted"]["main_cause"] == "Other"
    assert groups["security"]["outstanding_end"] == 4


def test_uk_return_of_nothing_is_a_nil_return(people: People) -> None:
    cases.filed(people, now=_at(3, 3))

    found = uk_disp.build(HALF, AT)

    assert _table(found, "return")[0] == {"figure": "nil_return", "value": "yes"}
    assert _table(found, "groups") == []


def test_uk_redress_goes_to_the_side_of_the_outcome(
    british: None, people: People
) -> None:
    case = cases.at(people, "answered")
    remedy = case.remedies.get()
    assert remedy.state == "executed"
    today = timezone.now().date()

    found = uk_disp.build(between(today, today + timedelta(days=1)), timezone.now())

    (group,) = _table(found, "groups")
    assert remedy.reporting_value == Decimal("300.00")
    assert group["redress_upheld"] == remedy.reporting_value
    assert group["redress_not_upheld"] == 0


@pytest.mark.parametrize("count", ["closed", "outstanding_end", uk_disp.LONGER])
def test_uk_return_that_does_not_add_up_is_not_given_out(count: str) -> None:
    group = uk_disp.Group(counts=Counter(opened=2, outstanding_end=2))
    uk_disp.check("fees", group)
    group.counts[count] += 1

    with pytest.raises(uk_disp.Contradiction):
        uk_disp.check("fees", group)


def test_what_is_no_complaint_is_not_counted(british: None, people: People) -> None:
    made = [cases.filed(people, now=_at(3, 2)) for _number in range(3)]
    rows = Complaint.objects.all()
    rows.filter(pk=made[0].pk).update(closing_reason="enquiry")
    rows.filter(pk=made[1].pk).update(merged_into=made[2])

    assert [one.case for one in counted("uk-disp", HALF.until)] == [made[2]]


def test_first_end_counts_and_no_later_one(british: None, people: People) -> None:
    case = cases.at(people, "closed")

    (one,) = counted("uk-disp", timezone.now() + timedelta(days=1))

    issued = case.decisions.get().issued_at
    closed = Event.objects.get(object_type="complaint", object_id=case.pk, what="close")
    assert one.end is not None
    assert issued is not None
    assert (one.end.at, one.end.outcome) == (issued, case.decisions.get().outcome)
    assert issued < closed.at


def test_cfpb_rows_by_hand(people: People) -> None:
    register(people)
    fees = Category.objects.get(code="fees.unexpected")
    Complaint.objects.filter(received_at=_at(3, 3)).update(
        category=fees, channel="phone"
    )

    found = cfpb.build(HALF, AT)

    head, *lines = csv.reader(io.StringIO(sheets.to_csv(found).decode("utf-8-sig")))
    assert len(head) == 18
    rows = [dict(zip(head, line, strict=True)) for line in lines]
    assert [row["Date received"] for row in rows] == [
        *("2026-03-02", "2026-03-02", "2026-03-03", "2026-06-29", "2026-06-30"),
    ]
    responses = [
        (row["Company response to consumer"], row["Timely response?"]) for row in rows
    ]
    assert responses == [
        ("Closed with explanation", "Yes"),
        ("Closed with explanation", "Yes"),
        ("Untimely response", "No"),
        ("Closed with explanation", "Yes"),
        ("In progress", "Yes"),
    ]
    assert rows[2]["Issue"] == "Unexpected or other fees"
    assert rows[2]["Submitted via"] == "Phone"
    assert {row["Company"] for row in rows} == {"Recourse Exchange"}
    assert {row["Consumer complaint narrative"] for row in rows} == {""}


def test_eu_return_says_what_the_page_says(people: People) -> None:
    register(people)

    found = eu_casp.build(HALF, AT)

    totals = {row["figure"]: row["value"] for row in _table(found, "totals")}
    assert totals["received"] == 6
    assert totals["concluded"] == 4
    assert _table(found, "topics") == [
        {"topic": "restricted", "received": 1},
        {"topic": "security", "received": 5},
    ]
    assert {row["step"] for row in _table(found, "steps")} >= {"acknowledge", "decide"}


def test_checksum_is_of_the_cells_and_not_of_the_moment(
    british: None, people: People
) -> None:
    register(people)

    one = uk_disp.build(HALF, AT)
    assert one.checksum == uk_disp.build(HALF, AT + timedelta(hours=1)).checksum
    decided(Complaint.objects.get(received_at=_at(6, 30)), _at(6, 30, 20), "upheld")
    assert one.checksum != uk_disp.build(HALF, AT).checksum


@pytest.mark.parametrize("profile", ["cfpb", "eu-casp", "uk-disp"])
@pytest.mark.parametrize("form", sorted(sheets.WRITERS))
def test_command_writes_and_notes_it(
    people: People, tmp_path: Any, profile: str, form: str
) -> None:
    cases.filed(people, now=_at(3, 3))
    path, said = tmp_path / "return", StringIO()

    call_command("returns", profile, "2026-H1", format=form, out=path, stderr=said)

    event = Event.objects.get(what="figures_viewed")
    assert event.payload["return"] == profile
    assert event.payload["sha256"] in said.getvalue()
    raw = path.read_bytes()
    if form == "json":
        assert json.loads(raw)["sha256"] == event.payload["sha256"]
    elif form == "xlsx":
        with ZipFile(path) as book:
            assert "xl/worksheets/sheet2.xml" in book.namelist()
    else:
        assert raw.startswith(b"\xef\xbb\xbf")


def test_command_refuses_a_period_that_is_none() -> None:
    with pytest.raises(CommandError, match="is no period"):
        call_command("returns", "uk-disp", "2026-H3")


def test_text_of_a_cell_is_never_a_formula() -> None:
    table = sheets.Table("t", ("a",), [("=1+1",)])
    found = sheets.Return("x", Period(AT.date(), AT.date(), "p"), AT, (table,))

    assert b'"\'=1+1"' in sheets.to_csv(found)
    with ZipFile(io.BytesIO(sheets.to_xlsx(found))) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet2.xml")
