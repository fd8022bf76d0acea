"""The pages everybody may read: all the law asks for, and the limits of the clocks."""

from typing import Any

import pytest
from django.test import Client

from complaints import profiles
from complaints.profiles import limit_words
from complaints.public.template_fields import PARTS

pytestmark = pytest.mark.django_db

PAGES = (
    *("/procedure/", "/procedure/template/", "/procedure/rules/", "/rules/"),
    *("/rules/fees/", "/security/", "/figures/", "/notices/", "/learn/"),
    *("/contact/", "/accessibility/", "/privacy/", "/notices/never-asked/"),
    *("/learn/liquidation/", "/learn/?q=fee", "/notices/subscribe/sent/"),
    *("/pages/rules/versions/", "/pages/rules/versions/1/"),
)
MOST_QUERIES = 12


def html(client: Client, path: str, **extra: Any) -> str:
    answer = client.get(path, **extra)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_page_needs_no_login(client: Client, path: str) -> None:
    assert "<h1>" in html(client, path)


@pytest.mark.parametrize("path", PAGES)
def test_page_asks_the_database_little(
    client: Client, path: str, django_assert_max_num_queries: Any
) -> None:
    client.get(path)

    with django_assert_max_num_queries(MOST_QUERIES):
        html(client, path)


@pytest.mark.parametrize("path", PAGES)
def test_page_refuses_to_be_written_to(client: Client, path: str) -> None:
    assert {client.post(path).status_code, client.delete(path).status_code} == {405}


@pytest.mark.parametrize("path", PAGES)
def test_page_has_no_inline_style_or_script(client: Client, path: str) -> None:
    page = html(client, path)

    assert " style=" not in page
    assert "<script>" not in page


def test_contact_names_the_channels_that_are_set_up(
    client: Client, settings: Any
) -> None:
    settings.TELEGRAM_BOT_NAME = ""
    page = html(client, "/contact/")
    assert 'href="/chat/"' in page
    assert "t.me" not in page

    settings.TELEGRAM_BOT_NAME = "desk_bot"
    page = html(client, "/contact/")
    assert '<a href="https://t.me/desk_bot" rel="noreferrer">@desk_bot</a>' in page


def test_procedure_names_what_article_1_asks_for(client: Client) -> None:
    page, profile = html(client, "/procedure/"), profiles.EU_CASP_2026_1

    for ground in profile.grounds:  # (a)
        assert str(ground.label) in page
    assert "is free" in page  # (b)
    assert "/procedure/template/" in page  # (c)(i)
    assert "Tell us who you are and how to reach you" in page  # (c)(ii)
    contact = profile.contact
    for part in (contact.name, contact.email, contact.phone, contact.address):
        assert str(part) in page  # (c)(iii) and (iv)
    assert "German" in page  # (c)(v)
    assert "Maltese" in page
    assert "What happens, step by step" in page  # (d)
    assert "secure electronic system" in page  # (f)
    assert "Rules for complaints: version 2026.1." in page
    assert "Version 1, in force since 1 January 2026." in page
    assert "at most 2 months after we received it" in page


def test_procedure_shows_the_limits_of_the_profile(client: Client) -> None:  # (e)
    page = html(client, "/procedure/")
    rows = page.split("<tbody>")[1].split("</tbody>")[0].split("<tr>")[1:]
    shown = [(row.split(">")[1].split("<")[0], row.split("nw")[1][2:]) for row in rows]

    frames = profiles.EU_CASP_2026_1.time_frames()
    assert [step for step, _limit in shown] == [str(step.label) for step, _ in frames]
    for (_step, limit), (_same, promised) in zip(shown, frames, strict=True):
        assert limit.startswith(f"{limit_words(promised)}<")


def test_blank_template_has_every_field_of_the_annex(client: Client) -> None:
    page = html(client, "/procedure/template/")

    assert [len(fields) for _title, fields, _note in PARTS] == [11, 8, 10, 8, 5, 3]
    for title, fields, note in PARTS:
        for text in (title, *fields, note):
            assert str(text) in page


def test_privacy_notice_names_version_and_period(client: Client) -> None:
    page = html(client, "/privacy/")

    assert "5 years after the case is closed; up to 7" in page
    assert "Version 2026.1 of this notice" in page
    assert "complaints@recourse.example" in page


@pytest.mark.parametrize("path", PAGES)
def test_page_is_sent_once_and_known_by_its_etag(client: Client, path: str) -> None:
    client.get(path)  # the first visit has no cookie yet
    first = client.get(path)
    if path == "/notices/subscribe/sent/":
        assert first["Cache-Control"] == "no-store, private"
        return
    again = client.get(path, HTTP_IF_NONE_MATCH=first["ETag"])

    assert first["Cache-Control"] == "private, no-cache"
    assert (again.status_code, again.content) == (304, b"")


def test_etag_is_another_one_in_another_language(client: Client) -> None:
    client.get("/notices/")
    english = client.get("/notices/")["ETag"]

    chinese = client.get("/notices/", HTTP_ACCEPT_LANGUAGE="zh-CN")

    assert (chinese.status_code, chinese["ETag"] == english) == (200, False)


@pytest.mark.parametrize("path", ["/pages/no/", "/learn/no/", "/notices/no/"])
def test_what_is_not_there_is_404(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404
    assert client.get(f"{path}versions/").status_code == 404


def test_page_with_an_address_of_its_own_is_sent_there(client: Client) -> None:
    assert client.get("/pages/privacy/").headers["Location"] == "/privacy/"


def test_etag_is_another_one_where_the_form_would_be_refused(client: Client) -> None:
    """A page kept from before signing in holds a token that no longer posts."""
    client.get("/notices/")
    before = client.get("/notices/")["ETag"]
    client.cookies["csrftoken"] = "a" * 32

    assert client.get("/notices/", HTTP_IF_NONE_MATCH=before).status_code == 200
