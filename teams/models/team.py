"""Teams and who belongs to them. Permissions stand on the team, never on a case."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from teams.roles import PERMISSIONS, TEAM_NAMES, Role


class Team(models.Model):
    """A group of people with one queue. ``code`` is what rules and profiles name."""

    code = models.SlugField(max_length=32, unique=True)
    name = models.CharField(max_length=80)
    group = models.OneToOneField(Group, on_delete=models.PROTECT, related_name="team")
    calendar = models.ForeignKey(
        "teams.Calendar", on_delete=models.PROTECT, related_name="teams"
    )
    email = models.EmailField(blank=True, default="")
    phone = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        ordering = ["code"]
        verbose_name = _("team")
        verbose_name_plural = _("teams")
        default_permissions = ()
        permissions = PERMISSIONS

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The team's name in the reader's language."""
        known = TEAM_NAMES.get(self.code)
        return str(known) if known else gettext(self.name)


def alive(at: datetime) -> models.Q:
    """Condition on rows with an ``until``: those that have not ended at ``at``."""
    return models.Q(until__isnull=True) | models.Q(until__gt=at)


class MembershipQuerySet(models.QuerySet["Membership"]):
    def live(self, at: datetime | None = None) -> "MembershipQuerySet":
        """Those in force at ``at`` (now): what has ended allows nothing."""
        return self.filter(alive(at or timezone.now()))


class Membership(models.Model):
    """One role of one person in one team; see ``teams.roles`` for what it allows.

    It ends by itself at ``until``, whether or not anybody has cleared it away by then.
    ``template`` is the bundle it was given with. ``confirmed_at`` is when the head
    last said that it is still needed.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role.choices)
    approval_limit = models.DecimalField(
        _("approval limit in the reporting currency"),
        max_digits=20,
        decimal_places=2,
        null=True,
        blank=True,
    )
    since = models.DateTimeField(auto_now_add=True)
    until = models.DateTimeField(_("ends at"), null=True, blank=True)
    template = models.ForeignKey(
        "teams.RoleTemplate",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="memberships",
    )
    confirmed_at = models.DateTimeField(null=True, blank=True, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["team", "user"]
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "team", "role"], name="membership_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["until"],
                name="membership_ending",
                condition=models.Q(until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()}, {self.team}"

    def is_live(self, at: datetime) -> bool:
        return self.until is None or self.until > at


class TeamUserObjectPermission(UserObjectPermissionBase):
    """guardian's grants to a person on a team; rows die with either of them.

    A grant ends with the last membership that carries it (``until``).
    """

    content_object: Any = models.ForeignKey(Team, on_delete=models.CASCADE)
    until = models.DateTimeField(null=True, blank=True)

    class Meta(UserObjectPermissionBase.Meta):
        abstract = False


class TeamGroupObjectPermission(GroupObjectPermissionBase):
    """guardian's grants to a whole group on a team."""

    content_object: Any = models.ForeignKey(Team, on_delete=models.CASCADE)

    class Meta(GroupObjectPermissionBase.Meta):
        abstract = False
