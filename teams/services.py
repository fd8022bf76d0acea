"""Writes on people and teams. Grants follow memberships and nothing else."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, transaction
from django.utils import timezone

from teams.models import (
    Membership,
    RoleTemplate,
    Team,
    TeamUserObjectPermission,
    User,
)
from teams.models.user import UserKind
from teams.roles import codenames
from teams.sessions import end_sessions
from teams.signals import rights_changed


@transaction.atomic
def add_member(
    *,
    user: User,
    team: Team,
    role: str,
    actor: User,
    approval_limit: Decimal | None = None,
    until: datetime | None = None,
    template: RoleTemplate | None = None,
    now: datetime | None = None,
) -> Membership:
    """Give ``user`` a role in ``team`` and the permissions it carries.

    It ends by itself at ``until``. Where anything changes by it, what the person has
    open ends: they sign in again, with all that staff are asked for.
    """
    key: dict[str, Any] = {"user": user, "team": team, "role": role}
    terms = {"approval_limit": approval_limit, "until": until}
    before = Membership.objects.filter(**key).values(*terms).first()
    membership, _made = Membership.objects.update_or_create(
        **key, defaults={**terms, "template": template}
    )
    user.groups.add(team.group)
    if user.kind != UserKind.STAFF or not user.is_staff:
        user.kind, user.is_staff = UserKind.STAFF, True
        user.save(update_fields=["kind", "is_staff"])
    sync_grants(user, team)
    if before != terms:
        what = "membership_given" if before is None else "membership_changed"
        facts = {"membership": membership.pk, "team": team.code, "role": role, **terms}
        _changed(user, what, facts, actor, now)
    return membership


@transaction.atomic
def remove_member(
    *,
    user: User,
    team: Team,
    actor: User,
    role: str = "",
    what: str = "membership_taken",
    now: datetime | None = None,
) -> None:
    """Take one role (or all) in ``team`` away; what the person has open ends."""
    rows = Membership.objects.filter(user=user, team=team)
    if role:
        rows = rows.filter(role=role)
    taken = sorted(rows.values_list("role", flat=True))
    rows.delete()
    if not Membership.objects.filter(user=user, team=team).exists():
        user.groups.remove(team.group)
    sync_grants(user, team)
    if taken:
        _changed(user, what, {"team": team.code, "roles": taken}, actor, now)


@transaction.atomic
def change_standing(
    *,
    user: User,
    actor: User,
    is_active: bool,
    is_superuser: bool,
    now: datetime | None = None,
) -> None:
    """Let somebody in or shut them out, as a person or as who configures the desk."""
    standing = {"is_active": is_active, "is_superuser": is_superuser}
    before = User.objects.filter(pk=user.pk).values(*standing).get()
    user.is_active, user.is_superuser = is_active, is_superuser
    user.is_staff = user.is_staff or is_superuser
    user.save(update_fields=[*standing, "is_staff"])
    if before != standing:
        _changed(user, "standing_changed", standing, actor, now)


def _changed(
    user: User, what: str, facts: dict[str, Any], actor: User, now: datetime | None
) -> None:
    end_sessions(user)
    rights_changed.send(
        User, user=user, actor=actor, what=what, facts=facts, now=now or timezone.now()
    )


def sync_grants(user: User, team: Team) -> None:
    """Make guardian's rows of ``user`` on ``team`` equal what their roles carry."""
    wanted = _carried(Membership.objects.filter(user=user, team=team), team.code)
    rows = TeamUserObjectPermission.objects.filter(user=user, content_object=team)
    rows.exclude(permission__codename__in=wanted).delete()
    for row in rows.select_related("permission"):
        until = wanted.pop(row.permission.codename)
        if row.until != until:
            rows.filter(pk=row.pk).update(until=until)
    content_type = ContentType.objects.get_for_model(Team)
    missing = Permission.objects.filter(content_type=content_type, codename__in=wanted)
    TeamUserObjectPermission.objects.bulk_create(
        TeamUserObjectPermission(
            user=user,
            content_object=team,
            permission=permission,
            until=wanted[permission.codename],
        )
        for permission in missing
    )


def _carried(
    memberships: Iterable[Membership], team_code: str
) -> dict[str, datetime | None]:
    """Each permission with the moment at which the last role that has it ends."""
    wanted: dict[str, datetime | None] = {}
    for row in memberships:
        for codename in codenames(team_code, row.role):
            until = wanted.get(codename, row.until)
            ends = row.until is not None and until is not None
            wanted[codename] = max(row.until, until) if ends else None  # type: ignore[type-var]
    return wanted


# What a person chooses, and who the exchange says they are ----------------------------


def prefer(
    *, user: User, language: str, time_zone: str, muted: Iterable[str], actor: User
) -> None:
    """Keep how ``user`` wants to be spoken to; ``muted`` are kinds of letters."""
    del actor
    user.language, user.time_zone = language, time_zone
    user.muted_notices = sorted(set(muted))
    user.preferred_at = timezone.now()
    user.save(update_fields=["language", "time_zone", "muted_notices", "preferred_at"])


def account_holder(account_id: str) -> User | None:
    """The customer to whom this account at the exchange belongs here, if any."""
    if not account_id:
        return None
    return User.objects.filter(account_id=account_id, kind=UserKind.CUSTOMER).first()


def name_account(*, user: User, account_id: str, actor: User) -> None:
    """Write down the account at the exchange that is ``user``'s; empty for none."""
    del actor
    if user.account_id != account_id:
        user.account_id = account_id
        user.save(update_fields=["account_id"])


def name_tier(*, user: User, tier: str) -> None:
    """Write down the level of the account at the exchange, as the exchange calls it."""
    kept = tier.strip().lower()[:24]
    if user.account_tier != kept:
        user.account_tier = kept
        user.save(update_fields=["account_tier"])


def customer_of_account(account_id: str) -> User:
    """The customer of an account that the exchange vouches for; made when first met.

    The name holds a sign that nobody can choose at the sign-up. Such a customer signs
    in by the exchange, or not at all.
    """
    known = account_holder(account_id)
    if known is not None:
        return known
    user = User(username=f"exchange:{account_id}", account_id=account_id)
    user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:
        return User.objects.get(account_id=account_id, kind=UserKind.CUSTOMER)
    return user
