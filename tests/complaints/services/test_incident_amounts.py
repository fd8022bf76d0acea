"""What each customer of an incident gets."""

from decimal import Decimal

import pytest

from complaints.models import IncidentCase
from complaints.services.incident_amounts import set_amounts
from complaints.services.incident_answers import ANSWER
from complaints.services.incident_findings import set_finding
from tests.complaints.services.incident_steps import SHARED, WORDS, run, with_members
from tests.people import People

pytestmark = pytest.mark.django_db


def test_amount_stands_as_it_was_proposed(people: People) -> None:
    """Else the incident would show another one than what is signed and sent."""
    incident, (early, late) = with_members(people, "investigating", "investigating")
    lead = people.security_lead
    set_finding(incident=incident, shared=SHARED, words=WORDS, actor=lead)

    def give(amount: str) -> int:
        return set_amounts(
            incident=incident,
            amounts={case.pk: Decimal(amount) for case in (early, late)},
            asset="USDT",
            rate=Decimal(1),
            actor=lead,
        )

    assert give("12.5") == 2
    run(people.security, incident, ANSWER, [early])
    assert give("99") == 1

    rows = IncidentCase.objects.order_by("pk").values_list("complaint", "amount")
    assert dict(rows) == {early.pk: Decimal("12.5"), late.pk: Decimal(99)}
