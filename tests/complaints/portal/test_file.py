"""Filing through the door: what stands in the register afterwards, and only once."""

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from complaints.models import (
    Complaint,
    Draft,
    DraftFile,
    Event,
    Outbox,
    Party,
    Representative,
)
from complaints.models.evidence import evidence_storage
from complaints.portal.file import limits
from complaints.portal.questions import PAGES
from complaints.services import drafts
from tests.complaints.portal.forms import (
    GUEST,
    NEW,
    SHORT,
    answer_all,
    file_short,
    key_of,
)
from tests.few import few
from tests.people import People, make_user

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


@pytest.fixture
def customer(people: People) -> Client:
    client = Client()
    client.force_login(people.customer)
    return client


def test_every_answer_is_kept(people: People, customer: Client) -> None:
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
        ("order", "A-1", ""),
        ("wallet", "TQ5n8rW3hkPz", "Tron"),
        ("ticket", "T 17", ""),
    ]


def test_draft_keeps_no_words_once_it_is_sent(customer: Client) -> None:
    file_short(customer)
    draft = Draft.objects.get()
    assert draft.answers == {}
    assert draft.complaint == Complaint.objects.get()
    assert draft.sent_at is not None


def test_language_of_the_page_is_the_language_of_the_complaint(
    customer: Client,
) -> None:
    customer.cookies["django_language"] = "zh-hans"
    file_short(customer)
    assert Complaint.objects.get().language == "zh-hans"


@pytest.mark.parametrize("guest", [False, True])
def test_sent_twice_files_once(people: People, customer: Client, guest: bool) -> None:
    client, extra = (Client(), GUEST) if guest else (customer, {})
    parties = Party.objects.count()
    check = answer_all(client, **extra)["Location"]
    first, second = client.post(check), client.post(check)
    assert first["Location"] == second["Location"]
    assert second["Location"].endswith("/received/")
    assert Event.objects.filter(what="file").count() == 1
    assert Party.objects.count() == parties + 1
    assert client.get(check)["Location"] == first["Location"]


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
    assert f"/complaints/{reference}/copy/" in receipt.content.decode()
    assert client.get(f"/complaints/{reference}/").status_code == 200
    assert Client().get(f"/complaints/{reference}/").status_code == 302


def test_receipt_is_written_for_the_outbox(customer: Client) -> None:
    file_short(customer)
    assert Outbox.objects.filter(kind="receipt").count() == 1


def test_receipt_on_the_screen_acknowledges_where_nothing_else_does(
    people: People,
) -> None:
    user = make_user("no.address", email="")
    client = Client()
    client.force_login(user)
    receipt = file_short(client)["Location"]
    case = Complaint.objects.get()
    assert not Event.objects.filter(stream=case.stream, what="acknowledged").exists()

    client.head(receipt)
    assert case.clocks.get(step="acknowledge").stopped_at is None
    client.get(receipt)
    client.get(receipt)

    event = Event.objects.get(stream=case.stream, what="acknowledged")
    assert event.actor == user
    assert event.payload["by"] == "screen"
    assert case.clocks.get(step="acknowledge").stopped_at is not None


def test_receipt_that_is_mailed_is_not_acknowledged_by_looking(
    customer: Client,
) -> None:
    receipt = file_short(customer)["Location"]

    customer.get(receipt)

    assert not Event.objects.filter(what="acknowledged").exists()


# Pages ------------------------------------------------------------------------------


def test_customer_is_not_asked_who_they_are(customer: Client, client: Client) -> None:
    key = answer_all(customer)["Location"].split("/")[-3]
    page = customer.get(f"{NEW}{key}/about/").content.decode()
    assert "Question 1 of 7" in page
    assert customer.get(f"{NEW}{key}/who/")["Location"].endswith("/check/")
    assert "Question 1 of 8" in client.get(f"{NEW}?at_risk=no").content.decode()


