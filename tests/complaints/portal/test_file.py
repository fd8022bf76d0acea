"""Filing through the door: what stands in the register afterwards, and only once."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from complaints.models import Complaint, Event, Outbox, Party
from complaints.portal import file as door
from complaints.portal.forms import GuestFilingForm
from tests.complaints.portal.forms import GUEST, SHORT, file_short, key_of
from tests.people import People

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


@pytest.fixture
def customer(people: People) -> Client:
    client = Client()
    client.force_login(people.customer)
    return client


def test_short_form_keeps_every_field(people: People, customer: Client) -> None:
    answer = file_short(customer)
    case = Complaint.objects.get()
    assert answer["Location"] == f"/complaints/{case.reference}/received/"
    assert case.customer.user == people.customer
    assert (case.channel, case.language, case.state) == ("portal", "en", "received")
    assert case.subject == "Withdrawal held for nine days"
    assert case.description == SHORT["description"]
    assert case.desired_outcome == "Pay it and the interest."
    assert case.loss_description == "I missed a purchase."
    assert (case.amount, case.asset) == (Decimal("1860.50"), "USDT")
    assert (case.facts_from, case.facts_until) == (
        date(2026, 11, 3),
        date(2026, 11, 12),
    )
    assert case.category is not None
    assert case.category.code == "withdrawals.delayed"
    assert case.funds_at_risk is False
    assert [point.text for point in case.points.all()] == [
        "It should have been paid at once",
        "Nobody told me why",
    ]
    assert list(case.identifiers.values_list("kind", "value", "network")) == [
        ("transaction", "9f3c51aa5a697c", "Tron"),
        ("transaction", "b77", "Tron"),
        ("order", "A-1", "Tron"),
        ("wallet", "TQ5n8rW3hkPz", "Tron"),
        ("ticket", "T 17", ""),
    ]


def test_language_of_the_page_is_the_language_of_the_complaint(
    customer: Client,
) -> None:
    customer.cookies["django_language"] = "zh-hans"
    file_short(customer)
    assert Complaint.objects.get().language == "zh-hans"


def test_form_sent_twice_files_once_for_a_customer(customer: Client) -> None:
    key = key_of(customer)
    first = file_short(customer, key=key)
    second = file_short(customer, key=key, subject="Again")
    assert first["Location"] == second["Location"]
    assert Complaint.objects.get().subject == "Withdrawal held for nine days"
    assert Event.objects.filter(what="file").count() == 1


def test_form_sent_twice_files_once_for_a_guest(people: People, client: Client) -> None:
    parties = Party.objects.count()
    key = key_of(client)
    first = file_short(client, key=key, **GUEST)
    second = file_short(client, key=key, **GUEST)
    assert first["Location"] == second["Location"]
    assert Complaint.objects.count() == 1
    assert Party.objects.count() == parties + 1


def test_invented_key_is_no_key(customer: Client) -> None:
    file_short(customer, key="mine")
    file_short(customer, key="mine")
    assert Complaint.objects.count() == 2


def test_guest_never_joins_an_existing_customer(people: People, client: Client) -> None:
    file_short(client, **{**GUEST, "email": people.customer.email})
    party = Complaint.objects.get().customer
    assert party.user is None
    assert (party.last_name, party.account_id) == ("Ada Guest", "77001")


def test_guest_reads_the_receipt_and_the_case(client: Client) -> None:
    location = file_short(client, **GUEST)["Location"]
    receipt = client.get(location)
    reference = Complaint.objects.get().reference
    assert receipt.status_code == 200
    assert reference in receipt.content.decode()
    assert "ada@guests.example" in receipt.content.decode()
    assert client.get(f"/complaints/{reference}/").status_code == 200
    assert Client().get(f"/complaints/{reference}/").status_code == 302


def test_receipt_is_written_for_the_outbox(customer: Client) -> None:
    file_short(customer)
    assert Outbox.objects.filter(kind="receipt").count() == 1


def test_files_come_with_the_complaint(customer: Client) -> None:
    picture = SimpleUploadedFile("shot.png", PNG)
    text = SimpleUploadedFile("log.txt", b"hello")
    file_short(customer, file_1=picture, file_3=text)
    rows = Complaint.objects.get().evidence.values_list("original_name", "content_type")
    assert list(rows) == [("shot.png", "image/png"), ("log.txt", "text/plain")]


@pytest.mark.parametrize("place", ["file_1", "file_2", "file_3"])
def test_one_bad_file_stops_all_and_keeps_the_words(
    customer: Client, place: str
) -> None:
    good = {name: SimpleUploadedFile("a.png", PNG) for name in ("file_1", "file_2")}
    bad = SimpleUploadedFile("a.png", b"<svg onload=alert(1)>")
    answer = file_short(customer, **{**good, place: bad})
    assert answer.status_code == 422
    assert "We cannot take this kind of file" in answer.context["form"].errors[place][0]
    assert "nothing came." in answer.content.decode()
    assert Complaint.objects.count() == 0


def test_what_is_missing_is_said_by_the_field(client: Client) -> None:
    answer = client.post("/complaints/new/", {"subject": "Kept", "amount": "much"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count("Enter the amount as a number, such as 0.25") == 2
    assert 'value="Kept"' in page
    assert 'value="much"' in page
    assert "<title>Error:" in page
    assert set(answer.context["form"].errors) == {
        "at_risk",
        "description",
        "amount",
        "name",
        "email",
    }


def test_urgent_door_marks_the_risk(customer: Client) -> None:
    key = key_of(customer, "/complaints/new/urgent/")
    data = {"danger": "transfer", "description": "Pending now", "key": key}
    answer = customer.post("/complaints/new/urgent/", data)
    case = Complaint.objects.get()
    assert answer["Location"] == f"/complaints/{case.reference}/received/"
    assert (case.funds_at_risk, case.severity) == (True, "critical")
    assert case.category is not None
    assert case.category.code == "security.unauthorised-withdrawal"
    assert case.description.endswith("Pending now")


def test_get_of_the_forms_changes_nothing(customer: Client) -> None:
    for path in ("", "urgent/", "template/"):
        assert customer.get(f"/complaints/new/{path}").status_code == 200
    assert Party.objects.count() == 0
    assert Complaint.objects.count() == 0


def test_guests_have_a_limit(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "FILINGS", door.Limit("filing", tries=1, seconds=3600))
    assert file_short(client, **GUEST).status_code == 302
    answer = file_short(client, **GUEST)
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 3600
    assert "nothing came." in answer.content.decode()


TEXTS = (
    *("subject", "description", "points", "desired_outcome", "loss_description"),
    *("amount", "asset", "network", "facts_from", "facts_until", "transactions"),
    *("orders", "wallets", "tickets", "name", "email", "account_id"),
)
NASTY = ["\x00", "a\x00b", "\ud800", "x" * 60_000, "𝕏" * 400, "\u202e", "9" * 5000]


def _strings(corpus: Path) -> list[str]:
    found: list[str] = json.loads((corpus / "strings" / "blns.json").read_text())
    return [*found, *NASTY]


def test_hostile_strings_never_break_the_form(corpus: Path, people: People) -> None:
    for text in _strings(corpus):
        form = GuestFilingForm({"at_risk": "no", **dict.fromkeys(TEXTS, text)})
        assert not form.is_valid(), text
        assert form["description"].value() == text


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_page_keeps_what_it_refuses(client: Client, text: str) -> None:
    """Each string in every field at once: kept, with words by the fields."""
    data = _sendable(dict.fromkeys(TEXTS, text))
    answer = client.post("/complaints/new/", {"at_risk": "no", **data})
    assert answer.status_code == 422
    assert answer.context["form"]["description"].value() == data["description"]
    assert "There is a problem" in answer.content.decode()


def test_hostile_strings_are_filed_and_shown(corpus: Path, customer: Client) -> None:
    strings = [text for text in _strings(corpus) if len(text) < 2_000]
    for start in range(0, len(strings), 60):
        story = {"description": "\n".join(["say:", *strings[start : start + 60]])}
        answer = file_short(customer, **_sendable(story))
        assert answer.status_code == 302
        page = customer.get(answer["Location"].replace("received/", ""))
        assert page.status_code == 200
        assert "<script>alert" not in page.content.decode()


def _sendable(data: dict[str, Any]) -> dict[str, Any]:
    """A lone surrogate cannot be sent in UTF-8; what a browser sends instead."""
    return {k: v.encode("utf-8", "replace").decode() for k, v in data.items()}
