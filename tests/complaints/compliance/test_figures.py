"""The figures of Art 8 by hand from a small register."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from complaints.compliance.figures import (
    RESTRICTED,
    SMALLEST,
    Figures,
    _shown,
    read,
)
from complaints.models import Category, Clock, Complaint, Event
from complaints.services.clocks import sweep
from complaints.spreadsheet import harmless
from tests import cases
from tests.people import People

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
SINCE, UNTIL = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
MARCH = "from=2026-03-01&to=2026-03-31"
AT = datetime(2026, 3, 20, tzinfo=UTC)


def stop(case: Complaint, step: str, hours: int) -> None:
    """End a clock that many hours after it began."""
    clock = Clock.objects.get(complaint=case, step=step)
    clock.stopped_at = clock.started_at + timedelta(hours=hours)
    clock.next_reminder_at = None
    clock.save()


def march(people: People) -> list[Complaint]:
    """Four cases of 2 March: two acknowledged (1 and 3 hours), one barred, one never.

    The third is behind a barrier and the second has no topic. One more is of May.
    """
    made = [
        cases.filed(people, now=START + timedelta(minutes=number))
        for number in range(4)
    ]
    cases.filed(people, now=datetime(2026, 5, 4, 9, tzinfo=UTC))
    stop(made[0], "acknowledge", 1)
    stop(made[1], "acknowledge", 3)
    Complaint.objects.filter(pk=made[1].pk).update(category=None)
    Complaint.objects.filter(pk=made[2].pk).update(barrier="insider")
    return made


def step_of(figures: Figures, step: str) -> tuple[int, int | None, int, int]:
    row = next(row for row in figures.steps if row.step == step)
    return (row.finished, row.mean_seconds, row.due, row.late)


def test_received_and_topics_are_counted_with_the_restricted(people: People) -> None:
    march(people)

    figures = read(SINCE, UNTIL, AT)

    assert figures.received == 4
    assert figures.topics == {"security": 2, "none": 1, RESTRICTED: 1}
    assert figures.restricted_open == 1
    assert figures.open == 5


def test_mean_time_and_late_are_counted_by_step(people: People) -> None:
    march(people)

    figures = read(SINCE, UNTIL, AT)

    # One working day each; two never had a receipt.
    assert step_of(figures, "acknowledge") == (2, 2 * 3600, 4, 2)
    # Three working days, and nobody admitted anything.
    assert step_of(figures, "admit") == (0, None, 4, 4)
    # The two months of the law are not over.
    assert step_of(figures, "statutory_decision") == (0, None, 0, 0)


def test_breach_on_the_ledger_stays_late_though_its_clock_was_moved(
    people: People,
) -> None:
    made = march(people)
    sweep(now=AT)
    admit = Clock.objects.filter(complaint=made[0], step="admit")
    assert admit.get().breached_at == AT
    admit.update(due_at=AT + timedelta(days=1), stopped_at=AT + timedelta(hours=1))

    figures = read(SINCE, UNTIL, AT + timedelta(days=3))

    assert figures.breaches == Event.objects.filter(what="breach").count() == 6
    assert step_of(figures, "admit") == (1, (17 * 24 + 16) * 3600, 4, 4)


def test_outcomes_are_counted_and_small_cells_hidden(people: People) -> None:
    for _number in range(10):
        cases.at(people, "withdrawn")
    cases.at(people, "inadmissible")
    cases.at(people, "answered")
    now = timezone.now()

    figures = read(now - timedelta(days=1), now + timedelta(days=1), now)

    assert figures.outcomes == {"withdrawn": 10, "refused": 1, "partly_upheld": 1}
    assert figures.concluded == 12
    assert figures.cells["security"]["withdrawn"] == 10
    assert figures.cells["security"]["refused"] is None
    assert figures.cells["security"]["upheld"] is None


def test_same_rows_give_the_same_checksum(people: People) -> None:
    march(people)
    first, again = read(SINCE, UNTIL, AT), read(SINCE, UNTIL, AT)
    later = read(SINCE, UNTIL, AT + timedelta(hours=1))

    assert first.checksum() == again.checksum() == later.checksum()
    Complaint.objects.filter(barrier="insider").update(barrier="")
    assert read(SINCE, UNTIL, AT).checksum() != first.checksum()


@pytest.mark.parametrize(
    ("column", "shown"),
    [
        ({"fees": 12, "security": 30}, {"fees": 12, "security": 30}),
        # One small cell is the total less the others, so the next one goes too.
        ({"fees": 3, "security": 30, "tech": 12}, {"security": 30}),
        # Two that come to ten together give nothing away.
        ({"fees": 4, "security": 30, "tech": 6}, {"security": 30}),
        # None at all is a small cell as well.
        ({"fees": 0, "security": 30}, {}),
        ({"fees": 2, "security": 3}, {}),
        ({"fees": 11}, {"fees": 11}),
        ({}, {}),
    ],
)
def test_what_is_hidden_cannot_be_worked_out(
    column: dict[str, int], shown: dict[str, int]
) -> None:
    found = _shown(column)

    assert {topic: n for topic, n in found.items() if n is not None} == shown
    assert set(found) == set(column)
    hidden = sum(column.values()) - sum(shown.values())
    assert hidden == 0 or hidden >= SMALLEST or not shown


def test_checksum_of_a_closed_period_does_not_move_with_the_work(
    people: People,
) -> None:
    march(people)
    before = read(SINCE, UNTIL, UNTIL)

    cases.at(people, "investigating")
    after = read(SINCE, UNTIL, UNTIL)

    assert (before.open, after.open) == (5, 6)
    assert after.checksum() == before.checksum()


def signed_in(user: object) -> Client:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    return client


PATHS = ("/compliance/law/", "/compliance/law/figures.csv", "/compliance/law/cases/")


@pytest.mark.parametrize("path", PATHS)
def test_reviewer_and_head_alone_come_in(people: People, path: str) -> None:
    codes = {
        name: signed_in(user).get(path).status_code
        for name, user in people.all().items()
    }

    assert {name for name, code in codes.items() if code == 200} == {"reviewer", "head"}
    assert set(codes.values()) == {200, 403}
    assert Client().get(path)["Location"] == f"/accounts/login/?next={path}"
    assert Event.objects.filter(what="figures_viewed").count() == 2


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("path", PATHS)
def test_nothing_but_reading_is_allowed(people: People, path: str, method: str) -> None:
    before = Event.objects.count()

    assert getattr(signed_in(people.reviewer), method)(path).status_code == 403
    assert getattr(signed_in(people.head), method)(path).status_code == 405
    assert Event.objects.count() == before


@pytest.mark.parametrize(
    "query",
    [
        "customer__email=a",
        "from=2026-03-01&state=closed",
        "from=2026-13-01",
        "from=2026-03-02&to=2026-03-01",
        "from=2026-03-01&from=2026-03-02",
        "to=9999-12-31",
        "_connector=OR",
    ],
)
@pytest.mark.parametrize("path", PATHS)
def test_unknown_filter_is_a_bad_request(people: People, path: str, query: str) -> None:
    assert signed_in(people.reviewer).get(f"{path}?{query}").status_code == 400


@pytest.mark.parametrize(
    "query", ["show=nothing", "show=late&step=x", "topic=security.x", "after=x"]
)
def test_list_takes_known_words_only(people: People, query: str) -> None:
    path = f"/compliance/law/cases/?{query}"
    assert signed_in(people.reviewer).get(path).status_code == 400


def test_view_is_on_the_ledger_with_filter_and_checksum(people: People) -> None:
    march(people)

    page = signed_in(people.reviewer).get(f"/compliance/law/?{MARCH}").content.decode()

    event = Event.objects.get(what="figures_viewed")
    assert event.stream == f"desk:{timezone.now().date().isoformat()}"
    assert event.actor == people.reviewer
    assert event.payload["filter"] == {"from": "2026-03-01", "to": "2026-03-31"}
    assert event.payload["checksum"] in page
    assert " style=" not in page


def test_barred_case_is_reachable_from_no_list(people: People) -> None:
    made = march(people)
    client = signed_in(people.reviewer)
    shows = ("received", "open", "overdue", "late&step=admit", "late&step=acknowledge")

    pages = [
        client.get(f"/compliance/law/cases/?{MARCH}&show={show}").content.decode()
        for show in shows
    ]

    assert all(made[3].reference in page for page in pages)
    assert all(made[2].reference not in page for page in pages)
    assert made[0].reference not in pages[4]


def test_list_goes_on_after_fifty_rows_at_the_same_cost(people: People) -> None:
    client = signed_in(people.reviewer)
    path = f"/compliance/law/cases/?{MARCH}&topic=security"
    cases.filed(people, now=START)
    client.get(path)  # Whatever is kept once a process.
    with CaptureQueriesContext(connection) as few:
        client.get(path)
    for number in range(51):
        cases.filed(people, now=START + timedelta(minutes=number + 1))

    with CaptureQueriesContext(connection) as many:
        first = client.get(path)
    second = client.get(f"/compliance/law/cases/?{first.context['older']}")

    assert len(many) == len(few)
    rows = [*first.context["cases"], *second.context["cases"]]
    assert [len(first.context["cases"]), len(second.context["cases"])] == [50, 2]
    assert len({row.pk for row in rows}) == 52


def test_figures_cost_the_same_for_any_number_of_cases(people: People) -> None:
    client = signed_in(people.reviewer)
    march(people)
    client.get(f"/compliance/law/?{MARCH}")
    with CaptureQueriesContext(connection) as few:
        client.get(f"/compliance/law/?{MARCH}")
    march(people)

    with CaptureQueriesContext(connection) as many:
        client.get(f"/compliance/law/?{MARCH}")

    assert len(many) == len(few)


def test_file_holds_the_figures_and_runs_no_formula(people: People) -> None:
    march(people)
    Category.objects.filter(code="security").update(names={"en": "=cmd|' /C calc'!A0"})

    answer = signed_in(people.reviewer).get(f"/compliance/law/figures.csv?{MARCH}")

    text = answer.content.decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))
    assert ["topics", "'=cmd|' /C calc'!A0", "2"] in lines
    assert ["topics", "Restricted", "1"] in lines
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert not any(
        cell.startswith(("=", "+", "-", "@")) for row in lines for cell in row
    )


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n", "\0", " ="])
def test_cell_that_a_spreadsheet_would_run_is_text(first: str) -> None:
    assert harmless(f"{first}1+1") == f"'{first}1+1"
    assert harmless("1+1=2") == "1+1=2"
