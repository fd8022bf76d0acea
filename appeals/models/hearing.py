"""A hearing from outside: who sits, by which link, what they ask and order."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appeals.models.panel import Vote


class Side(models.TextChoices):
    CUSTOMER = "customer", _("The customer")
    COMPANY = "company", _("The exchange")


class ArbitratorSeat(models.Model):
    """One arbitrator of one referral; the first seat presides.

    They see nothing but the names of the parties before ``accepted_at``: then they
    declared that nothing ties them. ``award_sha256`` is the award they voted on.
    """

    referral = models.ForeignKey(
        "appeals.Referral", on_delete=models.PROTECT, related_name="seats"
    )
    arbitrator = models.ForeignKey(
        "appeals.Arbitrator", on_delete=models.PROTECT, related_name="seats"
    )
    seat = models.PositiveSmallIntegerField()
    appointed_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    vote = models.CharField(max_length=8, choices=Vote.choices, blank=True, default="")
    dissent = models.TextField(blank=True, default="")
    award_sha256 = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        ordering = ["seat", "pk"]
        verbose_name = _("seat of an arbitrator")
        verbose_name_plural = _("seats of arbitrators")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["referral", "seat"],
                condition=Q(left_at__isnull=True),
                name="arbitrator_seat_taken_once",
            ),
            models.UniqueConstraint(
                fields=["referral", "arbitrator"], name="arbitrator_once_a_referral"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.referral_id}/{self.seat}"

    @property
    def presides(self) -> bool:
        return self.seat == 1


class ArbitratorLink(models.Model):
    """A personal way to exactly one bundle: the token is known to the mailbox alone.

    ``session_sha256`` is what is kept of the one browser that passed both factors;
    the next one to pass them takes its place.
    """

    seat = models.ForeignKey(
        ArbitratorSeat, on_delete=models.PROTECT, related_name="links"
    )
    bundle = models.ForeignKey(
        "appeals.Bundle", on_delete=models.PROTECT, related_name="+"
    )
    token_hash = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()
    until = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    misses = models.PositiveSmallIntegerField(default=0)
    session_sha256 = models.CharField(max_length=64, blank=True, default="")
    session_until = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at", "-pk"]
        verbose_name = _("link of an arbitrator")
        verbose_name_plural = _("links of arbitrators")
        default_permissions = ()

    def __str__(self) -> str:
        return f"#{self.seat_id} {self.made_at:%Y-%m-%d}"

    def is_live(self, at: datetime) -> bool:
        return self.revoked_at is None and self.until > at


class ArbitratorQuestion(models.Model):
    """A question in writing to one side; the other reads question and answer too."""

    referral = models.ForeignKey(
        "appeals.Referral", on_delete=models.PROTECT, related_name="questions"
    )
    number = models.PositiveSmallIntegerField()
    seat = models.ForeignKey(
        ArbitratorSeat, on_delete=models.PROTECT, related_name="questions"
    )
    side = models.CharField(max_length=8, choices=Side.choices)
    text = models.TextField()
    asked_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    answer = models.TextField(blank=True, default="")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        verbose_name = _("question of an arbitrator")
        verbose_name_plural = _("questions of arbitrators")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["referral", "number"], name="arbitrator_question_once"
            ),
        ]

    def __str__(self) -> str:
        return f"Q{self.number}"


class ArbitratorOrder(models.Model):
    """What one side is to do by a day; said to be done in words, by that side."""

    referral = models.ForeignKey(
        "appeals.Referral", on_delete=models.PROTECT, related_name="orders"
    )
    number = models.PositiveSmallIntegerField()
    seat = models.ForeignKey(
        ArbitratorSeat, on_delete=models.PROTECT, related_name="orders"
    )
    side = models.CharField(max_length=8, choices=Side.choices)
    text = models.TextField()
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    done_words = models.TextField(blank=True, default="")
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        verbose_name = _("order of an arbitrator")
        verbose_name_plural = _("orders of arbitrators")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["referral", "number"], name="arbitrator_order_once"
            ),
        ]

    def __str__(self) -> str:
        return f"O{self.number}"


class ArbitratorObjection(models.Model):
    """Why a side says that a seated arbitrator should not decide; once a side and seat.

    The customer's is decided by independent people of ours, that of the exchange by
    the arbitrator alone. ``upheld`` is None until then.
    """

    referral = models.ForeignKey(
        "appeals.Referral", on_delete=models.PROTECT, related_name="objections"
    )
    seat = models.ForeignKey(
        ArbitratorSeat, on_delete=models.PROTECT, related_name="objections"
    )
    side = models.CharField(max_length=8, choices=Side.choices)
    reason = models.TextField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()
    upheld = models.BooleanField(null=True, blank=True)
    answer = models.TextField(blank=True, default="")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["made_at", "pk"]
        verbose_name = _("objection to an arbitrator")
        verbose_name_plural = _("objections to arbitrators")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["seat", "side"], name="arbitrator_objection_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seat_id} {self.side}"
