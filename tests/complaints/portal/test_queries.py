"""No customer's page asks the database more than twelve things, however full a case."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from complaints.models import Complaint
from complaints.services.correspond import customer_writes, reply
from complaints.services.evidence import Upload, add_evidence
from complaints.services.protect import ask_protection
from tests import cases
from tests.few import few
from tests.people import People

pytestmark = pytest.mark.django_db
MOST = 12
OPEN = ["home", "new", "urgent", "template", "mine", "profile", "preferences", "apps"]
ALWAYS = ["case", "live", "received", "message", "withdraw", "evidence-new", "copy"]
PAGES: list[tuple[str, str]] = [
    *(("received", name) for name in (*ALWAYS, "letter", "letter-paper", "protection")),
    *(("awaiting_customer", name) for name in (*ALWAYS, "answer")),
    *(("answered", name) for name in ("case", "live", "decision", "accept", "remedy")),
    *(("inadmissible", name) for name in ("case", "complete")),
    *(("closed", name) for name in ("case", "live", "rating", "decision")),
    *(("withdrawn", name) for name in ("case", "message")),
]
QUICK = (
    *(("received", name) for name in ("received", "message", "evidence-new", "letter")),
    *(("awaiting_customer", name) for name in ("case", "live", "answer")),
    *(("answered", name) for name in ("case", "decision", "accept", "remedy")),
    ("closed", "rating"),
)
ELSEWHERE = {
    "advice": "asked by a script, of no row",
    "check": "test_file",
    "draft": "leads on to a question",
    "draft-saved": "test_file",
    "evidence": "a file",
    "evidence-look": "services/test_redaction",
    "evidence-page": "a file",
    "letter-pdf": "a file, or the wait for one",
    "linked": "test_linked",
    "proof": "test_customer_pages",
    "proof-file": "a file",
    "protection-state": "a part of the page of protection",
    "question": "test_file",
    "resume": "of one draft, or of none",
    "track": "asks for a reference and an address",
    "track-open": "of one link",
    "track-sent": "the same for everybody",
}
"""Addresses of the door that are held to it by other means, or read nothing."""


def address(case: Complaint | None, name: str) -> str:
    if case is None:
        return reverse(f"portal:{name}")
    keys: dict[str, Any] = {"reference": case.reference}
    if name.startswith("letter"):
        keys["number"] = case.letters.get(kind="receipt").pk
    if name == "remedy":
        keys["number"] = case.remedies.get().pk
    return reverse(f"portal:{name}", kwargs=keys)


def fill(people: People, case: Complaint, numbers: range) -> None:
    """Messages both ways and files."""
    handler = case.handler or people.support
    for number in numbers:
        customer_writes(complaint=case, text=f"More {number}", actor=people.customer)
        reply(complaint=case, text=f"Read {number}", actor=handler)
        upload = Upload(name=f"{number}.txt", content=b"%d" % number)
        add_evidence(complaint=case, upload=upload, actor=people.customer)


def asked(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(url)
    assert answer.status_code in (200, 302, 409), (url, answer.status_code)
    return len(queries)


@pytest.mark.parametrize("name", OPEN)
def test_page_of_a_customer(people: People, client: Client, name: str) -> None:
    cases.filed(people)
    client.force_login(people.customer)
    once = asked(client, address(None, name))
    for _ in range(2):
        cases.filed(people)

    assert asked(client, address(None, name)) == once <= MOST


@pytest.mark.parametrize(("state", "name"), few(PAGES, *QUICK))
def test_page_of_a_case(people: People, client: Client, state: str, name: str) -> None:
    case = cases.at(people, state)
    client.force_login(people.customer)
    if name == "protection":
        ask_protection(complaint=case, kind="freeze", actor=people.customer)
    fill(people, case, range(1))
    url = address(case, name)
    once = asked(client, url)

    fill(people, case, range(1, 4))

    assert asked(client, url) == once <= MOST


def test_every_address_is_held_to_it() -> None:
    portal = get_resolver().namespace_dict["portal"][1]
    named = {key for key in portal.reverse_dict if isinstance(key, str)}

    assert named == {*OPEN, *(name for _state, name in PAGES), *ELSEWHERE}
