"""The customer's letters: on a page, as a file to keep, by post; theirs alone."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from complaints import letter_system
from complaints.models import Complaint, Letter, LetterPdf
from complaints.services.letter_pdfs import draw_due
from tests import cases
from tests.people import People

pytestmark = pytest.mark.django_db

drawing = pytest.mark.skipif(
    not letter_system.available(), reason=f"make system: {letter_system.missing()}"
)


@pytest.fixture
def case(people: People, client: Client) -> Complaint:
    client.force_login(people.customer)
    return cases.filed(people)


def url(case: Complaint, end: str = "") -> str:
    return f"/complaints/{case.reference}/letters/{case.letters.get().pk}/{end}"


def test_page_of_a_letter_leads_on(client: Client, case: Complaint) -> None:
    page = client.get(url(case)).content.decode()

    assert f'href="/complaints/{case.reference}/"' in page
    assert f'href="{url(case, "paper/")}"' in page
    assert (f'href="{url(case, "pdf/")}"' in page) == letter_system.available()


def test_page_of_a_letter_speaks_the_letters_language(
    client: Client, people: People
) -> None:
    client.force_login(people.customer)
    case = cases.filed(people, language="zh-hans")

    page = client.get(url(case)).content.decode()

    assert '<html lang="zh-hans">' in page
    assert "Back to the complaint" not in page


# As PDF -------------------------------------------------------------------------------


@drawing
@pytest.mark.parametrize("end", ["pdf/", "copy"])
def test_pdf_is_a_file_to_keep(client: Client, case: Complaint, end: str) -> None:
    letter: Letter = case.letters.get()
    is_copy = end == "copy"
    address = f"/complaints/{case.reference}/copy/" if is_copy else url(case, end)
    draw_due()

    answer = client.get(address)

    name = f"{case.reference}-{'copy' if is_copy else 'receipt'}-{letter.pk}.pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Cache-Control"] == "no-store, private"
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert content.startswith(b"%PDF-")


@drawing
def test_pdf_that_takes_longer_says_so(client: Client, case: Complaint) -> None:
    page = client.get(url(case, "pdf/")).content.decode()

    assert "It takes a little longer than usual." in page
    assert f'method="get" action="{url(case, "pdf/")}"' in page
    assert f'href="{url(case)}"' in page


@drawing
def test_pdf_of_long_ago_is_made_when_asked_for(client: Client, people: People) -> None:
    client.force_login(people.customer)
    case = cases.filed(people, now=timezone.now() - timedelta(days=30))
    rows = LetterPdf.objects.filter(letter__complaint=case)

    page = client.get(url(case, "pdf/")).content.decode()

    assert f'method="post" action="{url(case, "pdf/")}"' in page
    assert not rows.exists()
    answer = client.post(url(case, "pdf/"))
    assert (answer.status_code, answer["Location"]) == (302, url(case, "pdf/"))
    assert rows.get().part == "letter"


@drawing
def test_page_waits_for_a_pdf_that_is_being_drawn(
    client: Client, case: Complaint, settings: Any, monkeypatch: Any
) -> None:
    from complaints.portal import letters as door

    settings.LETTER_PDF_SECONDS = 5
    monkeypatch.setattr(door.time, "sleep", lambda _seconds: draw_due())

    answer = client.get(url(case, "pdf/"))

    assert answer.status_code == 200
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")  # type: ignore[attr-defined]


def test_without_the_libraries_the_letter_is_a_page(
    client: Client, case: Complaint, monkeypatch: Any
) -> None:
    monkeypatch.setattr(letter_system, "missing", lambda: ("libpango-1.0-0",))

    answer = client.get(url(case, "pdf/"))

    assert (answer.status_code, answer["Location"]) == (302, url(case))
    assert url(case, "pdf/") not in client.get(url(case)).content.decode()
    copy = client.get(f"/complaints/{case.reference}/copy/")
    assert copy["Location"] == url(case)


@pytest.mark.parametrize("end", ["", "pdf/", "paper/"])
def test_letter_of_another_does_not_exist(
    client: Client, people: People, case: Complaint, end: str
) -> None:
    address = url(case, end)
    client.force_login(people.other_customer)

    assert client.get(address).status_code == 404
    assert client.post(address, {"address": "A 1\nBerlin"}).status_code in (404, 405)
    assert not case.letters.get().dispatches.exists()


def test_letter_of_one_case_is_not_in_another(
    client: Client, people: People, case: Complaint
) -> None:
    other = cases.filed(people).letters.get()

    for end in ("", "pdf/", "paper/"):
        path = f"/complaints/{case.reference}/letters/{other.pk}/{end}"
        assert client.get(path).status_code == 404


# By post ------------------------------------------------------------------------------


def test_customer_asks_for_a_letter_by_post(client: Client, case: Complaint) -> None:
    answer = client.post(url(case, "paper/"), {"address": "Wei Wang\r\nA 1\r\nBerlin"})

    assert (answer.status_code, answer["Location"]) == (
        302,
        f"/complaints/{case.reference}/",
    )
    assert case.letters.get().dispatches.get().address == "Wei Wang\nA 1\nBerlin"
    page = client.get(url(case)).content.decode()
    assert "This letter goes to you by post." in page
    assert url(case, "paper/") not in page


def test_address_on_file_stands_there_already(client: Client, case: Complaint) -> None:
    party = case.customer
    party.last_name, party.street, party.city = "Wang", "Lindenweg 4", "Berlin"
    party.save()

    page = client.get(url(case, "paper/")).content.decode()

    assert "Wang\nLindenweg 4\nBerlin</textarea>" in page


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("", "Say to which address it goes."),
        ("a\n" * 9, "This is longer than fits on an envelope."),
    ],
)
def test_address_that_cannot_be_written_is_said(
    client: Client, case: Complaint, address: str, words: str
) -> None:
    answer = client.post(url(case, "paper/"), {"address": address})

    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    assert "<title>Error: " in page
    assert not case.letters.get().dispatches.exists()
