"""The policy stands on every kind of response."""

import pytest
from django.test import Client

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "manifest-src": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "object-src": "'none'",
}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/health/live", 200),
        ("/accounts/login/", 200),
        ("/admin/", 302),
        ("/api/docs/", 200),
        ("/api/nothing", 404),
        ("/nothing/", 404),
        ("/static/nothing.css", 404),
    ],
)
def test_policy_on_every_response(client: Client, path: str, status: int) -> None:
    response = client.get(path)

    found = dict(
        part.strip().split(" ", 1)
        for part in response["Content-Security-Policy"].split(";")
    )
    assert response.status_code == status
    assert found == POLICY
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_api_page_runs_under_the_policy(page, live_server) -> None:
    page.goto(f"{live_server.url}/api/docs/")

    page.wait_for_selector(".swagger-ui .info .title")
