"""Many at once through the API."""

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from complaints.channels.app import uploads
from complaints.models import Complaint, Event, Evidence, Outbox
from complaints.permissions import viewer_of
from teams.models import User
from tests import cases
from tests.complaints.channels.app import keys
from tests.people import everybody

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/api/v1/complaints/"


def at_once(act: Callable[[APIClient], Any]) -> list[Any]:
    """What eight threads get that do the same at one moment."""
    answers: list[Any] = []
    start = threading.Barrier(8)

    def one() -> None:
        client = APIClient(raise_request_exception=False)
        start.wait()
        try:
            answers.append(act(client))
        finally:
            connection.close()

    running = [threading.Thread(target=one) for _number in range(8)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join(timeout=60)
    return answers


def test_eight_filings_with_one_key_make_one_complaint() -> None:
    people = everybody()

    def file(client: APIClient) -> Any:
        client.force_login(people.customer)
        return client.post(
            URL,
            {"description": "I pressed eight times."},
            HTTP_IDEMPOTENCY_KEY="once",
            format="json",
        )

    answers = at_once(file)

    assert Counter(answer.status_code for answer in answers) == {201: 8}
    assert len({answer.content for answer in answers}) == 1
    case = Complaint.objects.get()
    assert Event.objects.filter(stream=case.stream).count() == 1
    assert Outbox.objects.filter(complaint=case).count() == 1


def test_eight_with_one_token_let_one_in(settings: Any) -> None:
    settings.APP_TOKENS = keys.trusted()
    token = keys.signed("EX-8")

    answers = at_once(
        lambda client: client.post(
            URL,
            {"description": "Somebody recorded this."},
            HTTP_AUTHORIZATION=f"Bearer {token}",
            format="json",
        )
    )

    assert Counter(answer.status_code for answer in answers) == {201: 1, 401: 7}
    assert Complaint.objects.count() == 1


def test_eight_tokens_of_a_new_account_make_one_customer(settings: Any) -> None:
    settings.APP_TOKENS = keys.trusted()

    answers = at_once(
        lambda client: client.get(
            URL, HTTP_AUTHORIZATION=f"Bearer {keys.signed('EX-9')}"
        )
    )

    assert Counter(answer.status_code for answer in answers) == {200: 8}
    assert User.objects.filter(account_id="EX-9").count() == 1


def test_eight_last_parts_make_one_piece_of_evidence() -> None:
    people = everybody()
    case = cases.filed(people)
    viewer = viewer_of(people.customer)
    upload = uploads.begin(complaint=case, actor=viewer, name="a.txt", length=5)
    url = f"{URL}{case.reference}/uploads/{upload.key}/"

    def send(client: APIClient) -> Any:
        client.force_login(people.customer)
        return client.generic(
            "PATCH",
            url,
            b"hello",
            content_type="application/offset+octet-stream",
            HTTP_TUS_RESUMABLE="1.0.0",
            HTTP_UPLOAD_OFFSET="0",
        )

    answers = at_once(send)

    assert Counter(answer.status_code for answer in answers) == {204: 1, 409: 7}
    assert Evidence.objects.filter(complaint=case).count() == 1
