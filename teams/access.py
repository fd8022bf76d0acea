"""Access over time: bundles given at once, ends by the clock, reviews by the head."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from teams.models import Membership, RoleTemplate, User
from teams.services import add_member, remove_member
from teams.signals import rights_changed
from teams.system import SCHEDULER, system_actor

REVIEWED_EVERY = timedelta(days=90)
"""After so long a membership that nobody confirmed is due for a look."""


@transaction.atomic
def give_template(
    *,
    template: RoleTemplate,
    user: User,
    actor: User,
    until: datetime | None = None,
    now: datetime | None = None,
) -> list[Membership]:
    """Give ``user`` every role that the template holds; all of them or none.

    Without ``until`` the template's own length counts. Roles they have already are
    kept as they are: a bundle never shortens nor widens what was given otherwise.
    """
    moment = now or timezone.now()
    if until is None and template.days is not None:
        until = moment + timedelta(days=template.days)
    held = set(user.memberships.live(moment).values_list("team_id", "role"))
    return [
        add_member(
            user=user,
            team=row.team,
            role=row.role,
            approval_limit=row.approval_limit,
            until=until,
            template=template,
            actor=actor,
            now=moment,
        )
        for row in template.roles.select_related("team")
        if (row.team_id, row.role) not in held
    ]


def end_expired(*, now: datetime | None = None) -> int:
    """Clear away memberships whose time has come; how many there were.

    They allow nothing since that moment. This is what ends open sessions, takes the
    rows out of the lists and writes it down.
    """
    moment, actor = now or timezone.now(), system_actor(SCHEDULER)
    ended = Membership.objects.filter(until__lte=moment).select_related("user", "team")
    number = 0
    for row in ended.order_by("pk"):
        number += _end(row, actor, moment)
    return number


@transaction.atomic
def _end(row: Membership, actor: User, now: datetime) -> bool:
    """Unless somebody else did, or it was prolonged meanwhile."""
    held = Membership.objects.select_for_update().filter(pk=row.pk, until__lte=now)
    if not held.exists():
        return False
    remove_member(
        user=row.user,
        team=row.team,
        role=row.role,
        actor=actor,
        what="membership_ended",
        now=now,
    )
    return True


@transaction.atomic
def confirm(
    *, membership: Membership, actor: User, now: datetime | None = None
) -> None:
    """Say that it is still needed, for another ``REVIEWED_EVERY``."""
    moment = now or timezone.now()
    membership.confirmed_at, membership.confirmed_by = moment, actor
    membership.save(update_fields=["confirmed_at", "confirmed_by"])
    facts = {
        "membership": membership.pk,
        "team": membership.team.code,
        "role": membership.role,
    }
    rights_changed.send(
        User,
        user=membership.user,
        actor=actor,
        what="membership_confirmed",
        facts=facts,
        now=moment,
    )


def is_due(membership: Membership, now: datetime) -> bool:
    """Whether the head should look at it again."""
    return (membership.confirmed_at or membership.since) + REVIEWED_EVERY <= now


def due(rows: Iterable[Membership], now: datetime) -> list[Membership]:
    return [row for row in rows if is_due(row, now)]
