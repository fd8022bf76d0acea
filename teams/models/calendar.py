"""Working time. A change makes a new version, so old deadlines stay explainable."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Calendar(models.Model):
    """Working spans of a week in one time zone.

    ``spans`` maps the weekday ("0" is Monday) to ``[[start, end], …]`` in minutes
    after local midnight; ``end`` may be 1440.
    """

    code = models.SlugField(max_length=32)
    version = models.PositiveIntegerField(default=1)
    name = models.CharField(max_length=80)
    time_zone = models.CharField(max_length=64, default="UTC")
    spans = models.JSONField(default=dict)

    class Meta:
        ordering = ["code", "-version"]
        verbose_name = _("calendar")
        verbose_name_plural = _("calendars")
        constraints = [
            models.UniqueConstraint(
                fields=["code", "version"], name="calendar_version_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"

    @property
    def key(self) -> str:
        return f"{self.code}@{self.version}"


class Holiday(models.Model):
    """A day off, or (``working``) a weekend day that is worked to make up for one."""

    calendar = models.ForeignKey(
        Calendar, on_delete=models.CASCADE, related_name="holidays"
    )
    day = models.DateField()
    name = models.CharField(max_length=120)
    working = models.BooleanField(default=False)

    class Meta:
        ordering = ["day"]
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        constraints = [
            models.UniqueConstraint(fields=["calendar", "day"], name="holiday_once"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class Absence(models.Model):
    """A time in which somebody is given no new work; ``covered_by`` looks after it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="absences"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=120, blank=True, default="")
    covered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="covers",
        verbose_name=_("covered by"),
    )

    class Meta:
        ordering = ["-starts_at"]
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="absence_has_length",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.starts_at:%Y-%m-%d} - {self.ends_at:%Y-%m-%d}"

    def goes_on(self, at: datetime) -> bool:
        return self.starts_at <= at < self.ends_at
