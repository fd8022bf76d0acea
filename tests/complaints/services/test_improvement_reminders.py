"""Who hears of an improvement action."""

from datetime import timedelta

import pytest

from complaints.models import Outbox
from complaints.services.improvement_reminders import remind
from tests.complaints.services.improvement_steps import NOW, an_action
from tests.people import People

pytestmark = pytest.mark.django_db


def test_owner_is_reminded_before_and_leads_after(people: People) -> None:
    an_action(people)

    def told(days: int) -> list[str]:
        seen = set(Outbox.objects.values_list("pk", flat=True))
        at = NOW + timedelta(days=days)
        remind(now=at)
        assert remind(now=at) == 0
        rows = Outbox.objects.filter(key__startswith="improvement:").exclude(
            pk__in=seen
        )
        return sorted(row.recipient for row in rows)

    owner, lead = people.security.email, people.security_lead.email
    assert [told(days) for days in (20, 23, 25, 30, 31, 37, 37)] == [
        [],
        [owner],
        [],
        [owner, lead],
        [],
        [owner, lead],
        [],
    ]