def test_risk_comes_first(client: Client) -> None:
    page = client.get(NEW)
    assert list(page.context["form"].fields) == ["at_risk"]
    assert client.post(NEW, {}).status_code == 422
    assert client.post(NEW, {"at_risk": "yes"})["Location"] == f"{NEW}urgent/"
    assert client.post(NEW, {"at_risk": "no"})["Location"] == f"{NEW}?at_risk=no"
    assert Draft.objects.count() == 0


def test_an_ordinary_filing_has_at_most_twelve_pages(client: Client) -> None:
    guest = [page for page in PAGES if page.name not in ("customer", "mandate")]
    # Home, the questions, the answers to check, the receipt.
    assert 1 + len(guest) + 1 + 1 <= 12


def test_what_is_wrong_is_said_by_the_field_and_kept(customer: Client) -> None:
    key = _draft(customer)
    url = f"{NEW}{key}/transaction/"
    answer = customer.post(url, {"amount": "much", "asset": "usdt"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count("Enter the amount as a number, such as 0.25") == 2
    assert 'href="#id_amount"' in page
    assert 'value="much"' in page
    assert "<title>Error:" in page
    assert 'value="much"' in customer.get(url).content.decode()


def test_what_cannot_be_sent_leads_to_its_question(customer: Client) -> None:
    key = _draft(customer)
    customer.post(f"{NEW}{key}/story/", {"subject": "Only this", "save": "1"})
    page = customer.get(f"{NEW}{key}/check/").content.decode()
    assert "One answer cannot be sent like this yet" in page
    answer = customer.post(f"{NEW}{key}/check/", follow=True)
    assert answer.redirect_chain[-1][0] == f"{NEW}{key}/story/?fix=1&back=check"
    assert "Tell us what happened" in answer.content.decode()
    assert Complaint.objects.count() == 0


def test_change_leads_back_to_the_answers(customer: Client) -> None:
    check = answer_all(customer)["Location"]
    url = check.replace("check/", "when/")
    assert f'href="{url}?back=check"' in customer.get(check).content.decode()
    assert (
        'name="back" value="check"'
        in customer.get(f"{url}?back=check").content.decode()
    )
    answer = customer.post(url, {"facts_from": "2026-11-04", "back": "check"})
    assert answer["Location"] == check
    assert "4 November 2026" in customer.get(check).content.decode()


def test_advice_never_stops_anybody(customer: Client) -> None:
    key = _draft(customer)
    url = f"{NEW}{key}/transaction/"
    given = {"network": "Tron", "transactions": "9f" * 31 + "9"}
    assert customer.post(url, given)["Location"].endswith("/when/")
    page = customer.get(url).content.decode()
    assert "This has 63 characters; Tron IDs have 64." in page
    assert "This has 63 characters" in answer_page(customer, key)


def answer_page(client: Client, key: str) -> str:
    return client.get(f"{NEW}{key}/check/").content.decode()


@pytest.mark.parametrize("files", [1, 3])
def test_pages_ask_the_database_little_and_the_same(
    customer: Client, files: int
) -> None:
    uploads = [SimpleUploadedFile(f"{n}.txt", b"%d" % n) for n in range(files)]
    check = answer_all(customer, files=uploads)["Location"]
    key, asked = check.split("/")[-3], {}
    for name in [*(page.name for page in PAGES), "check", "saved"]:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            customer.get(f"{NEW}{key}/{name}/")
        asked[name] = len(queries)
    assert max(asked.values()) <= 12
    assert asked == {
        **dict.fromkeys(asked, 3),
        "about": 4,
        "files": 4,
        "check": 6,
    }


# Later --------------------------------------------------------------------------------


def _draft(client: Client) -> str:
    answer = client.post(NEW, {"at_risk": "no", "category": ""})
    return str(answer["Location"].split("/")[-3])


def test_draft_is_nobody_elses(customer: Client, people: People) -> None:
    key = _draft(customer)
    other = Client()
    other.force_login(people.other_customer)
    for stranger in (other, Client()):
        for page in ("", "story/", "check/", "saved/"):
            assert stranger.get(f"{NEW}{key}/{page}").status_code == 404
            assert stranger.post(f"{NEW}{key}/{page}").status_code in (404, 405)


def test_account_finds_its_draft_on_another_device(people: People) -> None:
    first, second = Client(), Client()
    first.force_login(people.customer)
    second.force_login(people.customer)
    key = _draft(first)
    first.post(f"{NEW}{key}/story/", {"subject": "Kept", "save": "1"})
    assert second.get(f"{NEW}{key}/")["Location"] == f"{NEW}{key}/transaction/"
    assert 'value="Kept"' in second.get(f"{NEW}{key}/story/").content.decode()


def test_link_goes_on_in_another_browser(client: Client) -> None:
    key = _draft(client)
    saved = client.post(f"{NEW}{key}/story/", {"subject": "Kept", "save": "1"})
    page = client.post(saved["Location"], {"email": "ada@guests.example"})
    link = page.context["link"].partition("/complaints/")[2]
    mail = Outbox.objects.get(recipient="ada@guests.example")
    assert link in mail.body
    other = Client()
    assert other.get(f"{NEW}{key}/story/").status_code == 404
    assert other.get(f"/complaints/{link}").status_code == 200
    assert other.get(f"{NEW}{key}/story/").status_code == 404
    answer = other.post(f"/complaints/{link}", follow=True)
    assert answer.redirect_chain[-1][0] == f"{NEW}{key}/transaction/"
    assert 'value="Kept"' in other.get(f"{NEW}{key}/story/").content.decode()


def test_new_link_ends_the_old_one(client: Client) -> None:
    key = _draft(client)
    draft = Draft.objects.get(key=key)
    first, second = drafts.issue_link(draft), drafts.issue_link(draft)
    assert drafts.by_link(first.rstrip("/").rpartition("/")[2]) is None
    assert drafts.by_link(second.rstrip("/").rpartition("/")[2]) == draft


def test_drafts_end_with_their_files(client: Client) -> None:
    key = _draft(client)
    file = SimpleUploadedFile("a.png", PNG)
    client.post(f"{NEW}{key}/files/", {"file": file, "add": "1"})
    name = str(DraftFile.objects.get().file.name)
    later = timezone.now() + timedelta(days=31)
    assert drafts.forget_expired(now=timezone.now()) == 0
    assert evidence_storage().exists(name)
    with _commits():
        assert drafts.forget_expired(now=later) == 1
    assert (Draft.objects.count(), DraftFile.objects.count()) == (0, 0)
    assert not evidence_storage().exists(name)


def _commits() -> Any:
    from django.test import TestCase

    return TestCase.captureOnCommitCallbacks(execute=True)


def test_draft_can_be_deleted(client: Client) -> None:
    key = _draft(client)
    client.post(f"{NEW}{key}/saved/", {"discard": "1"})
    assert Draft.objects.count() == 0


def test_pages_saved_in_two_windows_lose_nothing(people: People) -> None:
    draft = drafts.begin(user=people.customer, language="en")
    other = Draft.objects.get(pk=draft.pk)
    drafts.save_page(draft, "story", {"subject": "One"})
    drafts.save_page(other, "when", {"facts_from": "2026-11-01"})
    assert Draft.objects.get().answers == {
        "story": {"subject": "One"},
        "when": {"facts_from": "2026-11-01"},
    }


# Files --------------------------------------------------------------------------------


def test_files_come_with_the_complaint(customer: Client) -> None:
    picture = SimpleUploadedFile("shot.png", PNG)
    text = SimpleUploadedFile("log.txt", b"hello")
    with _commits():
        file_short(customer, files=[picture, text])
    rows = Complaint.objects.get().evidence.values_list("original_name", "content_type")
    assert list(rows) == [("shot.png", "image/png"), ("log.txt", "text/plain")]
    assert DraftFile.objects.count() == 0


def test_bad_file_is_refused_and_the_rest_kept(customer: Client) -> None:
    url = f"{NEW}{_draft(customer)}/files/"
    good, bad = (
        SimpleUploadedFile("a.png", PNG),
        SimpleUploadedFile("b.png", b"<svg onload=alert(1)>"),
    )
    assert customer.post(url, {"file": good, "add": "1"}).status_code == 302
    answer = customer.post(url, {"file": bad, "add": "1"})
    assert answer.status_code == 422
    assert "We cannot take this kind of file" in answer.content.decode()
    assert "a.png" in answer.content.decode()
    assert customer.post(url, {"add": "1"}).status_code == 422
    row = DraftFile.objects.get()
    assert customer.post(url, {"remove": str(row.pk)}).status_code == 302
    assert DraftFile.objects.count() == 0


def test_ten_files_are_enough(customer: Client) -> None:
    url = f"{NEW}{_draft(customer)}/files/"
    for number in range(11):
        file = SimpleUploadedFile("a.txt", b"%d" % number)
        answer = customer.post(url, {"file": file, "add": "1"})
    assert answer.status_code == 422
    assert DraftFile.objects.count() == 10


# Representatives ----------------------------------------------------------------------

MANDATE = {
    "behalf": "attorney",
    "customer_name": "Old Aunt",
    "customer_email": "",
    "customer_account": "123",
    "scope": "Everything",
    "valid_until": (timezone.now() + timedelta(days=20)).date().isoformat(),
}


def _mandate(client: Client, **changes: Any) -> Any:
    proof = SimpleUploadedFile("poa.pdf", b"%PDF-1.4 power")
    return file_short(client, **{**MANDATE, "proof": proof, **changes})


def test_representative_files_for_somebody(people: People, customer: Client) -> None:
    location = _mandate(customer)["Location"]
    case = Complaint.objects.get()
    speaker = Representative.objects.get()
    assert (case.customer.user, case.customer.last_name) == (None, "Old Aunt")
    assert (speaker.user, speaker.capacity) == (people.customer, "attorney")
    assert (speaker.scope, speaker.valid_until) == (
        "Everything",
        date.fromisoformat(MANDATE["valid_until"]),
    )
    assert speaker.authority is not None
    assert speaker.authority.kind == "authority"
    assert customer.get(location).status_code == 200
    assert list(Outbox.objects.values_list("recipient", flat=True)) == [
        people.customer.email
    ]


@pytest.mark.parametrize("guest", [False, True])
def test_access_ends_with_the_mandate(customer: Client, guest: bool) -> None:
    client, extra = (Client(), GUEST) if guest else (customer, {})
    _mandate(client, **extra)
    url = f"/complaints/{Complaint.objects.get().reference}/"
    assert client.get(url).status_code == 200
    yesterday = timezone.now().date() - timedelta(days=1)
    Representative.objects.update(valid_until=yesterday)
    assert client.get(url).status_code in (302, 404)


def test_mandate_needs_its_proof(customer: Client) -> None:
    answer = file_short(customer, **MANDATE)
    assert answer.status_code == 422
    assert "Add the power of attorney or other official proof" in (
        answer.content.decode()
    )
    assert 'value="Everything"' in answer.content.decode()


def test_heir_alone_is_written_to(client: Client) -> None:
    _mandate(client, **GUEST, behalf="heir", customer_email="gone@dead.example")
    assert list(Outbox.objects.values_list("recipient", flat=True)) == [
        "ada@guests.example"
    ]


# Danger -------------------------------------------------------------------------------


def _alarm(client: Client, **more: str) -> Any:
    key = key_of(client, f"{NEW}urgent/")
    data = {"danger": "transfer", "description": "Pending now", "key": key}
    return client.post(f"{NEW}urgent/", {**data, **more})


def test_urgent_door_asks_for_protection(customer: Client) -> None:
    answer = _alarm(customer)
    case = Complaint.objects.get()
    assert answer["Location"] == f"/complaints/{case.reference}/protection/"
    assert (case.funds_at_risk, case.severity) == (True, "critical")
    assert case.category is not None
    assert case.category.code == "security.unauthorised-withdrawal"
    assert case.description.endswith("Pending now")
    assert case.next_due_step == "protect"
    asked = case.protection_requests.get()
    assert (asked.kind, asked.answered_at) == ("withdrawal_lock", None)


def test_alarm_sent_twice_rings_once(client: Client) -> None:
    key = key_of(client, f"{NEW}urgent/")
    first = _alarm(client, key=key, **GUEST)
    second = _alarm(client, key=key, **GUEST)
    assert first["Location"] == second["Location"]
    assert Complaint.objects.get().protection_requests.count() == 1
    assert Draft.objects.count() == 1


def test_rest_is_told_after_the_alarm(customer: Client) -> None:
    url = _alarm(customer)["Location"]
    begun = customer.post(url)
    answer = answer_all(customer, start=begun["Location"])
    sent = customer.post(answer["Location"])
    case = Complaint.objects.get()
    assert sent["Location"] == f"/complaints/{case.reference}/received/"
    assert case.description.startswith("A transfer that I did not make")
    assert case.description.endswith(SHORT["description"])
    assert (case.amount, case.asset) == (Decimal("1860.50"), "USDT")
    assert [point.text for point in case.points.all()][1:] == (
        SHORT["points"].split("\n")
    )
    assert case.letters.filter(kind="receipt").count() == 2
    assert customer.post(answer["Location"])["Location"] == sent["Location"]
    assert case.points.count() == 3


def test_get_of_the_forms_changes_nothing(customer: Client) -> None:
    for path in ("", "?at_risk=no", "urgent/", "template/"):
        assert customer.get(f"{NEW}{path}").status_code == 200
    assert Party.objects.count() == 0
    assert Complaint.objects.count() == 0
    assert Draft.objects.count() == 0


@pytest.mark.usefixtures("one_window")
def test_guests_have_a_limit(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    once = limits.Limit("filing", tries=1, seconds=3600)
    monkeypatch.setattr(limits, "FILINGS", once)
    assert file_short(client, **GUEST).status_code == 302
    answer = file_short(client, **GUEST)
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 3600
    assert "nothing came." in answer.content.decode()


# Hostile ------------------------------------------------------------------------------

NASTY = ["\x00", "a\x00b", "\ud800", "x" * 60_000, "𝕏" * 400, "\u202e", "9" * 5000]


def _strings(corpus: Path) -> list[str]:
    found: list[str] = json.loads((corpus / "strings" / "blns.json").read_text())
    return [*found, *NASTY]


@pytest.mark.drill
@pytest.mark.both
def test_hostile_strings_never_break_a_form(corpus: Path, people: People) -> None:
    for text in _strings(corpus):
        for page in PAGES:
            form = page.form(dict.fromkeys(page.form.base_fields, text))
            form.is_valid()
            for name in form.fields:
                assert form[name].value() in (text, None)


@pytest.mark.parametrize("text", few(NASTY, *NASTY[:2]), ids=range(len(NASTY)))
def test_pages_keep_what_they_refuse(client: Client, text: str) -> None:
    """Each string in every field at once: kept, with words by the fields."""
    key = _draft(client)
    for page in PAGES:
        data = _sendable(dict.fromkeys(page.form.base_fields, text))
        answer = client.post(f"{NEW}{key}/{page.name}/", {**data, "file": ""})
        assert answer.status_code in (302, 422), page.name
        assert client.get(f"{NEW}{key}/{page.name}/").status_code in (200, 302)
    assert client.get(f"{NEW}{key}/check/").status_code == 200


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
