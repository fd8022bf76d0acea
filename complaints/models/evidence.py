"""Evidence: sealed on arrival, stored under a name of our own making."""

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.utils.translation import gettext_lazy as _

from complaints.models.barrier import EveryManager
from complaints.models.labels import Labelled
from complaints.models.of_case import OfCaseQuerySet
from complaints.permissions import Viewer
from complaints.states import EvidenceKind, RecordKind, ScanState

OPEN_SCANS = frozenset({ScanState.CLEAN, ScanState.NOT_SCANNED})
"""In any other state nobody is handed a file."""

if TYPE_CHECKING:
    from django.core.files.storage import Storage

    from complaints.models.complaint import Complaint


INSIDE = 10_000
"""Files brought behind a barrier are numbered above this: those of the case show no
gap that would tell of them."""


def stored_name(_instance: Any, _filename: str) -> str:
    """A random name without a suffix; what the sender called it is only data."""
    name = secrets.token_hex(16)
    return str(Path(name[:2]) / name)


def evidence_storage() -> "Storage":
    return storages["evidence"]


class EvidenceQuerySet(OfCaseQuerySet["Evidence"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """Files of cases the viewer may read; customers see their own and shared."""
        return super().visible_to(viewer).filter(self._shown_to(viewer))

    def visible_in(self, complaint: "Complaint | int", viewer: Viewer) -> Self:
        """Those of one case that a page has read from ``visible_to`` already."""
        return self.filter(self._shown_to(viewer), complaint=complaint)

    def _shown_to(self, viewer: Viewer) -> models.Q:
        shared = models.Q(shared_with_customer=True)
        if viewer.is_system:
            return models.Q()
        if not viewer.is_staff:
            return shared
        # Staff who are the customer of a case meet it as the customer does.
        mine = models.Q(complaint__customer__in=viewer.parties)
        return shared | ~mine if viewer.parties else models.Q()


class EvidenceManager(models.Manager.from_queryset(EvidenceQuerySet)):  # type: ignore[misc]
    """Files that stand behind no barrier: what every reader meets by default."""

    def get_queryset(self) -> EvidenceQuerySet:
        rows: EvidenceQuerySet = super().get_queryset()
        return rows.filter(behind__isnull=True)


class Evidence(Labelled, models.Model):
    """One file or record of a case. The original and its hash never change.

    ``derived_from`` is the original that a copy was made of, ``reason`` why it was
    made. ``brought_as`` is the role in which ``added_by`` acted. ``scan_verdict`` holds
    what the scanner called it. ``pages`` is how many it has, once pictures of them were
    drawn. ``records`` says which records of the exchange it holds.
    """

    complaint = models.ForeignKey(
        "complaints.Complaint", on_delete=models.PROTECT, related_name="evidence"
    )
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(
        max_length=14, choices=EvidenceKind.choices, default=EvidenceKind.OTHER
    )
    source = models.CharField(max_length=120, blank=True, default="")
    records = models.CharField(
        max_length=12, choices=RecordKind.choices, blank=True, default=""
    )
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
    reason = models.CharField(max_length=300, blank=True, default="")
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
    scan_verdict = models.CharField(max_length=200, blank=True, default="")
    scanned_at = models.DateTimeField(null=True, blank=True)
    pages = models.PositiveSmallIntegerField(default=0)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    brought_as = models.CharField(max_length=12, blank=True, default="")
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

    @property
    def may_open(self) -> bool:
        """Whether anybody may have its bytes, its pictures, or a copy of it."""
        return self.scan_state in OPEN_SCANS


class EvidenceWork(models.TextChoices):
    SCAN = "scan", _("Virus scan")
    PICTURES = "pictures", _("Preview")


class EvidenceTask(models.Model):
    """Something a worker owes a file. A row without ``done_at`` is still owed; it is
    claimed by a lease, as PDFs of letters are. ``error`` is why it was not done."""

    evidence = models.ForeignKey(
        Evidence, on_delete=models.PROTECT, related_name="tasks"
    )
    what = models.CharField(max_length=8, choices=EvidenceWork.choices)
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        verbose_name = _("work on evidence")
        verbose_name_plural = _("work on evidence")
        constraints = [
            models.UniqueConstraint(
                fields=["evidence", "what"], name="evidence_task_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["what", "asked_at", "id"],
                name="evidence_task_owed",
                condition=models.Q(done_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()} {self.evidence_id}"


class EvidencePage(models.Model):
    """A picture of one page that we drew ourselves; none of the file's bytes is in it.

    ``width`` and ``height`` in pixels.
    """

    evidence = models.ForeignKey(
        Evidence, on_delete=models.PROTECT, related_name="pictures"
    )
    number = models.PositiveSmallIntegerField()
    file = models.FileField(
        upload_to=stored_name, storage=evidence_storage, max_length=80
    )
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    class Meta:
        ordering = ["number"]
        verbose_name = _("page of evidence")
        verbose_name_plural = _("pages of evidence")
        constraints = [
            models.UniqueConstraint(
                fields=["evidence", "number"], name="evidence_page_once"
            ),
        ]
        indexes = [models.Index(fields=["file"], name="evidence_page_file")]

    def __str__(self) -> str:
        return f"{self.evidence_id}/{self.number}"
