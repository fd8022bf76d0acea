"""What is said on a merged case, and who may read it."""

import pytest
from django.test import Client
from django.urls import reverse

from complaints.models import Clock, Complaint
from complaints.services import correspond
from complaints.workflow import perform
from tests import cases
from tests.people import People

pytestmark = pytest.mark.django_db

SECRET = "My new telephone number is 555 0199"


def merged(people: People, *, same_customer: bool) -> tuple[Complaint, Complaint]:
    """(the case that was merged, the case it was merged into), of one incident."""
    other = people.customer if same_customer else people.other_customer
    case, survivor = cases.filed(people), cases.filed(people, by=other)
    for each in (case, survivor):
        cases.admit(people, each)
    perform(
        case,
        "merge_into",
        actor=people.security,
        survivor=survivor,
        reason="One incident",
    )
    return case, survivor


def test_a_message_goes_to_the_survivor_of_the_same_customer(people: People) -> None:
    case, survivor = merged(people, same_customer=True)

    message = correspond.customer_writes(
        complaint=case, text=SECRET, actor=people.customer
    )

    assert message.complaint == survivor


def test_a_message_never_goes_to_a_case_of_somebody_else(
    people: People, client: Client
) -> None:
    case, survivor = merged(people, same_customer=False)

    message = correspond.customer_writes(
        complaint=case, text=SECRET, actor=people.customer
    )

    assert message.complaint == case
    assert not survivor.messages.exists()
    client.force_login(people.other_customer)
    page = client.get(reverse("portal:case", args=[survivor.reference]))
    assert SECRET not in page.content.decode()


def test_the_lead_hears_of_it(people: People) -> None:
    case, _survivor = merged(people, same_customer=False)

    correspond.customer_writes(complaint=case, text=SECRET, actor=people.customer)

    assert Clock.objects.filter(
        complaint=case, step="follow_up", stopped_at=None
    ).exists()


def test_the_reference_of_somebody_else_is_not_told(
    people: People, client: Client
) -> None:
    case, survivor = merged(people, same_customer=False)

    client.force_login(people.customer)
    page = client.get(reverse("portal:case", args=[case.reference]))

    assert page.status_code == 200
    assert survivor.reference not in page.content.decode()
