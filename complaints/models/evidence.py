"""Evidence: sealed on arrival, stored under a name of our own making."""

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.utils.translation import gettext_lazy as _

from complaints.models.barrier import EveryManager
from complaints.permissions import Viewer, visible_to
from complaints.states import EvidenceKind, ScanState

if TYPE_CHECKING:
    from django.core.files.storage import Storage


INSIDE = 10_000
"""Files brought behind a barrier are numbered above this: those of the case show no
gap that would tell of them."""


def stored_name(_instance: Any, _filename: str) -> str:
    """A random name without a suffix; what the sender called it is only data."""
    name = secrets.token_hex(16)
    return str(Path(name[:2]) / name)


def evidence_storage() -> "Storage":
    return storages["evidence"]


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """Files of cases the viewer may read; customers see their own and shared."""
        cases = self.model._meta.get_field("complaint").related_model
        seen = cases._default_manager.filter(visible_to(viewer, viewer.at))
        rows = self.filter(complaint__in=seen)
        if viewer.is_system:
            return rows
        shared = models.Q(shared_with_customer=True)
        if not viewer.is_staff:
            return rows.filter(shared)
        # Staff who are the customer of a case meet it as the customer does.
        return rows.filter(shared | ~models.Q(complaint__customer__in=viewer.parties))


class EvidenceManager(models.Manager.from_queryset(EvidenceQuerySet)):  # type: ignore[misc]
    """Files that stand behind no barrier: what every reader meets by default."""

    def get_queryset(self) -> EvidenceQuerySet:
        rows: EvidenceQuerySet = super().get_queryset()
        return rows.filter(behind__isnull=True)


class Evidence(models.Model):
    """One file or record of a case. The original and its hash never change."""

    complaint = models.ForeignKey(
        "complaints.Complaint", on_delete=models.PROTECT, related_name="evidence"
    )
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(
        max_length=14, choices=EvidenceKind.choices, default=EvidenceKind.OTHER
    )
    source = models.CharField(max_length=120, blank=True, default="")
    relevance = models.CharField(max_length=300, blank=True, default="")
    original_name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    file = models.FileField(
        upload_to=stored_name, storage=evidence_storage, max_length=80
    )
    derived_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="copies"
    )
    message = models.ForeignKey(
        "complaints.Message",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="attachments",
    )
    shared_with_customer = models.BooleanField(default=False)
    scan_state = models.CharField(
        max_length=12, choices=ScanState.choices, default=ScanState.NOT_SCANNED
    )
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField()
    behind = models.ForeignKey(
        "complaints.InformationBarrier",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = EvidenceManager()
    every = EveryManager()

    class Meta:
        ordering = ["number"]
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        constraints = [
            models.UniqueConstraint(
                fields=["complaint", "number"], name="evidence_number_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.original_name}"

    @property
    def label(self) -> str:
        """E1, E2 … of the case; R1, R2 … of what was brought behind a barrier."""
        if self.number > INSIDE:
            return f"R{self.number - INSIDE}"
        return f"E{self.number}"
