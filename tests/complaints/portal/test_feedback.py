"""Keeping a text, rating a case, and the part of the page that changes by itself."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from complaints.models import Complaint, Message, Rating, UnsentText
from complaints.services.correspond import note, reply
from tests.people import People

pytestmark = pytest.mark.django_db
CaseAt = Callable[..., Complaint]


@pytest.fixture
def mine(people: People) -> Client:
    client = Client()
    client.force_login(people.customer)
    return client


def test_text_kept_without_script_is_there_again_and_gone_once_sent(
    mine: Client, case_at: CaseAt
) -> None:
    case = case_at("investigating")
    url = f"/complaints/{case.reference}/message/"
    page = mine.post(url, {"text": "Half a <sentence>", "keep": "1"}, follow=True)

    assert "Half a &lt;sentence&gt;" in page.content.decode()
    assert not Message.objects.filter(text__contains="sentence").exists()
    mine.post(url, {"text": "A whole sentence"})
    assert Message.objects.filter(text="A whole sentence").count() == 1
    assert not UnsentText.objects.exists()


def test_script_gets_no_page_for_keeping(mine: Client, case_at: CaseAt) -> None:
    case = case_at("awaiting_customer")
    url = f"/complaints/{case.reference}/answer/"
    answer = mine.post(
        url, {"answer": "On Tues", "keep": "1"}, headers={"accept": "application/json"}
    )
    assert (answer.status_code, answer.content) == (204, b"")
    assert "On Tues" in mine.get(url).content.decode()
    case.refresh_from_db()
    assert case.state == "awaiting_customer"


def test_living_part_shows_what_came_and_no_note(
    mine: Client, people: People, case_at: CaseAt
) -> None:
    case = case_at("investigating")
    reply(complaint=case, text="We found the transfer.", actor=people.security)
    note(complaint=case, text="Do not tell.", actor=people.security)
    body = mine.get(f"/complaints/{case.reference}/live/").content.decode()

    assert "We found the transfer." in body
    assert "Do not tell." not in body
    assert "<html" not in body


def test_only_a_case_that_goes_on_asks_again(mine: Client, case_at: CaseAt) -> None:
    going, over = case_at("investigating"), case_at("closed")
    page = mine.get(f"/complaints/{going.reference}/").content.decode()
    assert f'data-poll="/complaints/{going.reference}/live/"' in page
    assert (
        "data-poll" not in mine.get(f"/complaints/{over.reference}/").content.decode()
    )


def test_rating_is_asked_for_once(mine: Client, case_at: CaseAt) -> None:
    case = case_at("closed")
    page, url = (
        f"/complaints/{case.reference}/",
        f"/complaints/{case.reference}/rating/",
    )
    assert url in mine.get(page).content.decode()

    answer = mine.post(url, {"comment": "No score"})
    assert answer.status_code == 422
    assert "No score" in answer.content.decode()
    assert mine.post(url, {"score": "2", "comment": "Slow"}).status_code == 302
    assert (Rating.objects.get().score, Rating.objects.get().comment) == (2, "Slow")
    assert url not in mine.get(page).content.decode()
    assert mine.post(url, {"score": "5"}).status_code == 409
    assert Rating.objects.get().score == 2


@pytest.mark.parametrize("given", [{"score": "6"}, {"score": "x"}, {"score": "-1"}])
def test_wrong_scores_are_refused(
    mine: Client, case_at: CaseAt, given: dict[str, Any]
) -> None:
    case = case_at("withdrawn")
    answer = mine.post(f"/complaints/{case.reference}/rating/", given)
    assert answer.status_code == 422
    assert not Rating.objects.exists()
