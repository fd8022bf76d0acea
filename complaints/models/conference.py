"""A case conference: people of several teams, one agenda, one hour, its minutes."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Conference(models.Model):
    """``sequence`` counts the changes of its invitation (RFC 5545, 3.8.7.4).

    ``names`` are those of ``people`` on the day they were invited; the texts stand on
    the ledger too, and are emptied with the case.
    """

    complaint = models.ForeignKey(
        "complaints.Complaint", on_delete=models.PROTECT, related_name="conferences"
    )
    agenda = models.TextField()
    place = models.CharField(max_length=300, blank=True, default="")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    people = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="conferences", blank=True
    )
    names = models.CharField(max_length=600, blank=True, default="")
    called_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    called_at = models.DateTimeField()
    sequence = models.PositiveSmallIntegerField(default=0)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    minutes = models.TextField(blank=True, default="")
    minutes_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    minutes_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["starts_at", "pk"]
        verbose_name = _("case conference")
        verbose_name_plural = _("case conferences")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="conference_has_length",
            ),
            models.CheckConstraint(
                condition=models.Q(minutes_at__isnull=True)
                | models.Q(cancelled_at__isnull=True),
                name="conference_held_or_cancelled",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.complaint} {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def is_open(self) -> bool:
        """Neither cancelled nor written up."""
        return self.cancelled_at is None and self.minutes_at is None
