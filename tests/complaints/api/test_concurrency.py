"""Many at once through the API."""

import threading
from collections import Counter
from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from complaints.models import Complaint, Event, Outbox
from tests.people import everybody

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/api/v1/complaints/"


def test_eight_filings_with_one_key_make_one_complaint() -> None:
    people = everybody()
    APIClient()
    answers: list[Any] = []
    start = threading.Barrier(8)

    def file() -> None:
        client = APIClient(raise_request_exception=False)
        client.force_login(people.customer)
        start.wait()
        try:
            answers.append(
                client.post(
                    URL,
                    {"description": "I pressed eight times."},
                    HTTP_IDEMPOTENCY_KEY="once",
                    format="json",
                )
            )
        finally:
            connection.close()

    running = [threading.Thread(target=file) for _number in range(8)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join(timeout=60)

    assert Counter(answer.status_code for answer in answers) == {201: 8}
    assert len({answer.content for answer in answers}) == 1
    case = Complaint.objects.get()
    assert Event.objects.filter(stream=case.stream).count() == 1
    assert Outbox.objects.filter(complaint=case).count() == 1
