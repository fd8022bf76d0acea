"""What the desk learned from its own triage."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LearnedTopics(models.Model):
    """The counts of ``complaints.bayes``; the newest row is the one that is asked."""

    made_at = models.DateTimeField()
    cases = models.PositiveIntegerField()
    counts = models.JSONField()

    class Meta:
        ordering = ["-made_at", "-pk"]
        get_latest_by = "made_at"
        verbose_name = _("what triage learned")
        verbose_name_plural = _("what triage learned")

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d}, {self.cases}"
