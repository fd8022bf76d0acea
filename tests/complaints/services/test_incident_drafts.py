"""The draft of one member of an incident."""

import pytest

from complaints.models import Complaint
from complaints.services.incident_answers import ANSWER
from complaints.services.incident_findings import set_finding
from tests.complaints.services.incident_steps import (
    SHARED,
    WORDS,
    outcomes,
    run,
    with_members,
)
from tests.people import People

pytestmark = pytest.mark.django_db


def test_no_words_in_the_language_of_the_customer_no_answer(people: People) -> None:
    incident, rows = with_members(people, "investigating")
    Complaint.objects.filter(pk=rows[0].pk).update(language="zh-hans")
    set_finding(
        incident=incident, shared=SHARED, words=WORDS, actor=people.security_lead
    )

    done = run(people.security, incident, ANSWER, rows)

    assert outcomes(done) == ["refused"]
    assert "Chinese" in done.items[0]["words"]
    assert not rows[0].decisions.exists()
