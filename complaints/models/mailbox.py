"""How far each mailbox of ours was fetched, how it fares, and who is at it."""

from datetime import datetime, timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

SILENCE = timedelta(minutes=15)
"""So long a mailbox may fail or not be looked at before it counts as down."""

NAME_LIMIT = 400


class Mailbox(models.Model):
    """One folder of ``IMAP_URLS``, by the name that people call it.

    ``uidvalidity`` and ``last_uid`` are the server's own numbers (RFC 9051, 2.3.1.1):
    every mail up to that one is stored, but for those of ``again``, which the server
    named and did not hand over. Under another ``uidvalidity`` they mean nothing.

    ``seen_at`` is when it last answered, ``error`` what went wrong since; ``left``
    mails wait for the next round, the oldest since ``waits_since``, and ``refused``
    were not handed over in the last. Until ``leased_until`` only ``holder`` fetches.
    """

    name = models.CharField(_("name"), max_length=NAME_LIMIT, unique=True)
    uidvalidity = models.PositiveBigIntegerField(default=0)
    last_uid = models.PositiveBigIntegerField(default=0)
    again = models.JSONField(default=list)
    seen_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True, default="")
    refused = models.PositiveIntegerField(default=0)
    left = models.PositiveIntegerField(default=0)
    waits_since = models.DateTimeField(null=True, blank=True)
    holder = models.CharField(max_length=32, blank=True, default="")
    leased_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("mailbox")
        verbose_name_plural = _("mailboxes")

    def __str__(self) -> str:
        return self.name

    def is_down(self, now: datetime | None = None) -> bool:
        seen = self.seen_at
        return seen is None or (now or timezone.now()) - seen > SILENCE
