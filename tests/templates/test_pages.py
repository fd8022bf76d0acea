"""Trouble pages, the account's pages and the admin in our look."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

TROUBLE = ["400.html", "403.html", "403_csrf.html", "404.html", "500.html"]


@pytest.mark.parametrize("page", TROUBLE)
def test_trouble_page_says_what_was_kept_and_gives_no_number(
    page: str, rf: RequestFactory
) -> None:
    html = render_to_string(page, request=None if page == "500.html" else rf.get("/"))
    body = re.sub(r"<[^>]+>", " ", html.split("<main", 1)[1])
    assert re.search(r"\b(4|5)\d\d\b", body) is None
    assert "/contact/" in html
    assert re.search(r"kept|lost|saved|still there", body)


def test_server_error_page_needs_nothing_at_all() -> None:
    html = render_to_string("500.html", {})
    assert html.count("<h1>") == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"]
)
def test_account_page_has_one_heading_and_one_solid_button(
    client: Client, address: str
) -> None:
    html = client.get(address).content.decode()
    assert html.count("<h1") == 1
    assert html.count("btn main") == 1


@pytest.mark.django_db
def test_sign_in_error_starts_the_title_and_keeps_what_was_typed(
    client: Client,
) -> None:
    html = client.post("/accounts/login/", {"login": "a@b.example"}).content.decode()
    assert "<title>Error: Sign in" in html
    assert 'value="a@b.example"' in html
    assert html.index("There is a problem") < html.index('<form class="form"')


@pytest.mark.django_db
def test_admin_list_shows_filters_as_chips_above_the_table(client: Client) -> None:
    user = get_user_model().objects.create_superuser("root", "r@b.example", "pw")
    client.force_login(user)
    html = client.get("/admin/teams/membership/?role__exact=lead").content.decode()
    assert '<summary class="fchip">' in html
    assert html.index("fchip") < html.index('id="changelist-form"')
    assert 'aria-current="page"' in html


@pytest.mark.django_db
def test_admin_form_has_one_solid_button(client: Client) -> None:
    user = get_user_model().objects.create_superuser("root", "r@b.example", "pw")
    client.force_login(user)
    html = client.get("/admin/teams/membership/add/").content.decode()
    assert html.count("btn main") == 1
    assert 'name="_addanother"' in html
