"""Error pages for people, problem documents for programs."""

from typing import Any

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory

from config import errors


def test_unknown_api_address_is_a_problem_document(client: Client) -> None:
    response = client.get("/api/nothing")

    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    assert response.json() == {
        "type": "about:blank",
        "title": "There is nothing at this address.",
        "status": 404,
        "code": "not_found",
    }


@pytest.fixture
def request_page(rf: RequestFactory) -> HttpRequest:
    return rf.get("/anything/")


@pytest.mark.parametrize(
    ("handler", "status"),
    [
        (errors.bad_request, 400),
        (errors.forbidden, 403),
        (errors.not_found, 404),
        (lambda request, _: errors.server_error(request), 500),
    ],
)
def test_error_page_needs_no_session_and_no_database(
    request_page: HttpRequest, handler, status: int
) -> None:
    response = handler(request_page, None)

    assert response.status_code == status
    assert b"<h1" in response.content


def test_desk_of_one_machine_shows_the_page_that_customers_see(
    client: Client, settings: Any
) -> None:
    settings.DEBUG = True
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE,
        "config.errors.PlainNotFoundMiddleware",
    ]

    answer = client.get("/nothing/")

    assert answer.status_code == 404
    assert "This page is not here" in answer.content.decode()
