"""The pages everybody may read: all the law asks for, and the limits of the clocks."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from complaints import profiles
from complaints.profiles import limit_words
from complaints.public.figures import read
from complaints.public.template_fields import PARTS
from tests import cases
from tests.people import People

pytestmark = pytest.mark.django_db

PAGES = (
    *("/procedure/", "/procedure/template/", "/rules/", "/figures/", "/notices/"),
    *("/learn/", "/contact/", "/accessibility/", "/privacy/"),
)


def html(client: Client, path: str, **extra: Any) -> str:
    answer = client.get(path, **extra)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_page_needs_no_login(client: Client, path: str) -> None:
    assert "<h1>" in html(client, path)


@pytest.mark.parametrize("path", PAGES)
def test_page_refuses_to_be_written_to(client: Client, path: str) -> None:
    assert {client.post(path).status_code, client.delete(path).status_code} == {405}


@pytest.mark.parametrize("path", PAGES)
def test_page_has_no_inline_style_or_script(client: Client, path: str) -> None:
    page = html(client, path)

    assert " style=" not in page
    assert "<script>" not in page


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
    assert "Version 2026.1, last updated 1 January 2026" in page


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
    assert "Version 2026.1" in page
    assert "complaints@recourse.example" in page


def test_published_figures_hide_what_is_small(people: People) -> None:
    cases.at(people, "answered")

    year = read(timezone.now() + timedelta(minutes=1))

    assert (year.received, year.decided, year.upheld, year.days) == (None,) * 4


def test_published_figures_count_what_is_large_enough(people: People) -> None:
    now = timezone.now()
    for _number in range(9):
        cases.filed(people)
    assert read(now + timedelta(minutes=1)).received is None

    cases.filed(people)

    assert read(now + timedelta(minutes=1)).received == 10
