"""The first page says what it is for, that it is free, and where to go."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "words",
    [
        "Is money or access at risk right now?",
        "/complaints/new/urgent/",
        "/complaints/new/?at_risk=no",
        "It is free",
        "No support ticket is needed",
        "2 months",
        "60 days",
        "mailto:complaints@recourse.example",
        "tel:+493023125100",
        "We never ask for a password",
    ],
)
def test_home_says(client: Client, words: str) -> None:
    assert words in client.get("/").content.decode()


@pytest.mark.parametrize("path", ["/", "/track/", "/complaints/new/", "/track/sent/"])
def test_open_pages_hold_no_inline_style_or_script(client: Client, path: str) -> None:
    page = client.get(path).content.decode()
    assert " style=" not in page
    assert "<script>" not in page
    assert " onclick=" not in page


def test_complaints_without_account_lead_to_tracking(client: Client) -> None:
    assert client.get("/complaints/")["Location"] == "/track/?next=/complaints/"


def test_next_of_another_site_is_dropped(client: Client) -> None:
    page = client.get("/track/?next=//evil.example/").content.decode()
    assert 'href="/accounts/login/"' in page.split("<main")[1]
