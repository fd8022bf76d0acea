"""Evidence in and out by the portal (T13, T15)."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from complaints.errors import InvalidInput
from complaints.models import Complaint, Event, Evidence
from complaints.services.evidence import Upload, add_evidence
from teams.system import system_actor
from tests import cases
from tests.people import People

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64
HOSTILE = [
    "a\u200bb.png",
    "gpj.\u202eexe.png",
    "..%2f..%2fetc%2fpasswd.png",
    "../../etc/passwd.png",
    "..\\..\\boot.png",
    "n" * 300 + ".png",
    "CON.png",
    "shot.png.php",
    "trailing.png. .",
    '"; filename="evil.html',
    "a\r\nSet-Cookie: x=1.png",
    "投诉 证据.png",
    ".htaccess",
    "<svg onload=alert(1)>.png",
]


@pytest.fixture
def case(people: People) -> Complaint:
    return cases.filed(people)


@pytest.fixture
def customer(people: People) -> Client:
    client = Client()
    client.force_login(people.customer)
    return client


def _get(client: Client, row: Evidence) -> tuple[Any, bytes]:
    """The answer, and what was in it."""
    url = f"/complaints/{row.complaint.reference}/evidence/{row.number}/"
    answer = client.get(url)
    content = answer.getvalue()
    for close in answer._resource_closers:
        close()
    return answer, content


def test_download_is_a_file_and_nothing_else(customer: Client, case: Complaint) -> None:
    row = add_evidence(
        complaint=case, upload=Upload("a b.png", PNG), actor=case.customer.user
    )
    answer, content = _get(customer, row)
    assert content == PNG
    assert answer["Content-Type"] == "image/png"
    assert answer["Content-Disposition"] == 'attachment; filename="a b.png"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Cache-Control"] == "no-store, private"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.html", b"<html><script>alert(1)</script>"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("a.xml", b"<?xml version='1.0'?><x/>"),
        ("a.js", b"alert(1)"),
        ("a.gif", b"GIF89a/*<script>*/"),
        ("a.txt", b"hello"),
    ],
)
def test_whatever_a_channel_took_is_only_bytes(
    customer: Client, case: Complaint, name: str, content: bytes
) -> None:
    row = add_evidence(
        complaint=case,
        upload=Upload(name, content),
        actor=system_actor("channel:email"),
        unchecked_type=True,
    )
    answer, content_out = _get(customer, row)
    assert content_out == content
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("content", [b"", b"<html>", b"<svg ", b"MZ\x90\x00\x03\x00"])
def test_what_we_do_not_take_is_said_in_words(
    customer: Client, case: Complaint, content: bytes
) -> None:
    url = f"/complaints/{case.reference}/evidence/new/"
    answer = customer.post(url, {"file": SimpleUploadedFile("a.png", content)})
    assert answer.status_code == 422
    assert answer.context["form"].errors["file"]
    assert case.evidence.count() == 0


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_only_names(
    customer: Client, case: Complaint, name: str
) -> None:
    row = add_evidence(
        complaint=case, upload=Upload(name, PNG), actor=case.customer.user
    )
    stored = str(row.file.name)
    assert re.fullmatch(r"[0-9a-f]{2}/[0-9a-f]{32}", stored)
    header = _get(customer, row)[0]["Content-Disposition"]
    assert header.startswith("attachment")
    assert "\r" not in header
    assert "\n" not in header
    assert re.fullmatch(
        r"attachment; filename(=\"([^\"\\]|\\.)*\"|\*=utf-8''[\w%.~!$&+^`|-]+)", header
    )
    page = customer.get(f"/complaints/{case.reference}/").content.decode()
    assert "<svg onload" not in page
    assert "\u202e" not in page


def test_upload_by_form_is_sealed_under_a_name_of_ours(
    customer: Client, case: Complaint
) -> None:
    url = f"/complaints/{case.reference}/evidence/new/"
    file = SimpleUploadedFile("../x.png", PNG)
    assert customer.post(url, {"file": file}).status_code == 302
    row = case.evidence.get()
    assert (row.original_name, row.content_type, row.kind) == (
        "x.png",
        "image/png",
        "customer_file",
    )


def test_opening_stands_on_the_ledger_of_reads(
    customer: Client, case: Complaint
) -> None:
    row = add_evidence(
        complaint=case, upload=Upload("a.png", PNG), actor=case.customer.user
    )
    _get(customer, row)
    event = Event.objects.get(what="evidence_opened")
    assert event.stream == f"reads:{case.pk}"


def test_hidden_foreign_and_missing_are_not_found(
    people: People, customer: Client, case: Complaint
) -> None:
    hidden = Upload("a.png", PNG)
    actor = system_actor()
    add_evidence(complaint=case, upload=hidden, actor=actor, shared=False)
    base = f"/complaints/{case.reference}/evidence"
    assert customer.get(f"{base}/1/").status_code == 404
    assert customer.get(f"{base}/2/").status_code == 404
    assert customer.get(f"{base}/{'9' * 40}/").status_code == 404
    stranger = Client()
    stranger.force_login(people.other_customer)
    assert stranger.get(f"{base}/1/").status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "offered"),
    [
        ("proof.js", b"alert(1)", "proof.js.txt"),
        ("proof.bat", b"del *.*", "proof.bat.txt"),
        ("shot.png.hta", PNG, "shot.png.hta.png"),
        ("SHOT.PNG", PNG, "SHOT.PNG"),
        ("notes", b"plain words", "notes.txt"),
        ("list.csv", b"a,b", "list.csv"),
    ],
)
def test_the_ending_of_what_is_handed_out_runs_nothing(
    customer: Client, case: Complaint, name: str, content: bytes, offered: str
) -> None:
    row = add_evidence(
        complaint=case, upload=Upload(name, content), actor=case.customer.user
    )

    answer, _content = _get(customer, row)

    assert answer["Content-Disposition"] == f'attachment; filename="{offered}"'
    assert row.original_name == name


@pytest.mark.parametrize(
    ("name", "offered"), [("run.exe", "run.exe.bin"), ("bill.pdf", "bill.pdf")]
)
def test_what_came_by_mail_runs_nothing_either(
    customer: Client, case: Complaint, name: str, offered: str
) -> None:
    row = add_evidence(
        complaint=case,
        upload=Upload(name, b"MZ\x00"),
        actor=system_actor(),
        unchecked_type=True,
    )

    answer, _content = _get(customer, row)

    assert answer["Content-Disposition"] == f'attachment; filename="{offered}"'


def test_markup_behind_a_screen_of_blanks_is_not_taken(case: Complaint) -> None:
    content = b" " * 6_000 + b"<svg onload=alert(1)>"

    with pytest.raises(InvalidInput):
        add_evidence(
            complaint=case, upload=Upload("a.txt", content), actor=case.customer.user
        )
