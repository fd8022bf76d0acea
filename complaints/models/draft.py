"""A complaint that is being written: kept on the server until it is sent or expires."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from complaints.models.evidence import evidence_storage, stored_name

DRAFT_LIVES = timedelta(days=30)
"""How long a draft is kept after its last change; said on the page that saves it."""


class Draft(models.Model):
    """What somebody has answered so far, page by page.

    ``key`` names the draft in addresses and is the idempotency key of the complaint;
    it opens nothing by itself: a draft is shown to its ``user``, to the browser that
    began it, and to whoever comes by its link (the hash of that token is kept).
    ``answers`` maps a page to its fields as they were typed. ``complaint`` is what
    came of it; one with ``sent_at`` empty was alarmed about first and is not told
    whole yet. Answers and files are gone once it is sent.
    """

    key = models.CharField(max_length=32, unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="drafts",
    )
    token_hash = models.CharField(max_length=64, blank=True, default="")
    language = models.CharField(max_length=10, default="en")
    answers = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=0)
    complaint = models.OneToOneField(
        "complaints.Complaint",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="draft",
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-updated_at"]
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints = [
            models.UniqueConstraint(
                fields=["token_hash"],
                condition=~models.Q(token_hash=""),
                name="draft_token_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["user", "-updated_at"],
                name="draft_of_user",
                condition=models.Q(sent_at__isnull=True),
            ),
            models.Index(fields=["expires_at"], name="draft_expires"),
        ]

    def __str__(self) -> str:
        return f"{self.key[:6]}…"

    @property
    def is_open(self) -> bool:
        return self.sent_at is None


class DraftFile(models.Model):
    """A file that waits with its draft; it becomes evidence when the draft is sent."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="files")
    authority = models.BooleanField(default=False)
    original_name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    file = models.FileField(
        upload_to=stored_name, storage=evidence_storage, max_length=80
    )
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("file of a draft")
        verbose_name_plural = _("files of drafts")

    def __str__(self) -> str:
        return self.original_name
