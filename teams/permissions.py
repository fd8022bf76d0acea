"""What people hold on which team, read from guardian's rows."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from teams.models import (
    Team,
    TeamGroupObjectPermission,
    TeamUserObjectPermission,
    User,
)
from teams.models.team import alive
from teams.questions import Question

Grants = dict[str, frozenset[int]]
"""Codename -> primary keys of the teams it stands on."""


def grants_of(user: User) -> Grants:
    """What ``user`` holds now; empty for inactive users. One query.

    Model-wide permissions and the superuser flag count for nothing: a case is seen
    through its team or not at all.
    """
    if not user.is_active:
        return {}
    return _by_codename(row[1:] for row in _OF_ONE.ask(user.pk, timezone.now()))


def grants_of_all(users: Collection[User]) -> dict[int, Grants]:
    """The same for many people, by primary key, in the same one query."""
    held: dict[int, list[tuple[str, int]]] = {user.pk: [] for user in users}
    for user, codename, team in _rows(list(held), timezone.now()):
        held[user].append((codename, team))
    return {user: _by_codename(found) for user, found in held.items()}


def _by_codename(held: Iterable[tuple[Any, ...]]) -> Grants:
    found: dict[str, set[int]] = {}
    for codename, team in held:
        found.setdefault(codename, set()).add(team)
    return {codename: frozenset(teams) for codename, teams in found.items()}


def _rows(users: list[int], at: datetime) -> QuerySet[Any, tuple[int, str, int]]:
    held = ("permission__codename", "content_object")
    own = TeamUserObjectPermission.objects.filter(alive(at), user__in=users)
    groups = TeamGroupObjectPermission.objects.filter(group__user__in=users)
    return own.values_list("user", *held).union(
        groups.values_list("group__user", *held), all=True
    )


_OF_ONE = Question(lambda user, at: _rows([user], at))


def holders_of(codenames: Collection[str]) -> QuerySet[User]:
    """Active people who hold one of ``codenames`` on some team."""
    own = TeamUserObjectPermission.objects.filter(
        alive(timezone.now()), permission__codename__in=codenames
    )
    groups = TeamGroupObjectPermission.objects.filter(
        permission__codename__in=codenames
    )
    held = Q(pk__in=own.values("user")) | Q(pk__in=groups.values("group__user"))
    return User.objects.filter(held, is_active=True).order_by("pk")


def holders_on(team: Team, codename: str, at: datetime) -> QuerySet[User]:
    """Active people who hold ``codename`` on ``team`` at ``at``, by name."""
    held = TeamUserObjectPermission.objects.filter(
        alive(at), content_object=team, permission__codename=codename
    )
    return User.objects.filter(pk__in=held.values("user"), is_active=True).order_by(
        "first_name", "username"
    )
