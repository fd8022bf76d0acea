"""The Python client: it is what the description says, and works against a live desk."""

import subprocess
import sys
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections

from complaints.api import generate_client
from complaints.api.client import Client, Problem
from complaints.models import Complaint, Evidence
from teams.models import User
from tests import cases
from tests.complaints.channels.app import keys
from tests.people import People

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 12_000


@pytest.fixture(autouse=True)
def _exchange(settings: Any) -> None:
    settings.APP_TOKENS = keys.trusted()


def made(
    http: httpx.Client, account: str = "EX-1", base: str = "http://testserver"
) -> Any:
    return Client(base, lambda: keys.signed(account), http=http)


@pytest.fixture
def wire() -> Iterator[httpx.WSGITransport]:
    """The whole HTTP stack of the desk, in the transaction of the test."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield httpx.WSGITransport(app=get_wsgi_application())
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def customer(people: People) -> User:
    people.customer.account_id = "EX-1"
    people.customer.save()
    return people.customer


@pytest.fixture
def client(wire: httpx.WSGITransport, customer: User) -> Iterator[Client]:
    with made(httpx.Client(transport=wire)) as one:
        yield one


def test_it_is_what_the_description_says() -> None:
    text = generate_client.source(generate_client.schema())
    ruff = [sys.executable, "-m", "ruff", "format", "--quiet", "-"]
    done = subprocess.run(ruff, input=text, capture_output=True, text=True, check=True)

    assert done.stdout == generate_client.TARGET.read_text("utf-8"), "make client"


def test_case_from_filing_to_acceptance(client: Client, people: People) -> None:
    key = str(uuid.uuid4())
    filing: Any = {"description": "Gone at night.", "asset": "USDT", "amount": "12.5"}

    filed = client.complaints_create(filing, idempotency_key=key)
    again = client.complaints_create(filing, idempotency_key=key)
    reference = filed["reference"]

    assert again["reference"] == reference
    assert Complaint.objects.count() == 1
    assert [row["reference"] for row in client.complaints_list()["results"]] == [
        reference
    ]
    client.complaints_messages_create(reference, {"text": "One thing more."})
    said = client.complaints_messages_list(reference)
    assert [(line["by"], line["text"]) for line in said] == [
        ("customer", "One thing more.")
    ]
    letter = client.complaints_retrieve(reference)["letters"][0]
    assert letter["kind"] == "receipt"
    whole = client.complaints_letters_retrieve(reference, letter["id"])
    assert reference in whole["body"]
    offers = client.complaints_transitions_retrieve(reference)
    assert "withdraw" in [offer["name"] for offer in offers["transitions"]]
    client.complaints_withdraw_create(reference, if_match=str(offers["version"]))
    assert client.complaints_retrieve(reference)["status"] == "closed"


def test_file_in_parts_comes_whole_and_is_read_again(
    client: Client, customer: User, people: People
) -> None:
    case = cases.filed(people, by=customer)

    number = client.upload(case.reference, "截图.png", PNG)

    assert client.complaints_evidence_retrieve(case.reference, number) == PNG
    (row,) = client.complaints_evidence_list(case.reference)
    assert (row["number"], row["name"], row["size"]) == (number, "截图.png", len(PNG))
    small = client.complaints_evidence_create(case.reference, ("a.txt", b"a note"))
    assert small["number"] == number + 1


class Cut(httpx.BaseTransport):
    """A network that is lost again and again, before the desk heard and after."""

    def __init__(self, wire: httpx.BaseTransport) -> None:
        self.wire, self.count = wire, 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.count += request.method == "PATCH"
        if request.method == "PATCH" and self.count == 1:
            raise httpx.ConnectError("lost before")
        answer = self.wire.handle_request(request)
        if request.method == "PATCH" and self.count in (3, 5):
            answer.read()
            raise httpx.ReadError("lost after")
        return answer


def test_lost_network_costs_no_byte_and_doubles_none(
    wire: httpx.WSGITransport, customer: User, people: People
) -> None:
    case = cases.filed(people, by=customer)
    cut = Cut(wire)

    number = made(httpx.Client(transport=cut)).upload(case.reference, "a.png", PNG)

    row = Evidence.objects.get(complaint=case)
    assert (row.number, row.size) == (number, len(PNG))
    assert cut.count == 5  # four parts, of which one was sent again


def test_refusal_is_a_problem_with_its_code(client: Client, people: People) -> None:
    other = cases.filed(people, by=people.other_customer)

    with pytest.raises(Problem) as not_mine:
        client.complaints_retrieve(other.reference)
    with pytest.raises(Problem) as nowhere:
        client.complaints_retrieve("../../admin/?")
    with pytest.raises(Problem) as empty:
        client.complaints_create({"description": ""})

    assert (not_mine.value.status, not_mine.value.code) == (404, "not_found")
    assert nowhere.value.status == 404
    assert list(empty.value.body["errors"]) == ["description"]


def test_too_many_are_told_how_long_to_wait(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rest_framework.throttling import UserRateThrottle

    monkeypatch.setattr(UserRateThrottle, "get_rate", lambda _self: "1/min")
    client.complaints_list()

    with pytest.raises(Problem) as refused:
        client.complaints_list()

    assert (refused.value.status, refused.value.code) == (429, "too_many")
    assert 1 <= (refused.value.retry_after or 0) <= 60


@pytest.mark.django_db(transaction=True)
def test_over_a_socket_of_a_live_desk(live_server: Any, settings: Any) -> None:
    with made(httpx.Client(), "EX-5", live_server.url) as client:
        reference = client.complaints_create({"description": "Gone."})["reference"]
        number = client.upload(reference, "a.png", PNG)

        assert client.complaints_evidence_retrieve(reference, number) == PNG
        assert client.complaints_list(limit=1)["results"][0]["status"] == "received"
