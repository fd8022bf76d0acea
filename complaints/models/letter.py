"""What becomes of a letter besides mail: its PDF, and copies posted on paper."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from complaints.models.correspondence import Letter
from complaints.models.evidence import evidence_storage, stored_name
from complaints.permissions import Viewer, status_visible_to, visible_to


class LetterPart(models.TextChoices):
    LETTER = "letter", _("The letter")
    COPY = "copy", _("Copy of the complaint")


class _OfLetter(models.QuerySet["LetterDispatch"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """Rows of letters of cases that the viewer may read in full."""
        cases = Letter._meta.get_field("complaint").related_model
        seen = cases._default_manager.filter(visible_to(viewer, viewer.at))
        return self.filter(letter__complaint__in=seen)

    def to_post_by(self, viewer: Viewer) -> Self:
        """Copies that wait for the post and that the viewer may print and post: of
        cases they read in full, or, at support, of any that is not barred. That opens
        the letter and nothing else of the case."""
        cases = Letter._meta.get_field("complaint").related_model
        told = cases._default_manager.filter(status_visible_to(viewer, viewer.at))
        return self.open().filter(letter__complaint__in=told)

    def open(self) -> Self:
        """Asked for and not posted yet."""
        return self.filter(posted_on=None)


class LetterPdf(models.Model):
    """One PDF of a letter, made once by a worker and never again.

    A row without ``made_at`` is still owed; a worker claims it by a lease, as the relay
    claims notices. ``layout`` is the version of the page it was set in, ``sha256`` and
    ``size`` are those of the file.
    """

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="pdfs")
    part = models.CharField(
        max_length=6, choices=LetterPart.choices, default=LetterPart.LETTER
    )
    layout = models.CharField(max_length=16, blank=True, default="")
    file = models.FileField(
        upload_to=stored_name, storage=evidence_storage, max_length=80, blank=True
    )
    size = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    asked_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        verbose_name = _("PDF of a letter")
        verbose_name_plural = _("PDFs of letters")
        constraints = [
            models.UniqueConstraint(fields=["letter", "part"], name="letter_pdf_once"),
        ]
        indexes = [
            models.Index(
                fields=["-asked_at", "-id"],
                name="letter_pdf_owed",
                condition=Q(made_at__isnull=True),
            ),
            models.Index(fields=["file"], name="letter_pdf_file"),
        ]

    def __str__(self) -> str:
        return f"{self.get_part_display()} {self.letter_id}"


class LetterDispatch(models.Model):
    """One copy of a letter on paper: asked for, then posted.

    ``address`` holds the lines it goes to, as they were when it was asked for.
    """

    letter = models.ForeignKey(
        Letter, on_delete=models.PROTECT, related_name="dispatches"
    )
    address = models.TextField(blank=True, default="")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    posted_on = models.DateField(null=True, blank=True)
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    recorded_at = models.DateTimeField(null=True, blank=True)
    tracking = models.CharField(max_length=64, blank=True, default="")

    objects = models.Manager.from_queryset(_OfLetter)()

    class Meta:
        ordering = ["asked_at", "pk"]
        verbose_name = _("letter on paper")
        verbose_name_plural = _("letters on paper")
        constraints = [
            models.UniqueConstraint(
                fields=["letter"],
                condition=Q(posted_on__isnull=True),
                name="letter_on_paper_asked_once",
            ),
            models.CheckConstraint(
                condition=Q(posted_on__isnull=True, posted_by__isnull=True)
                | Q(posted_on__isnull=False, posted_by__isnull=False),
                name="letter_posted_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["asked_at", "id"],
                name="letter_to_post",
                condition=Q(posted_on__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.letter} {self.posted_on or ''}".strip()
