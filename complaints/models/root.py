"""The ledger as others can hold us to it: one signed root a day."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class LedgerRoot(models.Model):
    """The root over the heads of all streams on one day (UTC), signed.

    ``statement`` is the very text that is signed: format, day, number of streams, root,
    and the hash of the statement before it. Neither a row nor a line of the file beside
    it is ever changed.
    """

    day = models.DateField(unique=True)
    made_at = models.DateTimeField()
    streams = models.PositiveBigIntegerField()
    root = models.CharField(max_length=64)
    statement = models.TextField()
    signature = models.CharField(max_length=128)
    public_key = models.CharField(max_length=64)

    class Meta:
        ordering = ["day"]
        verbose_name = _("root of the ledger")
        verbose_name_plural = _("roots of the ledger")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.day} {self.root[:16]}"

    @property
    def published(self) -> dict[str, Any]:
        """What stands on the public list and in the file."""
        return {
            "statement": self.statement,
            "signature": self.signature,
            "public_key": self.public_key,
        }
