"""Cases that look like one incident nobody named."""

import pytest
from django.utils import timezone

from complaints.models import Complaint, Party
from complaints.permissions import viewer_of
from complaints.selectors.incident_groups import groups
from tests import cases
from tests.people import People

pytestmark = pytest.mark.django_db


def test_groups_nobody_named_so_far(people: People) -> None:
    for user in (people.customer, people.other_customer, people.outsider):
        cases.at(people, "assigned", by=user)

    found = groups(viewer_of(people.security_lead), timezone.now())

    assert [(one.sign, one.what, one.count) for one in found] == [
        ("transaction", "9f3c51aa5a697c", 3)
    ]
    assert groups(viewer_of(people.risk), timezone.now()) == []


def test_one_customer_who_writes_often_is_no_group(people: People) -> None:
    """Five customers alike are one; five cases of two customers are none."""
    viewer, now = viewer_of(people.security_lead), timezone.now()
    made = [
        cases.at(people, "assigned", by=user, identifiers=())
        for user in (people.customer,) * 4 + (people.other_customer,)
    ]
    assert groups(viewer, now) == []

    for case in made:
        own = Party.objects.create(last_name="Own")
        Complaint.objects.filter(pk=case.pk).update(customer=own)

    (found,) = groups(viewer, now)
    assert (found.sign, found.count) == ("topic", 5)
    assert found.since == min(case.received_at for case in made)
