"""What the public reads: documents, their versions, and the words in each language.

A version that is published stays as it is; what changes is a new version. So whoever
complains about the rules can read them as they stood on that day.
"""

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from complaints.channels.safetext import one_line, storable

TITLE = 120
SUMMARY = 300

_NONCHARACTERS = re.compile("[\ufdd0-\ufdef\ufffe\uffff]")
"""XML and so the feed cannot hold them."""


class Kind(models.TextChoices):
    PAGE = "page", _("Page")
    NOTICE = "notice", _("Notice")
    ARTICLE = "article", _("Article")


class Area(models.TextChoices):
    STATUS = "status", _("Operating status")
    RISK = "risk", _("Risk warning")
    INCIDENT = "incident", _("Security incident")


class Stage(models.TextChoices):
    ONGOING = "ongoing", _("Ongoing")
    OVER = "over", _("Over")


class Frozen(Exception):
    """A published version was to be changed."""


class Document(models.Model):
    """A page, a notice or an article, whatever its words are at the moment.

    ``area`` is of notices alone, ``topic`` of articles alone. ``withdrawn_at`` takes
    it off the lists; its versions stay readable.
    """

    code = models.SlugField(
        _("address"),
        max_length=60,
        unique=True,
        help_text=_("The last part of its address; it never changes."),
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    area = models.CharField(
        _("area"), max_length=8, choices=Area.choices, blank=True, default=""
    )
    topic = models.ForeignKey(
        "complaints.Category",
        verbose_name=_("topic"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(
        _("withdrawn"), null=True, blank=True, editable=False
    )

    class Meta:
        ordering = ["kind", "position", "code"]
        verbose_name = _("public page")
        verbose_name_plural = _("public pages")

    def __str__(self) -> str:
        return self.code


class VersionQuerySet(models.QuerySet["Version"]):
    def published(self, now: datetime) -> "VersionQuerySet":
        """Those that are in force or were once, at ``now``."""
        return self.filter(published_at__isnull=False, effective_from__lte=now)

    def in_force(self, now: datetime) -> "VersionQuerySet":
        """The one of each document that holds at ``now``."""
        newest = (
            Version.objects.filter(document=OuterRef("document"))
            .published(now)
            .order_by("-effective_from", "-number")
            .values("pk")[:1]
        )
        return self.filter(pk=Subquery(newest))

    def with_words(self) -> "VersionQuerySet":
        return self.select_related("document").prefetch_related("wordings")


class Version(models.Model):
    """The words of a document from a moment on; without ``published_at`` a draft."""

    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, related_name="versions"
    )
    number = models.PositiveIntegerField(_("number"))
    stage = models.CharField(
        _("stage"),
        max_length=8,
        choices=Stage.choices,
        blank=True,
        default="",
        help_text=_("Of incidents and operating status."),
    )
    effective_from = models.DateTimeField(
        _("in force from"),
        null=True,
        blank=True,
        help_text=_("UTC. Empty, or past: from the moment of publishing."),
    )
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(_("published"), null=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = VersionQuerySet.as_manager()

    class Meta:
        ordering = ["document", "-number"]
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        constraints = [
            models.UniqueConstraint(
                fields=["document", "number"], name="version_number_once"
            ),
            models.UniqueConstraint(
                fields=["document"],
                name="version_one_draft",
                condition=Q(published_at__isnull=True),
            ),
            models.CheckConstraint(
                name="version_published_has_day",
                condition=Q(published_at__isnull=True)
                | Q(effective_from__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["document", "effective_from", "number"],
                name="version_in_force",
                condition=Q(published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document.code} {self.number}"

    @property
    def is_draft(self) -> bool:
        return self.published_at is None

    def words(self, language: str = "") -> "Wording":
        """In that language or the reader's; the first one there is where it lacks.

        Uses what was prefetched. Raises ``Wording.DoesNotExist`` without any.
        """
        wanted = language or get_language() or settings.LANGUAGE_CODE
        rows = sorted(self.wordings.all(), key=lambda row: row.language != wanted)
        if not rows:
            raise Wording.DoesNotExist
        return rows[0]


class Wording(models.Model):
    """The words of a version in one language; ``body`` is Markdown without HTML."""

    version = models.ForeignKey(
        Version, on_delete=models.CASCADE, related_name="wordings"
    )
    language = models.CharField(_("language"), max_length=10)
    title = models.CharField(_("title"), max_length=TITLE, blank=True, default="")
    summary = models.CharField(
        _("summary"),
        max_length=SUMMARY,
        blank=True,
        default="",
        help_text=_("One or two sentences under the title, in lists and in the feed."),
    )
    body = models.TextField(
        _("text"),
        blank=True,
        default="",
        help_text=_("Markdown: ## heading, - list, **strong**, [words](address)."),
    )
    keywords = models.CharField(
        _("search words"),
        max_length=SUMMARY,
        blank=True,
        default="",
        help_text=_("What customers call it, with commas between."),
    )
    changes = models.CharField(
        _("what changed"), max_length=SUMMARY, blank=True, default=""
    )

    class Meta:
        ordering = ["language"]
        verbose_name = _("wording")
        verbose_name_plural = _("wordings")
        constraints = [
            models.UniqueConstraint(
                fields=["version", "language"], name="wording_language_once"
            ),
        ]

    if TYPE_CHECKING:
        version_id: int

    def __str__(self) -> str:
        return self.title or self.language

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises ``Frozen`` once its version is published."""
        if not self.version.is_draft:
            raise Frozen
        self.clean_text()
        super().save(*args, **kwargs)

    def clean_text(self) -> None:
        """Take out what no database, page or feed could bear."""
        for name, limit in (
            ("title", TITLE),
            *((name, SUMMARY) for name in ("summary", "keywords", "changes")),
        ):
            line = one_line(getattr(self, name), limit)
            setattr(self, name, _NONCHARACTERS.sub("", line))
        self.body = _NONCHARACTERS.sub("", storable(self.body)).strip()


class Vote(models.Model):
    """Whether an article helped one visitor; who that was cannot be told from it."""

    document = models.ForeignKey(
        Document, on_delete=models.CASCADE, related_name="votes"
    )
    voter = models.CharField(max_length=64)
    helpful = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        constraints = [
            models.UniqueConstraint(fields=["document", "voter"], name="vote_once"),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} {self.helpful}"


class Subscriber(models.Model):
    """An address that asked for notices and proved it; gone when they leave."""

    email = models.EmailField(unique=True)
    language = models.CharField(max_length=10)
    confirmed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")

    def __str__(self) -> str:
        return self.email
