"""PDFs that are owed: drawn once, by whoever claims them, and handed to few."""

import hashlib
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pypdf
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from complaints import letter_system, letters, tasks
from complaints.errors import NotVisible
from complaints.letter_copies import note_new
from complaints.models import Event, Letter, LetterPdf
from complaints.models.evidence import evidence_storage
from complaints.services import evidence, letter_pdfs
from complaints.services.letter_pdfs import ask_pdf, draw_due, letter_for, open_pdf
from tests import cases
from tests.people import People

NOW = datetime(2026, 11, 18, 8, 42, tzinfo=UTC)

drawing = pytest.mark.skipif(
    not letter_system.available(), reason=f"make system: {letter_system.missing()}"
)


@pytest.fixture(autouse=True)
def _morning() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def letter(people: People) -> Letter:
    """A receipt of which only the letter itself is left to be drawn."""
    return alone(people)


def alone(people: People) -> Letter:
    receipt = cases.filed(people).letters.get()
    note_new(now=NOW)
    receipt.pdfs.filter(part="copy").delete()
    return receipt


# Owing --------------------------------------------------------------------------------


def test_new_receipt_owes_itself_and_the_copy(people: People) -> None:
    rows = cases.filed(people).letters.get().pdfs.order_by("part")
    for _again in range(2):
        note_new(now=NOW)

    assert [(row.part, row.asked_at, row.made_at, row.tries) for row in rows] == [
        ("copy", NOW, None, 0),
        ("letter", NOW, None, 0),
    ]


def test_other_letters_owe_one(people: People) -> None:
    case = cases.filed(people)
    cases.admit(people, case)
    note_new(now=NOW)

    assert case.letters.get(kind="admissible").pdfs.get().part == "letter"


def test_letter_of_long_ago_owes_none_until_somebody_asks(people: People) -> None:
    case = cases.filed(people, now=NOW - timedelta(days=30))
    note_new(now=NOW)

    assert not LetterPdf.objects.exists()
    row = ask_pdf(letter=case.letters.get(), actor=people.customer)
    assert (row.asked_at, LetterPdf.objects.count()) == (NOW, 1)


def test_asking_twice_owes_once(people: People, letter: Letter) -> None:
    rows = {ask_pdf(letter=letter, actor=people.customer).pk for _turn in range(2)}

    assert rows == {letter.pdfs.get().pk}


# Drawing ------------------------------------------------------------------------------


@drawing
def test_draws_what_is_owed_once(letter: Letter) -> None:
    assert tasks.draw_letters() == 1
    assert tasks.draw_letters() == 0

    row = letter.pdfs.get()
    with row.file.open("rb") as file:
        content = file.read()
    assert content.startswith(b"%PDF-1.7")
    assert (row.size, row.sha256) == (
        len(content),
        hashlib.sha256(content).hexdigest(),
    )
    assert (row.made_at, row.layout, row.tries) == (NOW, letters.LAYOUT, 1)
    first = pypdf.PdfReader(io.BytesIO(content)).pages[0].extract_text()
    assert letter.complaint.reference in first


@drawing
def test_file_has_no_name_of_ours_and_is_kept(letter: Letter) -> None:
    draw_due()

    name = letter.pdfs.get().file.name
    assert str(letter.complaint.pk) != name
    assert len(name) == 35
    assert "." not in name
    evidence.forget_orphans(older_than_seconds=-1)
    assert evidence_storage().exists(name)


@drawing
def test_letter_that_cannot_be_drawn_keeps_no_other_waiting(
    people: People, monkeypatch: Any
) -> None:
    bad, good = (alone(people) for _turn in range(2))
    real = letter_pdfs._content

    def content(row: LetterPdf) -> bytes:
        if row.letter_id == bad.pk:
            raise RecursionError
        return real(row)

    monkeypatch.setattr(letter_pdfs, "_content", content)

    assert draw_due() == 1
    row = bad.pdfs.get()
    assert (row.made_at, row.tries, row.error) == (None, 1, "RecursionError")
    assert row.leased_until == NOW + timedelta(minutes=2)
    assert good.pdfs.get().made_at == NOW


