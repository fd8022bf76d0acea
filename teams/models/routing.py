"""Routing rules as data: the first one that fits says which team."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RoutingRule(models.Model):
    """Empty conditions fit all. ``category`` fits itself and what is below it."""

    position = models.PositiveIntegerField(default=100)
    category = models.CharField(max_length=48, blank=True, default="")
    minimum_severity = models.CharField(max_length=8, blank=True, default="")
    language = models.CharField(max_length=10, blank=True, default="")
    minimum_amount = models.DecimalField(
        _("minimum amount in the reporting currency"),
        max_digits=20,
        decimal_places=2,
        null=True,
        blank=True,
    )
    funds_at_risk = models.BooleanField(null=True, blank=True)
    team = models.ForeignKey(
        "teams.Team", on_delete=models.CASCADE, related_name="routing_rules"
    )
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("routing rule")
        verbose_name_plural = _("routing rules")

    def __str__(self) -> str:
        return f"{self.position}: {self.category or '*'} -> {self.team}"
