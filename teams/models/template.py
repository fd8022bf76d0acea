"""Bundles of roles with a name, given to a person at once."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from teams.roles import Role


class RoleTemplate(models.Model):
    """What people of one job hold. ``days`` bounds it; empty means until revoked."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    note = models.CharField(_("what it is for"), max_length=300, blank=True, default="")
    days = models.PositiveSmallIntegerField(
        _("ends after so many days"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(3650)],
    )
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("role template")
        verbose_name_plural = _("role templates")

    def __str__(self) -> str:
        return self.name


class TemplateRole(models.Model):
    """One role in one team that a template holds."""

    template = models.ForeignKey(
        RoleTemplate, on_delete=models.CASCADE, related_name="roles"
    )
    team = models.ForeignKey("teams.Team", on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=12, choices=Role.choices)
    approval_limit = models.DecimalField(
        _("approval limit in the reporting currency"),
        max_digits=20,
        decimal_places=2,
        null=True,
        blank=True,
    )

    class Meta:
        ordering = ["team", "role"]
        verbose_name = _("role of the template")
        verbose_name_plural = _("roles of the template")
        constraints = [
            models.UniqueConstraint(
                fields=["template", "team", "role"], name="template_role_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}, {self.team}"
