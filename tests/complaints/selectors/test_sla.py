"""Limits in words, as a table."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from complaints.models import Clock, Complaint
from complaints.selectors import sla

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def case(state: str, step: str = "decide", **left: float) -> Complaint:
    due = NOW + timedelta(**left) if left else None
    return Complaint(state=state, next_due_at=due, next_due_step=step if due else "")


@pytest.mark.parametrize(
    ("complaint", "kind", "words"),
    [
        (case("investigating", hours=-30), "late", "Decide: overdue 1 d"),
        (case("investigating", seconds=-1), "late", "Decide: overdue 1 min"),
        (case("investigating", minutes=90), "soon", "Decide: 1 h left"),
        (case("investigating", hours=24), "soon", "Decide: 1 d left"),
        (case("investigating", hours=25), "normal", "Decide: 1 d left"),
        (case("investigating", days=9), "normal", "Decide: 9 d left"),
        (
            case("awaiting_customer", "answer_customer", days=6),
            "paused",
            "Paused until 1 Dec",
        ),
        (
            case("awaiting_customer", "answer_customer", days=-1),
            "soon",
            "No answer came",
        ),
        (
            case("awaiting_customer", "statutory_decision", hours=3),
            "soon",
            "Decision by law: 3 h left",
        ),
        (case("answered"), "done", "Decided"),
        (case("closed"), "done", "Closed"),
        (case("investigating"), "normal", "No limit runs"),
    ],
)
def test_chip(complaint: Complaint, kind: str, words: str) -> None:
    with translation.override("en"):
        assert sla.chip(complaint, NOW) == sla.Chip(kind, words)


def test_why_counts_the_days_of_the_law() -> None:
    clock = Clock(
        complaint=Complaint(profile_key="eu-casp@2026.1"),
        step="statutory_decision",
        limit="2 calendar_months",
        started_at=datetime(2026, 11, 18, 8, 42, tzinfo=UTC),
        due_at=datetime(2027, 1, 18, 23, 0, tzinfo=UTC),
    )
    with translation.override("en"):
        lines = sla.why(clock)
    assert [line.kind for line in lines] == ["start", "no", "day", "sum"]
    said = [line.words for line in lines]
    assert said[0] == "From 18 Nov 2026, 08:42: 2 months, plain time"
    assert said[1] == "18 Nov: the day itself, not counted"
    assert said[2].startswith("18 Jan: same day of the month")
    assert said[3] == "Due 18 Jan 2027, 23:00"


@pytest.mark.parametrize("columns", [{"limit": ""}, {"paused_at": NOW}, {"limit": "x"}])
def test_why_says_nothing_where_nothing_was_counted(columns: dict[str, object]) -> None:
    given = {"limit": "5 hours", **columns}
    clock = Clock(
        complaint=Complaint(profile_key="eu-casp@2026.1"), started_at=NOW, **given
    )
    assert sla.why(clock) == ()


@pytest.mark.parametrize(
    ("columns", "kind"),
    [
        ({"stopped_at": NOW}, "done"),
        ({"paused_at": NOW}, "paused"),
        ({}, "late"),
    ],
)
def test_chip_of_one_clock(columns: dict[str, object], kind: str) -> None:
    assert sla.clock_chip(Clock(due_at=NOW, **columns), NOW).kind == kind
