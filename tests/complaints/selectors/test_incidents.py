"""What the page of an incident says of its members."""

from decimal import Decimal

import pytest

from complaints.models import Complaint
from complaints.permissions import viewer_of
from complaints.selectors.incidents import member_rows, sums_of
from complaints.states import Barrier
from tests.complaints.services.incident_steps import with_members
from tests.people import People

pytestmark = pytest.mark.django_db


def test_barrier_that_comes_later_hides_the_member(people: People) -> None:
    incident, (one, other) = with_members(people, "assigned", "assigned")
    Complaint.objects.filter(pk=one.pk).update(barrier=Barrier.values[1])

    viewer = viewer_of(people.security_lead)
    sums = sums_of(incident, viewer)

    assert [row.complaint_id for row in member_rows(incident, viewer)] == [other.pk]
    assert (sums.seen, sums.hidden, sums.waiting) == (1, 1, 1)
    assert sums.money == [("USDT", Decimal(1860), Decimal(0))]
