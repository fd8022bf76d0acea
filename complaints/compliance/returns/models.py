"""A return or the register as a file: ordered, made by a worker, handed out, kept."""

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Self

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from complaints.permissions import Viewer
from teams.roles import Perm

if TYPE_CHECKING:
    from django.core.files.storage import Storage

READERS: Final = (Perm.VIEW_REGISTER, Perm.SIGN_COMPLIANCE, Perm.HEAD)
"""Who reads what was produced."""


ORDERING: Final = (Perm.SIGN_COMPLIANCE, Perm.HEAD)
"""Who has them made, and writes the report to the management body."""


def file_name(_instance: Any, _filename: str) -> str:
    name = secrets.token_hex(16)
    return f"{name[:2]}/{name}"


def file_storage() -> "Storage":
    return storages["exports"]


class Kind(models.TextChoices):
    EU_CASP = "eu-casp", _("Article 8 (EU)")
    UK_DISP = "uk-disp", _("DISP half-yearly (UK)")
    CFPB = "cfpb", _("Rows for the CFPB (US)")
    MANAGEMENT = "management", _("Report to the management body")
    PUBLIC = "public", _("Published figures of a year")
    AUTHORISATION = "authorisation", _("Authorisation file, Article 11 (EU)")
    REGISTER = "register", _("The register")


class Form(models.TextChoices):
    PDF = "pdf", "PDF"
    XLSX = "xlsx", "XLSX"
    CSV = "csv", "CSV"
    JSON = "json", "JSON"
    ZIP = "zip", "ZIP"


OF_CASES: Final = frozenset({Kind.CFPB, Kind.REGISTER})
"""Files with a line a case: only for who may read the whole register."""

KEPT: Final = timedelta(days=90)
KEPT_REGISTER: Final = timedelta(days=3)
"""How long a file lies here; one that is final stays."""


class ProductionQuerySet(models.QuerySet["Production"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """What was produced, for those who answer for it; who may open it is asked
        of ``may_open``."""
        if viewer.is_system or any(map(viewer.holds, READERS)):
            return self
        return self.none()


class Production(models.Model):
    """One file. Without ``made_at`` it is still owed; a worker claims it by a lease.

    ``checksum`` is that of the cells of a return, ``sha256`` that of the file.
    ``restricted`` counts cases that are in no line. ``gone_at`` is when the file was
    deleted; the row stays.
    """

    kind = models.CharField(_("return"), max_length=16, choices=Kind.choices)
    form = models.CharField(_("form"), max_length=4, choices=Form.choices)
    language = models.CharField(_("language"), max_length=10)
    period = models.CharField(_("period"), max_length=24)
    first = models.DateField(_("from"))
    last = models.DateField(_("to"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("ordered by"),
    )
    asked_at = models.DateTimeField(_("ordered"))
    cut_off = models.DateTimeField(_("cut-off"), null=True, blank=True)
    made_at = models.DateTimeField(_("made"), null=True, blank=True)
    lines = models.PositiveBigIntegerField(default=0)
    restricted = models.PositiveBigIntegerField(default=0)
    checksum = models.CharField(max_length=64, blank=True, default="")
    file = models.FileField(
        upload_to=file_name, storage=file_storage, max_length=80, blank=True
    )
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    final_at = models.DateTimeField(null=True, blank=True)
    final_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    gone_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=60, blank=True, default="")

    objects = models.Manager.from_queryset(ProductionQuerySet)()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        verbose_name = _("return")
        verbose_name_plural = _("returns")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "form", "language", "first", "last", "asked_by"],
                condition=Q(made_at__isnull=True, error=""),
                name="return_owed_once",
            ),
            models.CheckConstraint(
                condition=Q(final_at=None, final_by=None)
                | Q(
                    final_at__isnull=False,
                    final_by__isnull=False,
                    made_at__isnull=False,
                ),
                name="return_final_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["asked_at", "id"],
                name="return_owed",
                condition=Q(made_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.period}"

    @property
    def is_ready(self) -> bool:
        return self.made_at is not None and self.gone_at is None

    @property
    def has_failed(self) -> bool:
        return self.made_at is None and bool(self.error) and self.leased_until is None

    @property
    def is_over(self) -> bool:
        """Whether its period was over when it was counted."""
        return self.cut_off is not None and self.cut_off.date() > self.last

    @property
    def expires_at(self) -> Any:
        """When the file is deleted; None of what is final or not made."""
        if self.made_at is None or self.final_at is not None:
            return None
        return self.made_at + (KEPT_REGISTER if self.kind == Kind.REGISTER else KEPT)

    @property
    def state_words(self) -> "str | Promise":
        """Where it stands, for people."""
        if self.gone_at is not None:
            return _("deleted")
        if self.final_at is not None:
            return _("final, handed in")
        if self.made_at is not None:
            return _("made") if self.is_over else _("draft: the period was not over")
        return _("failed") if self.has_failed else _("waiting for a worker")

    @property
    def offered_name(self) -> str:
        ending = f"{self.form}.zip" if self.kind == Kind.REGISTER else self.form
        return f"{self.kind}-{self.period}-{self.language}-{self.pk}.{ending}"


class Report(models.Model):
    """The report of a period to the management body, in one version.

    A draft until the head signs it off; then ``figures`` hold its tables as they were
    counted at that moment, and nothing of it changes any more: what is to be said
    otherwise is the next version.
    """

    period = models.CharField(_("period"), max_length=24)
    first = models.DateField(_("from"))
    last = models.DateField(_("to"))
    number = models.PositiveIntegerField(_("version"))
    opened_at = models.DateTimeField(_("begun"))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    signed_at = models.DateTimeField(_("signed off"), null=True, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("signed off by"),
    )
    figures = models.JSONField(default=dict)
    checksum = models.CharField(max_length=64, blank=True, default="")
    words_sha256 = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        ordering = ["-first", "-number"]
        verbose_name = _("report to the management body")
        verbose_name_plural = _("reports to the management body")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["first", "last", "number"], name="report_version_once"
            ),
            models.UniqueConstraint(
                fields=["first", "last"],
                condition=Q(signed_at__isnull=True),
                name="report_one_draft",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period}, {self.number}"


class Section(models.TextChoices):
    """What people write into the report."""

    EFFECTIVENESS = "effectiveness", _("How well the procedure works")
    TAKEN = "taken", _("Measures taken")
    PLANNED = "planned", _("Measures planned")
    OTHER = "other", _("What else the management body is to know")


class ReportText(models.Model):
    """What stood in a section from a moment on; every saving is a row of its own."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=10)
    section = models.CharField(max_length=16, choices=Section.choices)
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True, default="")
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("text of a report")
        verbose_name_plural = _("texts of reports")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["report", "language", "section", "number"],
                name="report_text_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.section} {self.number}"
