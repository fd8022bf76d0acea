"""To which team, and to whom: as the rules say, and the least loaded first."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from complaints.models import Category, Complaint, Conflict, Event
from complaints.services import assign
from complaints.workflow import perform
from teams.models import Absence, RoutingRule, Team, User
from teams.routing import Facts
from teams.services import add_member
from teams.system import system_actor
from tests import cases
from tests.people import People, make_user

CaseAt = Callable[..., Complaint]


@pytest.fixture
def second(people: People) -> User:
    """Another handler of the security team."""
    user = make_user("security_2")
    team = Team.objects.get(code="security")
    add_member(user=user, team=team, role="member", actor=system_actor())
    return user


@pytest.mark.parametrize(
    ("facts", "team"),
    [
        (Facts(category="security.takeover"), "security"),
        (Facts(category="trading.price"), "risk"),
        (Facts(category="trading.price", funds_at_risk=True), "security"),
        (Facts(category="fees"), "support"),
        (Facts(category="nobody.knows"), "support"),
        (Facts(), "support"),
    ],
)
def test_route_by_the_rules_that_are_installed(
    db: None, facts: Facts, team: str
) -> None:
    assert assign.route(facts).code == team


def test_route_leaves_out_rules_that_are_switched_off(db: None) -> None:
    RoutingRule.objects.update(active=False)
    assert assign.route(Facts(category="trading")).code == "support"


def test_route_of_an_operator_s_rule_comes_first(db: None) -> None:
    legal = Team.objects.get(code="legal")
    RoutingRule.objects.create(position=1, minimum_amount=Decimal(10_000), team=legal)

    assert assign.route(Facts(amount=Decimal(10_000))).code == "legal"


def test_suggest_team_of_a_complaint(people: People) -> None:
    category = Category.objects.get(code="technical.outage")
    assert assign.suggest_team(cases.filed(people, category=category)).code == "tech"


def test_auto_assign_gives_the_case_to_the_least_loaded(
    people: People, second: User, case_at: CaseAt
) -> None:
    busy = case_at("assigned")
    lead = people.security_lead
    for person in (people.security, lead):
        case = case_at("assigned")
        perform(case, "assign_to", actor=lead, handler=person)

    assert assign.auto_assign(busy) == second

    assert (busy.state, busy.handler) == ("investigating", second)
    event = Event.objects.filter(what="assign_to").latest("pk")
    assert event.actor.username == "routing"


def test_auto_assign_of_equals_takes_who_got_work_longest_ago(
    people: People, second: User, case_at: CaseAt
) -> None:
    now = timezone.now()
    order = (second, people.security_lead, people.security)
    for age, person in enumerate(order):
        at = now - timedelta(days=10 - age)
        case = case_at("assigned")
        perform(case, "assign_to", actor=people.security_lead, handler=person, now=at)

    assert assign.auto_assign(case_at("assigned")) == second


@pytest.mark.parametrize("reason", ["away", "conflicted", "left", "own"])
def test_auto_assign_passes_over_who_may_not_have_it(
    people: People, second: User, case_at: CaseAt, reason: str
) -> None:
    case, now = case_at("assigned"), timezone.now()
    for person in (people.security, people.security_lead):
        Absence.objects.create(
            user=person, starts_at=now, ends_at=now + timedelta(days=1)
        )
    if reason == "away":
        Absence.objects.create(
            user=second, starts_at=now, ends_at=now + timedelta(days=1)
        )
    elif reason == "conflicted":
        Conflict.objects.create(
            complaint=case,
            user=second,
            kind="named",
            recorded_by=people.head,
            recorded_at=now,
        )
    elif reason == "left":
        User.objects.filter(pk=second.pk).update(is_active=False)
    else:
        case.customer.user = second
        case.customer.save()

    assert assign.auto_assign(case, now) is None
    assert case.state == "assigned"


def test_auto_assign_leaves_a_barred_case_to_people(case_at: CaseAt) -> None:
    case = case_at("assigned")
    Complaint.objects.filter(pk=case.pk).update(barrier="insider")
    case.refresh_from_db()

    assert assign.auto_assign(case) is None


@pytest.mark.parametrize(
    ("switch", "state"), [(False, "assigned"), (True, "investigating")]
)
def test_admission_assigns_when_it_is_switched_on(
    people: People,
    settings: object,
    django_capture_on_commit_callbacks: Callable[..., object],
    switch: bool,
    state: str,
) -> None:
    settings.AUTO_ASSIGN = switch  # type: ignore[attr-defined]
    case = cases.filed(people)

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        cases.admit(people, case)

    case.refresh_from_db()
    assert case.state == state


def test_candidates_cost_the_same_however_many_there_are(
    people: People, second: User, case_at: CaseAt, django_assert_num_queries: object
) -> None:
    case = case_at("assigned")
    case.customer, case.category  # noqa: B018 - read before counting
    with django_assert_num_queries(2):  # type: ignore[operator]
        assign.best_of(assign.candidates(case, timezone.now()))
