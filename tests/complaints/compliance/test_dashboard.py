"""The dashboards as pages: who comes in, what is taken, what is written down."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from complaints.compliance.boards.all import BOARDS
from complaints.compliance.rollup import refresh
from complaints.models import Complaint, Event
from complaints.spreadsheet import FIRST
from tests import cases
from tests.people import People

pytestmark = pytest.mark.django_db

PATHS = (
    "/compliance/",
    "/compliance/rows/",
    "/compliance/months/",
    *(f"/compliance/charts/{slug}/" for slug in BOARDS),
    "/compliance/charts/ageing.csv",
    "/compliance/charts/ageing.xlsx",
)
FEW = (PATHS[0], PATHS[1], PATHS[5], *PATHS[-2:])


def signed_in(user: object) -> Client:
    client = Client()
    client.force_login(user)  # type: ignore[arg-type]
    return client


@pytest.mark.parametrize("path", FEW)
def test_reviewer_and_head_alone_come_in(people: People, path: str) -> None:
    codes = {
        name: signed_in(user).get(path).status_code
        for name, user in people.all().items()
    }

    assert {name for name, code in codes.items() if code == 200} == {"reviewer", "head"}
    assert set(codes.values()) == {200, 403}
    assert Event.objects.filter(what="figures_viewed").count() == 2


def test_every_page_is_read_only_and_takes_known_filters_only(people: People) -> None:
    cases.at(people, "answered")
    refresh.rebuild()
    client, head = signed_in(people.reviewer), signed_in(people.head)
    for path in PATHS:
        page = client.get(path)
        assert page.status_code == 200, path
        assert " style=" not in page.content.decode("latin-1"), path
        for method in ("post", "put", "patch", "delete"):
            assert getattr(client, method)(path).status_code == 403, path
            assert getattr(head, method)(path).status_code == 405, path
        for query in (
            "customer__email=a",
            "team=nobody",
            "team__code=risk",
            "from=2026-13-01",
            "zone=mars",
            "zone=local&zone=local",
        ):
            assert client.get(f"{path}?{query}").status_code == 400, f"{path}?{query}"
    assert client.get("/compliance/charts/nothing/").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        *("fig=nothing", "kind=a%20b", "sub=%27", "topic=%25", "age=9", "age=-1"),
        *("decider=x", "after=x", "complaint_id=1", "fig=in&kind__gt=a"),
    ],
)
def test_rows_take_known_words_only(people: People, query: str) -> None:
    path = f"/compliance/rows/?{query}"
    assert signed_in(people.reviewer).get(path).status_code == 400


def test_case_behind_a_number_stands_with_the_words_of_staff(people: People) -> None:
    """The customer's words would tell a reviewer that the case waits for them."""
    cases.at(people, "awaiting_customer")
    refresh.rebuild()

    page = signed_in(people.reviewer).get("/compliance/rows/?fig=in").content.decode()

    assert "Waiting for the customer" in page
    assert "Waiting for you" not in page


def test_barred_case_is_in_the_sums_and_on_no_list(people: People) -> None:
    made = [cases.at(people, "answered") for _n in range(2)]
    Complaint.objects.filter(pk=made[0].pk).update(barrier="insider")
    refresh.rebuild()
    client = signed_in(people.reviewer)

    for query in ("fig=in", "fig=took", "fig=money", "fig=outcome&topic=restricted"):
        page = client.get(f"/compliance/rows/?{query}").content.decode()
        assert made[0].reference not in page
        assert (made[1].reference in page) is ("restricted" not in query)
    overview = client.get("/compliance/").content.decode()
    assert "n 2 decided" in overview
    assert made[0].reference not in overview


def test_view_export_and_rows_are_on_the_ledger_with_checksum(people: People) -> None:
    cases.at(people, "answered")
    refresh.rebuild()
    client = signed_in(people.reviewer)

    page = client.get("/compliance/charts/redress/?team=security").content.decode()
    file = client.get("/compliance/charts/redress.csv?team=security").content.decode()
    client.get("/compliance/rows/?fig=in&kind=received")

    seen, taken, behind = Event.objects.filter(what="figures_viewed").order_by("pk")
    assert (seen.payload["door"], taken.payload["door"]) == ("chart", "csv")
    assert seen.payload["filter"]["team"] == "security"
    assert seen.payload["checksum"] == taken.payload["checksum"]
    assert seen.payload["checksum"] in page
    assert seen.payload["checksum"] in file
    assert people.reviewer.username in file
    assert (behind.payload["door"], behind.payload["rows"]) == ("rows", 1)
    assert behind.payload["filter"]["kind"] == "received"
    assert len(behind.payload["checksum"]) == 64


def test_files_run_no_formula_and_are_marked(people: People) -> None:
    cases.at(people, "answered")
    refresh.rebuild()
    client = signed_in(people.reviewer)
    for slug in BOARDS:
        text = client.get(f"/compliance/charts/{slug}.csv").content.decode("utf-8-sig")
        cells = [
            cell.strip('"') for line in text.splitlines() for cell in line.split('","')
        ]
        assert not any(cell.startswith(FIRST) for cell in cells), slug
        book = client.get(f"/compliance/charts/{slug}.xlsx").content
        with zipfile.ZipFile(io.BytesIO(book)) as parts:
            sheet = parts.read("xl/worksheets/sheet1.xml").decode()
            strings = parts.read("xl/sharedStrings.xml").decode()
        assert "<f>" not in sheet
        assert people.reviewer.username in strings
        assert people.reviewer.username in sheet


def test_pages_cost_the_same_for_any_number_of_cases(people: People) -> None:
    client = signed_in(people.reviewer)
    cases.at(people, "answered")
    refresh.rebuild()
    client.get("/compliance/")
    with CaptureQueriesContext(connection) as few:
        client.get("/compliance/")
    for _n in range(4):
        cases.at(people, "answered")
    refresh.refresh()

    with CaptureQueriesContext(connection) as many:
        client.get("/compliance/")

    assert len(many) == len(few)
    slow = [q["sql"] for q in many if "complaints_complaint" in q["sql"]]
    assert not slow, "a dashboard reads roll-ups alone"


def test_rows_go_on_after_fifty(people: People) -> None:
    start = timezone.now() - timedelta(days=5)
    for number in range(52):
        cases.filed(people, now=start + timedelta(minutes=number))
    refresh.rebuild()
    client = signed_in(people.reviewer)

    first = client.get("/compliance/rows/?fig=in&kind=received")
    second = client.get(f"/compliance/rows/?{first.context['older']}")

    keys = {case.pk for page in (first, second) for case in page.context["cases"]}
    assert (len(first.context["cases"]), len(second.context["cases"])) == (50, 2)
    assert len(keys) == 52
