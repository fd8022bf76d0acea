"""Who is independent enough to look at a case a second time."""

from collections.abc import Callable, Container, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from appeals.concerned import Concerned, concerned
from complaints.models import Event
from complaints.states import AppealState
from teams.models import Membership, User
from teams.roles import BY_ROLE, BY_TEAM, Perm, Role

TEAM = "appeals"
IN_HAND = (AppealState.LODGED, AppealState.ADMITTED, AppealState.REVIEWING)
"""States in which an appeal is work for its reviewer."""

NEVER = 2**63
"""Later than any event."""


def acted(appeal: Any, user: User) -> bool:
    """Whether ``user`` has an event on the case before the file was frozen."""
    rows = Event.objects.filter(
        stream=appeal.stream, actor_id=user.pk, seq__lte=appeal.file_seq
    )
    return rows.exists()


def dependence(
    appeal: Any, user: User, known: Concerned | None = None
) -> Iterator[str | Promise]:
    """Reasons why ``user`` may not review ``appeal``; none means independent.

    ``known`` is who had to do with the case, where that was read already.
    """
    known = known or concerned(appeal.complaint)
    acted_before = known.acts.get(user.pk, NEVER) <= appeal.file_seq
    if acted_before or user.pk in known.given:
        yield _("This person acted on the case before.")
    yield from hearing_ties(appeal, user, known)


def hearing_ties(
    appeal: Any, user: User, known: Concerned | None = None
) -> Iterator[str | Promise]:
    """Reasons besides what they did themselves: those that may come up meanwhile."""
    known = known or concerned(appeal.complaint)
    yield from decider_ties(appeal, user, known)
    if user.pk in known.over_deciders:
        yield _("Somebody who decided the case reports to this person.")


def decider_ties(
    appeal: Any, user: User, known: Concerned | None = None
) -> Iterator[str | Promise]:
    """Reasons why ``user`` may not even sign what comes of ``appeal``."""
    known = known or concerned(appeal.complaint)
    if user.pk in known.deciders:
        yield _("This person decided the case.")
    if known.line(user.pk) & known.deciders:
        yield _("This person reports to somebody who decided the case.")
    if user.pk in known.conflicted:
        yield _("This person is named in the case or has a conflict of interest.")
    if user.pk in known.sides or user.pk == appeal.lodged_by_id:
        yield _("This person lodged the appeal or is the customer.")


def ties_to(appeal: Any) -> Callable[[User], bool]:
    """Whether somebody is too close to the first decision to sign what replaces it."""
    known = concerned(appeal.complaint)
    return lambda user: any(decider_ties(appeal, user, known))


# Who could review --------------------------------------------------------------------


def reviewing_roles() -> list[str]:
    """Roles that may review appeals when held in the appeals team."""
    return [
        role
        for role in Role.values
        if Perm.REVIEW_APPEALS in BY_ROLE[role] | BY_TEAM.get((TEAM, role), frozenset())
    ]


def pool(now: datetime) -> list[User]:
    """Present reviewers, those with the fewest appeals in hand first.

    Leads come last: they are needed to sign the new decision of a small case.
    """
    away = Q(absences__starts_at__lte=now, absences__ends_at__gt=now)
    members = Membership.objects.live(now).filter(
        team__code=TEAM, role__in=reviewing_roles()
    )
    users = (
        User.objects.filter(pk__in=members.values("user_id"), is_active=True)
        .exclude(pk__in=User.objects.filter(away).values("pk"))
        .annotate(
            in_hand=Count(
                "reviews", filter=Q(reviews__state__in=IN_HAND), distinct=True
            )
            + Count(
                "panel_seats",
                filter=Q(
                    panel_seats__left_at=None, panel_seats__appeal__state__in=IN_HAND
                ),
                distinct=True,
            )
        )
    )
    leads = set(members.filter(role=Role.LEAD).values_list("user_id", flat=True))
    return sorted(users, key=lambda user: _rank(user, leads))


def _rank(user: Any, leads: set[int]) -> tuple[bool, int, int]:
    return user.pk in leads, user.in_hand, user.pk


def independent_reviewer(appeal: Any, now: datetime) -> User | None:
    """The least loaded independent reviewer, None when nobody is left.

    Nobody who sits on the panel of the appeal already: it would have two voices.
    """
    seated = set(appeal.seats.filter(left_at=None).values_list("user_id", flat=True))
    return next(iter(free_reviewers(appeal, now, but=seated)), None)


def free_reviewers(appeal: Any, now: datetime, *, but: Container[int]) -> list[User]:
    """All who could hear ``appeal`` and are independent of it, the least loaded first;
    none of ``but``, by primary key."""
    known = concerned(appeal.complaint)
    return [
        user
        for user in pool(now)
        if user.pk not in but and not any(dependence(appeal, user, known))
    ]
