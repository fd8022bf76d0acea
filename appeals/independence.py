"""Who is independent enough to look at a case a second time."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from complaints.models import Event, SignOff
from complaints.states import AppealState
from teams.models import Membership, User
from teams.roles import BY_ROLE, BY_TEAM, Perm, Role

TEAM = "appeals"
IN_HAND = (AppealState.LODGED, AppealState.ADMITTED, AppealState.REVIEWING)
"""States in which an appeal is work for its reviewer."""


def decided_by(complaint: Any) -> set[int]:
    """Proposers and signers of every first-stage decision of the case."""
    proposers = complaint.decisions.filter(on_appeal=False).exclude(proposed_by=None)
    signers = SignOff.objects.filter(
        decision__complaint=complaint, decision__on_appeal=False
    )
    return {
        *proposers.values_list("proposed_by_id", flat=True),
        *signers.values_list("signer_id", flat=True),
        *_refused_by(complaint),
    }


def _refused_by(complaint: Any) -> set[int]:
    """Whoever refused admission decided as well."""
    rows = Event.objects.filter(stream=complaint.stream, what="refuse_admission")
    return set(rows.values_list("actor_id", flat=True))


def acted(appeal: Any, user: User) -> bool:
    """Whether ``user`` has an event on the case before the file was frozen."""
    rows = Event.objects.filter(
        stream=appeal.stream, actor_id=user.pk, seq__lte=appeal.file_seq
    )
    return rows.exists()


def handled(complaint: Any, user: User) -> bool:
    """Whether the case was ever given to ``user``, even if they did nothing on it."""
    if complaint.handler_id == user.pk:
        return True
    rows = Event.objects.filter(
        stream=complaint.stream, what="assign_to", payload__handler=user.pk
    )
    return rows.exists()


def dependence(appeal: Any, user: User) -> Iterator[str | Promise]:
    """Reasons why ``user`` may not review ``appeal``; none means independent."""
    if acted(appeal, user) or handled(appeal.complaint, user):
        yield _("This person acted on the case before.")
    yield from decider_ties(appeal, user)


def decider_ties(appeal: Any, user: User) -> Iterator[str | Promise]:
    """Reasons why ``user`` may not even sign what comes of ``appeal``."""
    complaint = appeal.complaint
    deciders = decided_by(complaint)
    if user.pk in deciders:
        yield _("This person decided the case.")
    if user.line() & deciders:
        yield _("This person reports to somebody who decided the case.")
    if complaint.conflicts.filter(user_id=user.pk, lifted_at=None).exists():
        yield _("This person is named in the case or has a conflict of interest.")
    own = user.pk in (complaint.customer.user_id, appeal.lodged_by_id)
    if own or complaint.representatives.filter(user_id=user.pk).exists():
        yield _("This person lodged the appeal or is the customer.")


def ties_to(appeal: Any) -> Callable[[User], bool]:
    """Whether somebody is too close to the first decision to sign what replaces it."""
    return lambda user: any(decider_ties(appeal, user))


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
    free = (user for user in pool(now) if user.pk not in seated)
    return next((user for user in free if not any(dependence(appeal, user))), None)
