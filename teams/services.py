"""Writes on people and teams. Grants follow memberships and nothing else."""

from collections.abc import Iterable
from decimal import Decimal

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, transaction
from django.utils import timezone

from teams.models import (
    Membership,
    Team,
    TeamUserObjectPermission,
    User,
)
from teams.models.user import UserKind
from teams.roles import codenames


@transaction.atomic
def add_member(
    *,
    user: User,
    team: Team,
    role: str,
    actor: User,
    approval_limit: Decimal | None = None,
) -> Membership:
    """Give ``user`` a role in ``team`` and the permissions it carries."""
    del actor  # recorded by the admin's own log; kept for the house rule
    membership, _made = Membership.objects.update_or_create(
        user=user, team=team, role=role, defaults={"approval_limit": approval_limit}
    )
    user.groups.add(team.group)
    if user.kind != UserKind.STAFF or not user.is_staff:
        user.kind, user.is_staff = UserKind.STAFF, True
        user.save(update_fields=["kind", "is_staff"])
    sync_grants(user, team)
    return membership


@transaction.atomic
def remove_member(*, user: User, team: Team, actor: User, role: str = "") -> None:
    """Take one role (or all) in ``team`` away; it works with the next request."""
    del actor
    rows = Membership.objects.filter(user=user, team=team)
    if role:
        rows = rows.filter(role=role)
    rows.delete()
    if not Membership.objects.filter(user=user, team=team).exists():
        user.groups.remove(team.group)
    sync_grants(user, team)


def sync_grants(user: User, team: Team) -> None:
    """Make guardian's rows of ``user`` on ``team`` equal what their roles carry."""
    roles = Membership.objects.filter(user=user, team=team).values_list(
        "role", flat=True
    )
    wanted: set[str] = set()
    for role in roles:
        wanted |= codenames(team.code, role)
    rows = TeamUserObjectPermission.objects.filter(user=user, content_object=team)
    rows.exclude(permission__codename__in=wanted).delete()
    have = set(rows.values_list("permission__codename", flat=True))
    content_type = ContentType.objects.get_for_model(Team)
    missing = Permission.objects.filter(
        content_type=content_type, codename__in=wanted - have
    )
    TeamUserObjectPermission.objects.bulk_create(
        TeamUserObjectPermission(user=user, content_object=team, permission=permission)
        for permission in missing
    )


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
