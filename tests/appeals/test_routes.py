"""The desk sees which facts of the ways outside wait; customers do not read them."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from complaints.models import Complaint
from complaints.profiles.eu_casp import ROUTES
from complaints.states import State
from tests.appeals import walk
from tests.people import People

FRENCH = "17, place de la Bourse"


@pytest.fixture
def ruled(people: People, case_at: Any) -> Complaint:
    """Of a customer in France, with the ruling on the appeal."""
    case: Complaint = case_at(State.ANSWERED)
    case.customer.country = "FR"
    case.customer.save()
    walk.ruled(people, case, "confirmed")
    return case


def _pages(case: Complaint, client: Client) -> str:
    number = case.appeals.get().pk
    client.force_login(case.customer.user)
    refer = f"/complaints/{case.reference}/appeal/{number}/refer/"
    found = [client.get(page) for page in (refer, "/procedure/")]
    assert [one.status_code for one in found] == [200, 200]
    letter = case.letters.filter(kind="ruling").get()
    return "".join(one.content.decode() for one in found) + str(letter.body)


def test_customer_reads_nothing_that_waits(ruled: Complaint, client: Client) -> None:
    said = _pages(ruled, client)

    assert (FRENCH in said, "EUR 25" in said) == (False, False)
    assert "e-justice" in said
    assert "The body states its own limit: at least one year" in said


def test_customer_reads_what_was_checked(
    people: People, case_at: Any, client: Client, settings: Any
) -> None:
    settings.CHECKED_ROUTES = [route.code for route in ROUTES]
    case = case_at(State.ANSWERED)
    case.customer.country = "FR"
    case.customer.save()
    walk.ruled(people, case, "confirmed")

    assert FRENCH in _pages(case, client)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "to be checked before use"), ("zh-hans", "使用前须核实")],
)
def test_desk_sees_what_waits(
    people: People, client: Client, language: str, words: str
) -> None:
    client.force_login(people.head)
    client.cookies["django_language"] = language
    with override(language):
        page = client.get(reverse("admin:appeals_appeal_routes")).content.decode()

    assert FRENCH in page
    assert words in page
    assert "https://financialarbiter.org.mt/node/30" in page


def test_who_reads_no_appeals_does_not_see_it(people: People, client: Client) -> None:
    client.force_login(people.security)

    assert client.get(reverse("admin:appeals_appeal_routes")).status_code == 403