@drawing
def test_letter_that_fails_four_times_is_given_up(
    letter: Letter, monkeypatch: Any
) -> None:
    tried = []

    def content(row: LetterPdf) -> bytes:
        tried.append(row.tries)
        raise ValueError

    monkeypatch.setattr(letter_pdfs, "_content", content)

    for hour in range(6):
        draw_due(now=NOW + timedelta(hours=hour))

    assert tried == [1, 2, 3, 4]


@drawing
def test_claim_of_another_worker_holds_until_its_lease_ends(letter: Letter) -> None:
    LetterPdf.objects.update(tries=1, leased_until=NOW + timedelta(minutes=5))

    assert draw_due(now=NOW + timedelta(minutes=4)) == 0
    assert draw_due(now=NOW + timedelta(minutes=6)) == 1


@drawing
def test_worker_that_was_too_slow_keeps_no_file(
    letter: Letter, monkeypatch: Any
) -> None:
    real = letter_pdfs._content

    def slow(row: LetterPdf) -> bytes:
        LetterPdf.objects.filter(pk=row.pk).update(tries=2)  # claimed by another
        return real(row)

    monkeypatch.setattr(letter_pdfs, "_content", slow)
    before = stored()

    assert draw_due() == 0
    assert stored() == before
    assert letter.pdfs.get().made_at is None


def stored() -> int:
    from pathlib import Path

    root = Path(evidence_storage().path(""))  # type: ignore[attr-defined]
    return sum(path.is_file() for path in root.rglob("*"))


def test_without_the_libraries_nothing_is_tried(
    letter: Letter, monkeypatch: Any
) -> None:
    monkeypatch.setattr(letter_system, "missing", lambda: ("libpango-1.0-0",))

    assert draw_due() == 0
    row = letter.pdfs.get()
    assert (row.tries, row.leased_until) == (0, None)


def test_nothing_owed_asks_for_new_letters_and_for_due_ones(db: None) -> None:
    with CaptureQueriesContext(connection) as seen:
        draw_due()

    assert len(seen) == (2 if letter_system.available() else 0)


def test_what_the_machine_lacks_is_named(monkeypatch: Any) -> None:
    letter_system.missing.cache_clear()
    monkeypatch.setattr(letter_system, "_load", lambda _files: None)

    assert letter_system.missing() == (
        *letter_system.LIBRARIES,
        "fonts-noto-cjk",
    )
    letter_system.missing.cache_clear()


# Handing out --------------------------------------------------------------------------


@drawing
def test_opening_is_on_the_ledger_of_reads(people: People, letter: Letter) -> None:
    draw_due()
    row = letter.pdfs.get()

    with open_pdf(row=row, actor=people.customer) as file:
        assert file.read(5) == b"%PDF-"

    event = Event.objects.get(what="letter_opened")
    assert event.stream == f"reads:{letter.complaint_id}"
    assert event.actor == people.customer
    assert event.payload == {
        "letter": letter.pk,
        "part": "letter",
        "sha256": row.sha256,
    }


@pytest.mark.parametrize("name", ["other_customer", "outsider", "tech", "risk_lead"])
def test_pdf_of_another_case_does_not_exist(
    people: People, letter: Letter, name: str
) -> None:
    stranger = getattr(people, name)

    with pytest.raises(NotVisible):
        ask_pdf(letter=letter, actor=stranger)
    with pytest.raises(NotVisible):
        open_pdf(row=letter.pdfs.get(), actor=stranger)
    from complaints.permissions import viewer_of

    assert letter_for(letter.complaint, letter.pk, viewer_of(stranger)) is None


def test_key_to_a_case_never_becomes_a_pdf(people: People, letter: Letter) -> None:
    key = Letter(complaint=letter.complaint, kind="tracking_link")

    with pytest.raises(NotVisible):
        ask_pdf(letter=key, actor=people.customer)
