"""The shared finding of an incident."""

from typing import Any

import pytest

from complaints.errors import (
    InvalidInput,
)
from complaints.services.incident_findings import Shared, set_finding
from tests.complaints.services.incident_steps import SHARED, WORDS, an_incident
from tests.people import People

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "change", [{"cause": "weather"}, {"outcome": ""}, {"exchange_share": 101}]
)
def test_finding_is_of_the_lists(people: People, change: dict[str, Any]) -> None:
    incident = an_incident(people)
    with pytest.raises(InvalidInput):
        set_finding(
            incident=incident,
            shared=Shared(**{**vars(SHARED), **change}),
            words=WORDS,
            actor=people.security_lead,
        )
    assert incident.findings.count() == 0
