"""The account of a person or of a named part of the system."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class UserKind(models.TextChoices):
    CUSTOMER = "customer", _("Customer")
    STAFF = "staff", _("Staff")
    SYSTEM = "system", _("System")


class User(AbstractUser):
    """A customer, a member of staff, or a system actor (which can never sign in).

    ``reports_to`` is the direct line; independence in appeals is judged on it.
    """

    kind = models.CharField(
        max_length=8, choices=UserKind.choices, default=UserKind.CUSTOMER
    )
    language = models.CharField(max_length=10, default="en")
    time_zone = models.CharField(max_length=64, default="UTC")
    account_id = models.CharField(
        _("account ID"), max_length=64, blank=True, default="", db_index=True
    )
    reports_to = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="reports"
    )

    class Meta:
        swappable = "AUTH_USER_MODEL"
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @property
    def is_system(self) -> bool:
        return self.kind == UserKind.SYSTEM

    def line(self) -> frozenset[int]:
        """Primary keys of everyone this person reports to, directly or not."""
        seen: list[int] = []
        boss = self.reports_to
        while boss is not None and boss.pk not in seen:
            seen.append(boss.pk)
            boss = boss.reports_to
        return frozenset(seen)
