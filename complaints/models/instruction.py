"""What the exchange is told to pay or to take back, and how far that has come."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from complaints.models.remedy import Remedy
from complaints.states import OrderKind, OrderState

LIVE_TAKE_BACK = (
    OrderState.ASKED,
    OrderState.AGREED,
    OrderState.WAITING,
    OrderState.DONE,
)


class Instruction(models.Model):
    """One order about one remedy, under one key for all its attempts.

    ``unsure``: a request may have arrived whose answer nobody heard, so the ledger is
    asked by the key before it is told again. ``to`` is the account or address as it
    was when the order was given; ``answer`` is the ledger's last word, or why none
    came. Payments start as waiting; taking back is asked for, then agreed to by
    somebody else. ``by_hand`` rows never leave this desk.
    """

    remedy = models.ForeignKey(
        Remedy, on_delete=models.PROTECT, related_name="instructions"
    )
    what = models.CharField(max_length=10, choices=OrderKind.choices)
    key = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=10, choices=OrderState.choices)
    by_hand = models.BooleanField(_("by hand, with proof"), default=False)
    to = models.CharField(max_length=200, blank=True, default="")
    reason = models.TextField(blank=True, default="")
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    ordered_at = models.DateTimeField()
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True, blank=True)
    unsure = models.BooleanField(default=False)
    answer = models.CharField(max_length=300, blank=True, default="")
    proof = models.CharField(max_length=200, blank=True, default="")
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("instruction to the ledger")
        verbose_name_plural = _("instructions to the ledger")
        constraints = [
            models.UniqueConstraint(
                fields=["remedy"],
                condition=models.Q(what=OrderKind.PAY),
                name="instruction_pays_once",
            ),
            models.UniqueConstraint(
                fields=["remedy"],
                condition=models.Q(
                    what=OrderKind.TAKE_BACK, state__in=sorted(LIVE_TAKE_BACK)
                ),
                name="instruction_takes_back_once",
            ),
            models.CheckConstraint(
                condition=models.Q(answered_by=None)
                | ~models.Q(answered_by=models.F("ordered_by")),
                name="instruction_by_two_people",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=OrderState.values),
                name="instruction_state_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                name="instruction_owed",
                condition=models.Q(state=OrderState.WAITING),
            ),
        ]

    def __str__(self) -> str:
        return self.key
