"""The ledger's rows; only ``ledger.py`` writes them and nobody edits them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Stream(models.Model):
    """The head of one chain of events: how long it is and its last hash."""

    name = models.CharField(max_length=48, primary_key=True)
    seq = models.PositiveBigIntegerField(default=0)
    head = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        verbose_name = _("stream")
        verbose_name_plural = _("streams")

    def __str__(self) -> str:
        return f"{self.name} #{self.seq}"


class Event(models.Model):
    """One thing that happened; see ``ledger`` for the canonical form and the hashes.

    ``payload`` holds no personal data: free text stands in ``EventText`` and the
    payload holds its salted hash. A transition names its object and the version
    that it made of it.
    """

    stream = models.CharField(max_length=48)
    seq = models.PositiveBigIntegerField()
    what = models.CharField(max_length=48)
    object_type = models.CharField(max_length=16, blank=True, default="")
    object_id = models.PositiveBigIntegerField(null=True, blank=True)
    object_version = models.PositiveIntegerField(null=True, blank=True)
    source = models.CharField(max_length=20, blank=True, default="")
    target = models.CharField(max_length=20, blank=True, default="")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    actor_role = models.CharField(max_length=32)
    at = models.DateTimeField()
    payload = models.JSONField(default=dict)
    request_id = models.CharField(max_length=36, blank=True, default="")
    previous = models.CharField(max_length=64, blank=True, default="")
    sha256 = models.CharField(max_length=64)
    seal = models.CharField(max_length=64)

    class Meta:
        ordering = ["stream", "seq"]
        verbose_name = _("event")
        verbose_name_plural = _("events")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["stream", "seq"], name="event_seq_once"),
            models.UniqueConstraint(
                fields=["object_type", "object_id", "object_version"],
                condition=models.Q(object_version__isnull=False),
                name="event_version_once",
            ),
        ]
        indexes = [
            models.Index(fields=["actor", "stream"], name="event_actor"),
            models.Index(fields=["what", "at"], name="event_what_at"),
        ]

    def __str__(self) -> str:
        return f"{self.stream} #{self.seq} {self.what}"


class EventText(models.Model):
    """The free text of an event, emptied when its person is erased."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="texts")
    name = models.CharField(max_length=32)
    text = models.TextField(blank=True)
    salt = models.CharField(max_length=32, blank=True)
    for_customer = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("text of an event")
        verbose_name_plural = _("texts of events")
        constraints = [
            models.UniqueConstraint(fields=["event", "name"], name="event_text_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.event_id})"
