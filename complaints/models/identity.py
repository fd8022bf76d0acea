"""Two records of one person made one, with the way back."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class MergeBasis(models.TextChoices):
    """What proved that both records are one person."""

    CODE = "code", _("An account linked by code")
    ADDRESS = "address", _("The same address, proven on both")


class PartyMerge(models.Model):
    """What one customer record handed over to another of the same person.

    ``moved`` holds the primary keys that changed hands, and nothing else did:
    {"complaints": [int], "contacts": [int]}. Undoing hands exactly these back.
    ``link`` is the account whose code proved it, else None.
    """

    absorbed = models.ForeignKey(
        "complaints.Party", on_delete=models.PROTECT, related_name="merged_away"
    )
    survivor = models.ForeignKey(
        "complaints.Party", on_delete=models.PROTECT, related_name="merged_in"
    )
    basis = models.CharField(max_length=8, choices=MergeBasis.choices)
    link = models.ForeignKey(
        "complaints.Contact",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    reason = models.TextField(blank=True, default="")
    moved = models.JSONField(default=dict)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    undone_at = models.DateTimeField(null=True, blank=True)
    undo_reason = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["-made_at", "-pk"]
        verbose_name = _("merger of customer records")
        verbose_name_plural = _("mergers of customer records")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(absorbed=models.F("survivor")),
                name="party_not_into_itself",
            ),
            models.CheckConstraint(
                condition=models.Q(undone_at__isnull=True, undone_by__isnull=True)
                | models.Q(undone_at__isnull=False, undone_by__isnull=False),
                name="party_merge_undone_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.absorbed_id} → {self.survivor_id}"
