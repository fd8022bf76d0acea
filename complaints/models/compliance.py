"""What compliance looks at again, and what it says: advice, potential violations."""

from django.conf import settings
from django.db import models
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from complaints.models.of_case import OfCaseQuerySet


class DrawnFor(TextChoices):
    """Why a case is looked at again."""

    FLAGGED = "flagged", _("Its category is always looked at")
    SAMPLE = "sample", _("Drawn by lot")


class ComplianceQuerySet(OfCaseQuerySet["ComplianceCheck"]):
    """Checks of the cases that a viewer reads."""


ComplianceManager = models.Manager.from_queryset(ComplianceQuerySet)


class ComplianceCheck(models.Model):
    """That a decided case is to be looked at by compliance, once; until ``due_on``."""

    complaint = models.OneToOneField(
        "complaints.Complaint",
        on_delete=models.PROTECT,
        related_name="compliance_check",
    )
    why = models.CharField(_("why it is drawn"), max_length=8, choices=DrawnFor.choices)
    drawn_at = models.DateTimeField(_("drawn"))
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("ended by"),
    )

    objects = ComplianceManager()

    class Meta:
        verbose_name = _("compliance review")
        verbose_name_plural = _("compliance reviews")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(done_at=None, done_by=None)
                | models.Q(done_at__isnull=False, done_by__isnull=False),
                name="compliance_done_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on", "id"],
                name="compliance_open",
                condition=models.Q(done_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.complaint_id}"


class ComplianceNote(models.Model):
    """Advice, or a potential violation with the rule it may offend; for staff alone."""

    complaint = models.ForeignKey(
        "complaints.Complaint",
        on_delete=models.PROTECT,
        related_name="compliance_notes",
    )
    violation = models.BooleanField(_("potential violation"), default=False)
    rule = models.CharField(max_length=200, blank=True, default="")
    text = models.TextField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("note of compliance")
        verbose_name_plural = _("notes of compliance")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(violation=False) | ~models.Q(rule=""),
                name="compliance_violation_names_rule",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.complaint_id}"
