"""The account of a person or of a named part of the system."""

from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from teams.names import full_name


class UserKind(models.TextChoices):
    CUSTOMER = "customer", _("Customer")
    STAFF = "staff", _("Staff")
    SYSTEM = "system", _("System")


class User(AbstractUser):
    """A customer, a member of staff, or a system actor (which can never sign in).

    ``account_id`` is the account at the exchange, as the exchange itself confirmed it,
    ``account_tier`` the level that the exchange gives it.
    ``preferred_at`` is when they last chose language and notices themselves; before
    that each complaint keeps the language it was filed in.
    ``reports_to`` is the direct line; independence in appeals is judged on it.
    ``session_epoch`` is part of every session's proof: counted on, it ends them all.
    """

    kind = models.CharField(
        max_length=8, choices=UserKind.choices, default=UserKind.CUSTOMER
    )
    language = models.CharField(max_length=10, default="en")
    time_zone = models.CharField(max_length=64, default="UTC")
    account_id = models.CharField(
        _("account ID"), max_length=64, blank=True, default="", db_index=True
    )
    account_tier = models.CharField(
        _("account tier"), max_length=24, blank=True, default=""
    )
    muted_notices = models.JSONField(
        _("notices not sent by e-mail"), default=list, blank=True
    )
    preferred_at = models.DateTimeField(null=True, blank=True, editable=False)
    reports_to = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="reports"
    )
    session_epoch = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        swappable = "AUTH_USER_MODEL"
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(
                fields=["account_id"],
                condition=models.Q(kind=UserKind.CUSTOMER) & ~models.Q(account_id=""),
                name="account_id_once",
            ),
        ]

    def get_full_name(self) -> str:
        return full_name(self.first_name, self.last_name)

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @property
    def is_system(self) -> bool:
        return self.kind == UserKind.SYSTEM

    def _get_session_auth_hash(self, secret: Any = None) -> str:
        """What a session must hold to be theirs still; Django asks it each request.

        Sessions from before there were epochs stay good until the first one ends them.
        """
        proof: str = super()._get_session_auth_hash(secret)  # type: ignore[misc]
        return f"{proof}:{self.session_epoch}" if self.session_epoch else proof

    def line(self) -> frozenset[int]:
        """Primary keys of everyone this person reports to, directly or not."""
        seen: list[int] = []
        boss = self.reports_to
        while boss is not None and boss.pk not in seen:
            seen.append(boss.pk)
            boss = boss.reports_to
        return frozenset(seen)
