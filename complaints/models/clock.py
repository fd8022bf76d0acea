"""A limit that runs on a case: one row, claimed and reminded by conditional update."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from complaints.models.labels import Labelled
from complaints.states import ClockKind, Step


class Clock(Labelled, models.Model):
    """One running, paused or stopped limit.

    ``due_at`` is an instant in UTC reckoned in ``calendar`` ("code@version", empty
    for plain time). While paused, ``remaining`` is the working time left;
    ``paused_total`` is how long it stood still before that.
    ``subject`` tells clocks of the same step apart (a remedy, an appeal).
    """

    complaint = models.ForeignKey(
        "complaints.Complaint", on_delete=models.PROTECT, related_name="clocks"
    )
    kind = models.CharField(max_length=9, choices=ClockKind.choices)
    step = models.CharField(max_length=20, choices=Step.choices)
    subject = models.CharField(max_length=40, blank=True, default="")
    calendar = models.CharField(max_length=40, blank=True, default="")
    limit = models.CharField(max_length=40, blank=True, default="")
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True, blank=True)
    remaining = models.DurationField(null=True, blank=True)
    paused_total = models.DurationField(default=timedelta)
    reminded_level = models.PositiveSmallIntegerField(default=0)
    next_reminder_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    breached_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_at"]
        verbose_name = _("clock")
        verbose_name_plural = _("clocks")
        constraints = [
            models.UniqueConstraint(
                fields=["complaint", "step", "subject"],
                condition=models.Q(stopped_at__isnull=True),
                name="clock_runs_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_reminder_at", "id"],
                name="clock_reminders",
                condition=models.Q(stopped_at__isnull=True, paused_at__isnull=True),
            ),
            models.Index(
                fields=["step", "due_at"],
                name="clock_running",
                condition=models.Q(stopped_at__isnull=True),
            ),
            models.Index(fields=["complaint", "due_at"], name="clock_of_case"),
        ]

    def __str__(self) -> str:
        return f"{self.get_step_display()} {self.due_at:%Y-%m-%d %H:%M}"
