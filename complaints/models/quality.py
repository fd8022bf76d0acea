"""How well cases were handled: a few a week and team, looked through by a lead."""

from typing import Final

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from teams.words import in_language

BEST: Final = 2
FEEDBACK_LIMIT = 5_000


class QualityCriterion(models.Model):
    """A question that each review answers; ``names`` maps a language to its words.

    One that is not asked any more is switched off: reviews keep what it was called.
    """

    code = models.SlugField(max_length=32, unique=True)
    names = models.JSONField(default=dict)
    weight = models.PositiveSmallIntegerField(_("weight"), default=1)
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["position", "code"]
        verbose_name = _("quality criterion")
        verbose_name_plural = _("quality criteria")

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """In the reader's language, else in English."""
        return in_language(self.names) or self.code


class QualityDraw(models.Model):
    """That the lot of one team and week was drawn, from how many finished cases."""

    team = models.ForeignKey(
        "teams.Team", on_delete=models.PROTECT, related_name="quality_draws"
    )
    week = models.DateField()
    """Its Monday."""
    finished = models.PositiveIntegerField()
    drawn_at = models.DateTimeField()

    class Meta:
        ordering = ["-week", "team"]
        verbose_name = _("quality sample")
        verbose_name_plural = _("quality samples")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["team", "week"], name="quality_drawn_once"),
        ]

    def __str__(self) -> str:
        return f"{self.team}, {self.week}"


class QualityReview(models.Model):
    """One case of a sample: to be looked through, then with its scores.

    ``scores`` maps the code of a criterion to 0 (no), 1 (in part), 2 (yes); what did
    not apply is not in it. ``result`` is 0 to 100, None while it is not done or where
    nothing applied.
    """

    draw = models.ForeignKey(
        QualityDraw, on_delete=models.PROTECT, related_name="reviews"
    )
    complaint = models.ForeignKey(
        "complaints.Complaint", on_delete=models.PROTECT, related_name="quality_reviews"
    )
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    scores = models.JSONField(default=dict)
    result = models.PositiveSmallIntegerField(null=True, blank=True)
    feedback = models.TextField(blank=True, default="")
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["draw", "pk"]
        verbose_name = _("quality review")
        verbose_name_plural = _("quality reviews")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["draw", "complaint"], name="quality_review_once"
            ),
            models.CheckConstraint(
                condition=models.Q(done_at=None, done_by=None)
                | models.Q(done_at__isnull=False, done_by__isnull=False),
                name="quality_done_by_somebody",
            ),
            models.CheckConstraint(
                condition=~models.Q(done_by=models.F("handler")),
                name="quality_not_of_oneself",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.complaint_id}"
