"""What the service of calls refuses, whatever form it is called from."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from complaints.errors import InvalidInput, NotPermitted, NotVisible
from complaints.models import Complaint, Message
from complaints.services import calls
from complaints.services.calls import Call
from tests import cases
from tests.people import People

pytestmark = pytest.mark.django_db


def add(case: Complaint, actor: Any, **call: Any) -> Message:
    return calls.add_call(
        complaint=case,
        text="It never came.",
        call=Call(**call),
        channel="phone",
        actor=actor,
    )


@pytest.mark.parametrize("who", ["risk", "reviewer", "outsider", "head"])
def test_words_are_added_by_whom_may_speak_for_the_customer(
    people: People, who: str
) -> None:
    case = cases.at(people, "assigned")
    with pytest.raises(NotVisible):
        add(case, people.all()[who])
    assert add(case, people.security).complaint == case


def test_barred_case_takes_no_call(people: People) -> None:
    case = cases.at(people, "assigned")
    Complaint.objects.filter(pk=case.pk).update(barrier="insider")
    with pytest.raises(NotVisible):
        add(case, people.support)


@pytest.mark.parametrize(
    ("call", "field"),
    [
        ({"checked": ("astrology",)}, "checked"),
        ({"promised_by": timezone.now() + timedelta(days=1)}, "promised"),
        ({"promised": "x", "promised_by": timezone.now()}, "promised_by"),
        ({"promised": "x" * 2001}, "promised"),
    ],
)
def test_what_cannot_be_kept(people: People, call: dict[str, Any], field: str) -> None:
    case = cases.at(people, "assigned")
    with pytest.raises(InvalidInput) as refused:
        add(case, people.support, **call)
    assert refused.value.field == field
    assert not case.messages.exists()


def test_only_support_names_accounts(people: People) -> None:
    sure = Call(checked=("account", "recent"))
    with pytest.raises(NotPermitted):
        calls.customer_of(people.customer, sure, people.security)
    assert calls.customer_of(people.customer, sure, people.support).user
    with pytest.raises(InvalidInput):
        calls.customer_of(people.customer, Call(checked=("recent",)), people.support)


def test_one_step_twice_is_one_step() -> None:
    assert not Call(checked=("recent", "recent")).identified
