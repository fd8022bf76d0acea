"""What the customer leaves beside the case: a text not sent yet, and a rating."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class UnsentText(models.Model):
    """What somebody typed on a case and did not send; gone when it is sent.

    ``writer`` is who typed it: whoever came by a link shares the guest's row.
    """

    complaint = models.ForeignKey(
        "complaints.Complaint", on_delete=models.CASCADE, related_name="unsent_texts"
    )
    writer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    text = models.TextField()
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name = _("unsent text")
        verbose_name_plural = _("unsent texts")
        constraints = [
            models.UniqueConstraint(
                fields=["complaint", "writer"], name="unsent_once_a_writer"
            ),
        ]
        indexes = [models.Index(fields=["updated_at"], name="unsent_age")]

    def __str__(self) -> str:
        return f"{self.complaint_id}: {self.updated_at:%Y-%m-%d %H:%M}"


class Rating(models.Model):
    """How the customer found the handling, once, after closing (ISO 10002, 8.3)."""

    class Score(models.IntegerChoices):
        VERY_BAD = 1, _("Very badly")
        BAD = 2, _("Badly")
        FAIR = 3, _("Fairly")
        GOOD = 4, _("Well")
        VERY_GOOD = 5, _("Very well")

    complaint = models.OneToOneField(
        "complaints.Complaint", on_delete=models.PROTECT, related_name="rating"
    )
    score = models.PositiveSmallIntegerField(choices=Score.choices)
    comment = models.TextField(blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(score__range=(1, 5)), name="rating_one_to_five"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.complaint_id}: {self.score}"
