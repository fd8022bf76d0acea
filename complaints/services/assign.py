"""Routing to a team, and within a team to the person who has the least to do."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.timezone import localdate

from complaints.errors import RecourseError
from complaints.models import Complaint, Conflict, Event, Representative
from complaints.registry import Done, effect
from complaints.states import SEVERITY_ORDER, WORKING_STATES, Barrier, State
from complaints.workflow import perform
from teams.competence import competent
from teams.cover import away, covered
from teams.models import Absence, RoutingRule, Team, TeamUserObjectPermission, User
from teams.models.team import alive
from teams.roles import Perm
from teams.routing import FALLBACK, Facts, first_match
from teams.system import ROUTING, system_actor

GIVEN = ("assign_to", "take")
LOOKED_BACK = 1_000
"""Events after which it no longer matters who got work when."""


def facts_of(complaint: Complaint) -> Facts:
    """What the rules look at, of one complaint."""
    return Facts(
        category=complaint.category.code if complaint.category else "",
        severity=complaint.severity,
        language=complaint.language,
        amount=complaint.reporting_value,
        funds_at_risk=complaint.funds_at_risk,
    )


def route(facts: Facts) -> Team:
    """The team of the first active rule that fits, support where none does."""
    rules = RoutingRule.objects.filter(active=True).select_related("team")
    rule = first_match(rules.order_by("position", "pk"), facts, SEVERITY_ORDER)
    return rule.team if rule else Team.objects.get(code=FALLBACK)


def suggest_team(complaint: Complaint) -> Team:
    """What triage is offered as the team to choose."""
    return route(facts_of(complaint))


def candidates(complaint: Complaint, now: datetime) -> QuerySet[User]:
    """Who may be given the case now, each with the number of cases ``in_hand``, those
    of who is away and whom they stand in for included.

    Handlers of its team who are active, present, competent (no training for such cases
    has run out), and neither conflicted nor the customer nor ever their representative.
    Of a barred case nobody: who is let in there is chosen by a person.
    """
    if complaint.barrier != Barrier.NONE:
        return User.objects.none()
    team = complaint.team_id
    category = complaint.category.code if complaint.category else ""
    handles = TeamUserObjectPermission.objects.filter(
        alive(now),
        user=OuterRef("pk"),
        content_object_id=team,
        permission__codename=Perm.HANDLE,
    )
    gone = Absence.objects.filter(away(now), user=OuterRef("pk"))
    barred = Conflict.objects.filter(
        user=OuterRef("pk"), complaint=complaint, lifted_at=None
    )
    able = User.objects.filter(
        Exists(handles),
        ~Exists(gone),
        ~Exists(barred),
        competent(category, localdate(now)),
        is_active=True,
    )
    if complaint.customer.user_id is not None:
        able = able.exclude(pk=complaint.customer.user_id)
    speakers = Representative.objects.filter(complaint=complaint, user=OuterRef("pk"))
    able = able.filter(~Exists(speakers))
    own = _in_hand(Q(handler=OuterRef("pk")))
    looked_after = covered(now).filter(covered_by=OuterRef(OuterRef("pk")))
    theirs = _in_hand(Q(handler__in=looked_after.order_by().values("user")))
    return able.annotate(
        in_hand=Coalesce(Subquery(own), 0) + Coalesce(Subquery(theirs), 0)
    )


def _in_hand(whose: Q) -> QuerySet[Any]:
    """How many cases they work on, from the index of their queue."""
    rows = Complaint.objects.filter(whose, state__in=sorted(WORKING_STATES))
    return rows.order_by().values(one=Value(1)).annotate(n=Count("pk")).values("n")


def best_of(people: Iterable[User]) -> User | None:
    """The least loaded of ``candidates``; of equals, who got work longest ago."""
    load = {person: getattr(person, "in_hand", 0) for person in people}
    least = min(load.values(), default=0)
    equals = [person for person, number in load.items() if number == least]
    if len(equals) < 2:
        return equals[0] if equals else None
    latest = _latest_first({person.pk for person in equals})
    return min(equals, key=lambda person: (latest.get(person.pk, 0), person.pk))


def _latest_first(people: Collection[int]) -> dict[int, int]:
    """When each last got a case, as a number that grows; read from recent events."""
    events = Event.objects.filter(what__in=GIVEN).order_by("-at", "-pk")
    recent = events.values_list("what", "actor_id", "payload__handler")[:LOOKED_BACK]
    found: dict[int, int] = {}
    for age, (what, actor, handler) in enumerate(recent):
        person = actor if what == "take" else handler
        if person in people:
            found.setdefault(person, LOOKED_BACK - age)
    return found


def auto_assign(complaint: Complaint, now: datetime | None = None) -> User | None:
    """Give an assigned case to the best candidate; None where there is nobody.

    The move is made by the routing actor through the one door. Raises what
    ``perform`` raises, such as ``IllegalMove`` when the case has a handler already.
    """
    moment = now or timezone.now()
    person = best_of(candidates(complaint, moment))
    if person is None:
        return None
    actor = system_actor(ROUTING)
    perform(complaint, "assign_to", actor=actor, now=moment, handler=person)
    return person


@effect("complaint", "admit", "reroute")
def assign_when_switched_on(done: Done) -> None:
    """With ``AUTO_ASSIGN`` the case has a handler as soon as it has a team.

    Done after the commit and once: a case nobody could be found for stays in the
    queue, which is where it would have been.
    """
    if settings.AUTO_ASSIGN:
        pk, now = done.obj.pk, done.now
        transaction.on_commit(lambda: _assign_later(pk, now), robust=True)


def _assign_later(pk: int, now: datetime) -> None:
    case = Complaint.objects.select_related("customer", "team").get(pk=pk)
    if case.state != State.ASSIGNED:
        return
    try:
        auto_assign(case, now)
    except RecourseError:
        # Somebody took it in the meantime, which is as good.
        return
