"""Tokens spent, files on their way, and who is called when something happens."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from complaints.channels.app.names import EventType
from complaints.channels.app.sealing import SealedField
from complaints.models import Outbox
from complaints.models.evidence import evidence_storage, stored_name


class SpentToken(models.Model):
    """A signed token that was used; ``until`` is when it would have died anyway."""

    digest = models.CharField(max_length=64, primary_key=True)
    until = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("used token")
        verbose_name_plural = _("used tokens")

    def __str__(self) -> str:
        return self.digest[:12]


class Upload(models.Model):
    """A file on its way into a case, part by part (tus 1.0.0).

    ``length`` and ``offset`` count bytes. It is its maker's alone; once whole it
    becomes ``evidence`` in the transaction of its last part.
    """

    key = models.CharField(max_length=43, unique=True)
    complaint = models.ForeignKey(
        "complaints.Complaint", on_delete=models.PROTECT, related_name="+"
    )
    maker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    name = models.CharField(max_length=255)
    length = models.PositiveIntegerField()
    offset = models.PositiveIntegerField(default=0)
    parts_taken = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    evidence = models.OneToOneField(
        "complaints.Evidence",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
    )

    class Meta:
        verbose_name = _("file on its way")
        verbose_name_plural = _("files on their way")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(offset__lte=models.F("length")),
                name="upload_within_length",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offset}/{self.length}"


class UploadPart(models.Model):
    """Some bytes of an upload, from ``offset`` on; each place is taken once."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="parts")
    offset = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    file = models.FileField(
        upload_to=stored_name, storage=evidence_storage, max_length=80
    )

    class Meta:
        ordering = ["offset"]
        verbose_name = _("part of a file")
        verbose_name_plural = _("parts of files")
        constraints = [
            models.UniqueConstraint(fields=["upload", "offset"], name="part_once"),
        ]

    def __str__(self) -> str:
        return f"{self.offset}+{self.size}"


def all_events() -> list[str]:
    return [str(value) for value in EventType.values]


class Endpoint(models.Model):
    """An address that is called when something happened: the exchange's own, or that
    of an app (``client``), which hears of customers alone who let it in.

    ``secret`` signs each call (Standard Webhooks); for a while after it was changed
    ``old_secret`` signs it as well. Both are kept sealed.
    """

    name = models.CharField(_("name"), max_length=60, unique=True)
    url = models.CharField(_("address"), max_length=300)
    client = models.ForeignKey(
        "allauth_idp_oidc.Client",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("app"),
        help_text=_(
            "It hears of customers who let this app in; without one, of everybody."
        ),
    )
    events = models.JSONField(_("events"), default=all_events)
    active = models.BooleanField(_("in use"), default=True)
    secret = SealedField()
    old_secret = SealedField(blank=True, default="")
    old_until = models.DateTimeField(null=True, blank=True)
    stopped_for = models.CharField(max_length=200, blank=True, default="")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")

    if TYPE_CHECKING:
        client_id: str | None

    def __str__(self) -> str:
        return self.name

    def secrets(self, now: datetime) -> tuple[str, ...]:
        """What a call is signed by now, the newest first."""
        old = self.old_secret if self.old_until and now < self.old_until else ""
        return tuple(filter(None, (self.secret, old)))


class DeliveryManager(models.Manager["Delivery"]):
    def get_queryset(self) -> models.QuerySet["Delivery", "Delivery"]:
        rows: Any = super().get_queryset()
        return rows.filter(channel="webhook")  # type: ignore[no-any-return]


class Delivery(Outbox):
    """A call that is due, was made or was given up: the outbox, webhooks alone."""

    objects: ClassVar[DeliveryManager] = DeliveryManager()

    class Meta:
        proxy = True
        verbose_name = _("call of a webhook")
        verbose_name_plural = _("calls of webhooks")
