"""Shares of a single case, conflicts of interest, interim measures asked and taken."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from complaints.models.barrier import EveryManager
from complaints.states import AccessKind, InterimKind


class SharedManager(models.Manager["CaseAccess"]):
    """Every share but those of sealed files, of which no list may tell."""

    def get_queryset(self) -> models.QuerySet["CaseAccess"]:
        return super().get_queryset().exclude(kind=AccessKind.SEAL)


class CaseAccess(models.Model):
    """One case seen by one person, by those of a team with a permission, or by link.

    ``codename`` is the permission that somebody of ``team`` must hold. A link is
    kept as the hash of its token and is used up by its first use; one of a
    ``representative`` ends with their mandate. ``behind`` is the barrier that a pass
    leads through; passes into sealed files are met through ``every`` alone.
    """

    complaint = models.ForeignKey(
        "complaints.Complaint", on_delete=models.PROTECT, related_name="accesses"
    )
    kind = models.CharField(max_length=12, choices=AccessKind.choices)
    team = models.ForeignKey(
        "teams.Team", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    codename = models.CharField(max_length=32, blank=True, default="")
    representative = models.ForeignKey(
        "complaints.Representative",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="links",
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="case_accesses",
    )
    token_hash = models.CharField(max_length=64, blank=True, default="")
    question = models.TextField(blank=True, default="")
    answer = models.TextField(blank=True, default="")
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    granted_at = models.DateTimeField()
    behind = models.ForeignKey(
        "complaints.InformationBarrier",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="passes",
    )
    answer_by = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = SharedManager()
    every = EveryManager()

    class Meta:
        ordering = ["-granted_at"]
        verbose_name = _("access to a case")
        verbose_name_plural = _("accesses to cases")
        constraints = [
            models.UniqueConstraint(
                fields=["token_hash"],
                condition=~models.Q(token_hash=""),
                name="access_token_once",
            ),
            models.CheckConstraint(
                condition=models.Q(team__isnull=True) | ~models.Q(codename=""),
                name="access_of_team_names_permission",
            ),
        ]
        indexes = [
            models.Index(
                fields=["team", "codename", "complaint"],
                name="access_team",
                condition=models.Q(revoked_at__isnull=True),
            ),
            models.Index(
                fields=["user", "complaint"],
                name="access_user",
                condition=models.Q(revoked_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.complaint_id}"

    def is_live(self, at: datetime) -> bool:
        """Whether it lets anybody in at ``at``."""
        return self.revoked_at is None and (self.until is None or self.until > at)


class ConflictKind(models.TextChoices):
    NAMED = "named", _("Named in the case")
    RELATED = "related", _("Related to somebody in it")
    DECLARED = "declared", _("Declared by themselves")
    EARLIER_STAGE = "earlier_stage", _("Acted at an earlier stage")


class Conflict(models.Model):
    """Why somebody may neither handle, sign nor decide a case."""

    complaint = models.ForeignKey(
        "complaints.Complaint", on_delete=models.PROTECT, related_name="conflicts"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="conflicts"
    )
    kind = models.CharField(max_length=14, choices=ConflictKind.choices)
    reason = models.CharField(max_length=300, blank=True, default="")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("conflict of interest")
        verbose_name_plural = _("conflicts of interest")
        constraints = [
            models.UniqueConstraint(
                fields=["complaint", "user", "kind"],
                condition=models.Q(lifted_at__isnull=True),
                name="conflict_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_kind_display()}"


class InterimMeasure(models.Model):
    """Protection at once, by one person, reviewed by a second within 24 hours."""

    complaint = models.ForeignKey(
        "complaints.Complaint",
        on_delete=models.PROTECT,
        related_name="interim_measures",
    )
    kind = models.CharField(max_length=16, choices=InterimKind.choices)
    imposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    imposed_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    upheld = models.BooleanField(null=True, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-imposed_at"]
        verbose_name = _("interim measure")
        verbose_name_plural = _("interim measures")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(reviewed_by__isnull=True)
                | ~models.Q(reviewed_by=models.F("imposed_by")),
                name="interim_reviewed_by_second",
            ),
            models.UniqueConstraint(
                fields=["complaint", "kind"],
                condition=models.Q(lifted_at__isnull=True),
                name="interim_once",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class ProtectionRequest(models.Model):
    """A customer in danger asks security to protect the account; answered once.

    Answered by a measure, or declined in words that the customer reads; the clock
    ``Step.PROTECT`` with this row as its subject runs until then.
    """

    complaint = models.ForeignKey(
        "complaints.Complaint",
        on_delete=models.PROTECT,
        related_name="protection_requests",
    )
    kind = models.CharField(max_length=16, choices=InterimKind.choices)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    seen_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    measure = models.ForeignKey(
        InterimMeasure,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="answers",
    )
    declined = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["-asked_at"]
        verbose_name = _("request for protection")
        verbose_name_plural = _("requests for protection")
        constraints = [
            models.UniqueConstraint(
                fields=["complaint"],
                condition=models.Q(answered_at__isnull=True),
                name="protection_asked_once",
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
