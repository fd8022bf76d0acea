"""How staff keep order in a queue: tags, cases they watch, views they saved, runs over
many cases, and who is in a case right now."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

TAG_LIMIT = 40
VIEW_NAME_LIMIT = 60
PRESENCE_LIVES = timedelta(seconds=45)
"""Somebody who says nothing for so long is gone; pages say so three times as often."""


class Tag(models.Model):
    """A word that staff put on cases, the same for every team.

    ``key`` is the word in lower case: two that differ by nothing else are one. Whoever
    sees no case with it does not meet the word either (``selectors.desk``).
    """

    name = models.CharField(max_length=TAG_LIMIT)
    key = models.CharField(max_length=TAG_LIMIT, unique=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["key"]
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


class CaseTag(models.Model):
    """One tag on one case. The ledger keeps who put it there and who took it off."""

    complaint = models.ForeignKey(
        "complaints.Complaint", on_delete=models.CASCADE, related_name="case_tags"
    )
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="case_tags")
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        verbose_name = _("tag of a case")
        verbose_name_plural = _("tags of cases")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["complaint", "tag"], name="case_tag_once"),
        ]
        indexes = [models.Index(fields=["tag", "complaint"], name="case_tag_cases")]

    def __str__(self) -> str:
        return f"{self.tag_id} #{self.complaint_id}"


class Watch(models.Model):
    """A case that somebody keeps an eye on: theirs alone to know."""

    complaint = models.ForeignKey(
        "complaints.Complaint", on_delete=models.CASCADE, related_name="watches"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="watches"
    )
    since = models.DateTimeField()

    class Meta:
        verbose_name = _("watched case")
        verbose_name_plural = _("watched cases")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["user", "complaint"], name="watch_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} #{self.complaint_id}"


class SavedView(models.Model):
    """Filters of the queue under a name: for its owner, or for all of one team.

    ``query`` is what follows the ``?`` of the queue's address. What it shows is for
    each reader what they may see.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views"
    )
    team = models.ForeignKey(
        "teams.Team",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="saved_views",
    )
    name = models.CharField(max_length=VIEW_NAME_LIMIT)
    query = models.CharField(max_length=1000)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["user", "name"],
                condition=models.Q(team__isnull=True),
                name="saved_view_of_person_once",
            ),
            models.UniqueConstraint(
                fields=["team", "name"], name="saved_view_of_team_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BulkRun(models.Model):
    """One act of one person on many cases, and what became of each; kept for a day.

    ``key`` was made with the page that asked, so sending it twice is one run.
    ``items`` are {"case": key, "outcome": see ``services.bulk``, "words": text}.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    key = models.CharField(max_length=32)
    act = models.CharField(max_length=12)
    made_at = models.DateTimeField()
    items = models.JSONField(default=list)

    class Meta:
        verbose_name = _("run over many cases")
        verbose_name_plural = _("runs over many cases")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="bulk_run_once"),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.key}"


class Presence(models.Model):
    """That somebody is in a case: looks at it, or writes since ``writing_at``.

    Renewed by their page and dead after ``PRESENCE_LIVES``; a hint, no record.
    """

    complaint = models.ForeignKey(
        "complaints.Complaint", on_delete=models.CASCADE, related_name="presences"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    seen_at = models.DateTimeField(db_index=True)
    writing_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("presence in a case")
        verbose_name_plural = _("presences in cases")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["complaint", "user"], name="presence_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} #{self.complaint_id}"
