"""A training that ran out: the router passes by, a lead is told why."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from complaints.errors import GuardRefused
from complaints.models import Outbox
from complaints.services.access_reminders import remind
from complaints.services.assign import auto_assign, candidates
from complaints.workflow import perform
from teams.competence import lapsed_of
from teams.models import Competence, User
from tests import cases
from tests.people import People

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 20)
YESTERDAY = TODAY - timedelta(days=1)


def holds(user: User, until: date, category: str = "security") -> Competence:
    return Competence.objects.create(
        user=user, title="Chain analysis", category=category, valid_until=until
    )


@pytest.mark.parametrize(
    ("category", "until", "of_case", "stands_in_the_way"),
    [
        ("security", YESTERDAY, "security.unauthorised-withdrawal", True),
        ("security", YESTERDAY, "security", True),
        ("security", YESTERDAY, "securities", False),
        ("security.takeover", YESTERDAY, "security", False),
        ("", YESTERDAY, "fees", True),
        ("", YESTERDAY, "", True),
        ("security", YESTERDAY, "", False),
        ("security", TODAY, "security", False),
    ],
)
def test_what_stands_in_the_way(
    people: People, category: str, until: date, of_case: str, stands_in_the_way: bool
) -> None:
    row = holds(people.security, until, category)
    found = lapsed_of(people.security, of_case, TODAY)
    assert found == (row if stands_in_the_way else None)


def test_a_renewal_makes_it_good_again(people: People) -> None:
    holds(people.security, YESTERDAY)
    holds(people.security, TODAY + timedelta(days=300))
    assert lapsed_of(people.security, "security", TODAY) is None


def test_the_router_passes_by_whose_training_ran_out(people: People) -> None:
    case = cases.at(people, "assigned")
    holds(people.security, timezone.localdate() - timedelta(days=1))
    assert people.security not in candidates(case, timezone.now())
    assert auto_assign(case) == people.security_lead


def test_a_lead_is_told_which_training_ran_out_and_when(people: People) -> None:
    case = cases.at(people, "assigned")
    holds(people.security, date(2026, 1, 31))
    with pytest.raises(GuardRefused) as refused:
        perform(case, "assign_to", actor=people.security_lead, handler=people.security)
    said = str(refused.value.refusals[0].words)
    assert "Chain analysis" in said
    assert "31 January 2026" in said
    with pytest.raises(GuardRefused):
        perform(case, "take", actor=people.security)


def test_reminders_before_it_runs_out_come_once_each(people: People) -> None:
    today = timezone.localdate()
    row = holds(people.security, today + timedelta(days=30))
    sent = []
    for days in (0, 0, 10, 23, 29, 30, 31):
        before = set(Outbox.objects.values_list("pk", flat=True))
        remind(now=timezone.now() + timedelta(days=days))
        new = Outbox.objects.exclude(pk__in=before).filter(key__startswith="competence")
        sent.append(sorted(new.values_list("recipient", flat=True)))
    both = [people.security.email, people.security_lead.email]
    assert sent == [both, [], [], both, [], both, []]
    assert str(row.title) in Outbox.objects.filter(key__startswith="competence")[0].body
