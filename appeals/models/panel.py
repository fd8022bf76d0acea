"""The other two members of a panel of three; the reviewer presides."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class PanelReason(models.TextChoices):
    AMOUNT = "amount", _("Because of the amount")
    PRINCIPLE = "principle", _("Because of a principle")


class Vote(models.TextChoices):
    AGREES = "agrees", _("Agrees")
    DISSENTS = "dissents", _("Dissents")


class PanelSeat(models.Model):
    """One member beside the reviewer. ``ruling_sha256`` is what they voted on: a vote
    stands only while the ruling says exactly that. A dissent has its reasons for as
    long as its case is not erased."""

    appeal = models.ForeignKey(
        "appeals.Appeal", on_delete=models.PROTECT, related_name="seats"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="panel_seats"
    )
    seat = models.PositiveSmallIntegerField()
    seated_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    vote = models.CharField(max_length=8, choices=Vote.choices, blank=True, default="")
    reasons = models.TextField(blank=True, default="")
    voted_at = models.DateTimeField(null=True, blank=True)
    ruling_sha256 = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        ordering = ["seat"]
        verbose_name = _("seat on a panel")
        verbose_name_plural = _("seats on panels")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["appeal", "seat"],
                condition=Q(left_at__isnull=True),
                name="panel_seat_taken_once",
            ),
            models.UniqueConstraint(
                fields=["appeal", "user"], name="panel_member_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appeal_id}/{self.seat}"
