"""What an arbitrator asks of the customer is the loudest thing on the case page."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from appeals.models import Referral
from appeals.services.outside import hearing
from complaints.models import Complaint
from complaints.states import State
from complaints.templatetags.look import written
from tests.appeals.outside import stage
from tests.people import People

BY = timezone.now() + timedelta(days=5)


@pytest.fixture
def referral(people: People, case_at: Any) -> Referral:
    return stage.hearing(people, case_at(State.ANSWERED))


def _ask(row: Referral, side: str) -> Any:
    return hearing.ask(
        referral=row,
        side=side,
        text="Who had the key?",
        answer_by=BY,
        actor=stage.presiding(row),
    )


def _page(people: People, case: Complaint) -> Any:
    client = Client()
    client.force_login(people.customer)
    return client.get(f"/complaints/{case.reference}/")


def test_question_to_the_customer_waits_for_them(
    people: People, referral: Referral
) -> None:
    case = referral.complaint
    asked = _ask(referral, "customer")
    page = _page(people, case)

    html = page.content.decode()
    url = (
        f"/complaints/{case.reference}/appeal/{referral.appeal_id}"
        f"/outside/question/{asked.number}/"
    )
    assert page.context["status"] == "waiting"
    assert "Waiting for you" in html
    assert f"Your turn, by {escape(written(BY, 'moment'))}" in html
    assert f'<p class="q" lang="{case.language}">Who had the key?</p>' in html
    assert f'href="{url}"' in html
    assert html.index("Your turn") < html.index('class="sec"')

    hearing.answer(question=asked, text="Nobody.", actor=people.customer)
    after = _page(people, case)
    assert after.context["turns"] == []
    assert after.context["status"] != "waiting"


def test_orders_wait_too_and_the_first_due_comes_first(
    people: People, referral: Referral
) -> None:
    _ask(referral, "customer")
    sooner = BY - timedelta(days=1)
    hearing.order(
        referral=referral,
        side="customer",
        text="Send the statement.",
        due_at=sooner,
        actor=stage.presiding(referral),
    )

    turns = _page(people, referral.complaint).context["turns"]

    assert [(one.text, one.by) for one in turns] == [
        ("Send the statement.", sooner),
        ("Who had the key?", BY),
    ]


def test_question_to_the_exchange_is_not_the_customers_turn(
    people: People, referral: Referral
) -> None:
    _ask(referral, "company")

    page = _page(people, referral.complaint)

    assert page.context["turns"] == []
    assert page.context["status"] == str(referral.complaint.public_label)
    assert "Your turn" not in page.content.decode()
