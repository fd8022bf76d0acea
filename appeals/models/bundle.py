"""A case as one file: asked for, made by a worker, handed out, forgotten."""

import secrets
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from complaints.models.of_case import OfCaseQuerySet
from complaints.permissions import Viewer
from teams.roles import Perm

if TYPE_CHECKING:
    from django.core.files.storage import Storage

INSIDERS = (
    Perm.REVIEW_APPEALS,
    Perm.HEAD,
    Perm.SIGN_APPROVER,
    Perm.SIGN_LEGAL,
    Perm.SIGN_COMPLIANCE,
)
"""Who among our people reads an appeal while it goes on, and a whole bundle."""


def bundle_name(_instance: Any, _filename: str) -> str:
    name = secrets.token_hex(16)
    return f"{name[:2]}/{name}"


def bundle_storage() -> "Storage":
    return storages["bundles"]


class BundleVariant(models.TextChoices):
    WHOLE = "whole", _("Everything, for our own people")
    SHARED = "shared", _("What both sides may read")


class BundleStep(models.TextChoices):
    WAITING = "waiting", _("Waiting for a worker")
    READING = "reading", _("Checking the files against their hashes")
    DRAWING = "drawing", _("Drawing the PDF")
    PACKING = "packing", _("Packing and signing")
    MADE = "made", _("Ready")


class BundleQuerySet(OfCaseQuerySet["Bundle"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """Bundles of cases the viewer may read; whole ones for insiders, and never of
        a case of their own."""
        rows = super().visible_to(viewer)
        if viewer.is_system:
            return rows
        shared = Q(variant=BundleVariant.SHARED)
        if not any(viewer.holds(codename) for codename in INSIDERS):
            return rows.filter(shared)
        return rows.filter(shared | ~Q(complaint__customer__in=viewer.parties))


class Bundle(models.Model):
    """One bundle of a case. A row without ``made_at`` is still owed; a worker claims it
    by a lease, as PDFs of letters are.

    ``ledger_seq`` is where the case's stream stood when it was made, ``sha256`` that
    of the ZIP, ``manifest_sha256`` that of what is signed. ``step``, ``done`` and
    ``total`` say how far it is. ``gone_at`` is when the file was deleted; the row
    stays.
    """

    complaint = models.ForeignKey(
        "complaints.Complaint", on_delete=models.PROTECT, related_name="bundles"
    )
    appeal = models.ForeignKey(
        "appeals.Appeal",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="bundles",
    )
    variant = models.CharField(max_length=6, choices=BundleVariant.choices)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    step = models.CharField(
        max_length=8, choices=BundleStep.choices, default=BundleStep.WAITING
    )
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(null=True, blank=True)
    ledger_seq = models.PositiveBigIntegerField(default=0)
    exhibits = models.PositiveIntegerField(default=0)
    file = models.FileField(
        upload_to=bundle_name, storage=bundle_storage, max_length=80, blank=True
    )
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    manifest_sha256 = models.CharField(max_length=64, blank=True, default="")
    gone_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True, default="")

    objects = models.Manager.from_queryset(BundleQuerySet)()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        verbose_name = _("case bundle")
        verbose_name_plural = _("case bundles")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["complaint", "variant"],
                condition=Q(made_at__isnull=True),
                name="bundle_owed_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["asked_at", "id"],
                name="bundle_owed",
                condition=Q(made_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.complaint} {self.get_variant_display()}"

    @property
    def is_ready(self) -> bool:
        return self.made_at is not None and self.gone_at is None

    @property
    def file_name(self) -> str:
        return f"{self.complaint.reference}-{self.variant}-{self.pk}.zip"
