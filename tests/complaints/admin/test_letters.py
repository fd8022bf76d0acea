"""Letters at the desk: read, kept as PDF, posted, and the list of what is to post."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from complaints import letter_system
from complaints.models import Complaint, Event, Party
from complaints.services.letter_pdfs import draw_due
from tests import cases
from tests.people import People

pytestmark = pytest.mark.django_db

LIST = "/admin/complaints/complaint/"


@pytest.fixture(autouse=True)
def _morning() -> Any:
    """Late in the evening it is tomorrow already where the letter is dated."""
    with time_machine.travel(datetime(2026, 11, 18, 8, 42, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def case(people: People) -> Complaint:
    who = Party.objects.create(last_name="Wang", street="Lindenweg 4", city="Berlin")
    return cases.filed(people, customer=who, channel="letter", actor=people.support)


def url(case: Complaint, end: str = "") -> str:
    return f"{LIST}{case.pk}/letter/{case.letters.get(kind='receipt').pk}/{end}"


def test_letter_is_read_in_its_parts(
    client: Client, people: People, case: Complaint
) -> None:
    client.force_login(people.support)

    page = client.get(url(case)).content.decode()

    assert "<h2>How long it takes</h2>" in page
    assert "on paper: asked for on" in page
    assert "Lindenweg 4<br>Berlin" in page
    assert f'href="{url(case, "posted/")}"' in page


def test_posting_is_recorded_and_seen_on_the_case(
    client: Client, people: People, case: Complaint
) -> None:
    client.force_login(people.support)
    today = timezone.localdate()

    given = {"posted_on": today.isoformat(), "tracking": "RR123"}
    answer = client.post(url(case, "posted/"), given)

    assert (answer.status_code, answer["Location"]) == (302, url(case))
    row = case.letters.get().dispatches.get()
    assert (row.posted_by, row.posted_on, row.tracking) == (
        people.support,
        today,
        "RR123",
    )
    page = client.get(f"{LIST}{case.pk}/change/").content.decode()
    assert 'by Support, <span class="code">RR123</span>' in page


def test_wrong_day_is_said_at_its_field(
    client: Client, people: People, case: Complaint
) -> None:
    client.force_login(people.support)
    tomorrow = timezone.localdate() + timedelta(days=2)

    answer = client.post(url(case, "posted/"), {"posted_on": tomorrow.isoformat()})

    assert answer.status_code == 422
    form = answer.context["form"]
    assert list(form.errors) == ["posted_on"]
    assert case.letters.get().dispatches.get().posted_on is None


@pytest.mark.skipif(not letter_system.available(), reason="make system")
def test_pdf_comes_as_a_file_once_it_is_drawn(
    client: Client, people: People, case: Complaint
) -> None:
    client.force_login(people.support)

    before = client.get(url(case, "pdf/"))
    draw_due()
    after = client.get(url(case, "pdf/"))

    assert (before.status_code, before["Location"]) == (302, url(case, "print/"))
    assert after["Content-Type"] == "application/pdf"
    assert after["Content-Disposition"].startswith("attachment; ")
    assert "no-store" in after["Cache-Control"]
    # Reading to the end closes the file.
    assert b"".join(after.streaming_content).startswith(b"%PDF-")  # type: ignore[attr-defined]
    assert client.get(url(case, "print/")).status_code == 200


def test_letters_to_post_are_those_of_visible_cases(
    client: Client, people: People, case: Complaint
) -> None:
    client.force_login(people.support)
    assert case.reference in client.get(f"{LIST}paper/").content.decode()

    client.force_login(people.risk)
    page = client.get(f"{LIST}paper/")
    assert page.status_code == 200
    assert case.reference not in page.content.decode()


def test_posted_letter_is_no_longer_to_post(
    client: Client, people: People, case: Complaint
) -> None:
    client.force_login(people.support)

    client.post(url(case, "posted/"), {"posted_on": timezone.localdate().isoformat()})

    assert case.reference not in client.get(f"{LIST}paper/").content.decode()


def test_reader_of_the_register_records_nothing(
    client: Client, people: People, case: Complaint
) -> None:
    client.force_login(people.reviewer)

    assert client.get(url(case)).status_code == 200
    assert "posted/" not in client.get(url(case)).content.decode()
    answer = client.post(
        url(case, "posted/"), {"posted_on": timezone.localdate().isoformat()}
    )
    assert answer.status_code == 403
    assert case.letters.get().dispatches.get().posted_on is None


def test_support_prints_and_posts_for_other_teams(
    client: Client, people: People, case: Complaint
) -> None:
    cases.admit(people, case)
    client.force_login(people.support)

    page = client.get(f"{LIST}paper/").content.decode()

    assert page.count(case.reference) == 2
    assert f'href="{url(case, "posted/")}"' in page
    assert f'href="{url(case)}"' not in page
    assert client.get(url(case)).status_code == 404
    assert client.get(f"{LIST}{case.pk}/change/").status_code in (302, 404)
    assert "Lindenweg 4" in client.get(url(case, "print/")).content.decode()
    read = Event.objects.filter(stream=f"reads:{case.pk}", actor=people.support)
    assert list(read.values_list("what", flat=True)) == ["letter_printed"]
    answer = client.post(
        url(case, "posted/"), {"posted_on": timezone.localdate().isoformat()}
    )
    assert answer["Location"] == f"{LIST}paper/"
    assert client.get(url(case, "print/")).status_code == 404


def test_no_other_team_prints_it(
    client: Client, people: People, case: Complaint
) -> None:
    cases.admit(people, case)

    for person in (people.risk, people.executor):
        client.force_login(person)
        for end in ("print/", "pdf/", "posted/"):
            assert client.get(url(case, end)).status_code == 404
