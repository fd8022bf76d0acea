"""The roll-ups behind the dashboards; derived from ledger and clocks, never a source.

A mark says that one case counts once in one figure on one day; drilling down lists the
cases of the marks. Tallies are sums of marks, and what is frozen is a copy of them.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from complaints.models.amount import AmountField


class Measure(models.TextChoices):
    """What is counted, and what ``day``, ``kind``, ``sub`` and ``number`` then mean."""

    IN = "in"
    """Day it came; kind: "received" or the transition that brought it back."""
    OUT = "out"
    """Day staff had nothing more to do; kind: the transition."""
    ARRIVED = "arrived"
    """Number: hours since Monday 00:00 UTC."""
    CHANNEL = "channel"
    """Number: hour of the day, UTC."""
    OPEN = "open"
    """Day of receipt; kind: "ours" or "customer", who has the next word."""
    FLAG = "flag"
    """Day of receipt; kind: what is the matter with an open case."""
    DUE = "due"
    """Day of the limit; kind: step; sub: "kept", "late" or "running"."""
    TOOK = "took"
    """Day of the first decision; number: days since receipt, a begun day is a day."""
    OUTCOME = "outcome"
    """Day of the first decision; kind: outcome; the team that decided."""
    COHORT = "cohort"
    """Day of the first decision; kind: decided, appealed, concluded or changed."""
    CAUSE = "cause"
    """Day of the first decision, if it upheld something; kind: cause; sub: scope."""
    MONEY = "money"
    """Day of the decision; kind: asset; sub: what became of it; unit: currency."""
    AGAIN = "again"
    """Day of receipt; kind: "first" or "again"."""
    GROUP = "group"
    """Day of the first decision; sub: what groups are made by; kind: which group;
    number: 0 not upheld, 1 upheld, 2 upheld and paid; value: what was paid."""


class Counted(models.Model):
    """The columns by which anything is summed. ``team`` is empty for barred cases."""

    measure = models.CharField(max_length=8, choices=Measure.choices)
    team = models.PositiveBigIntegerField(default=0)
    topic = models.CharField(max_length=48, blank=True, default="")
    channel = models.CharField(max_length=10, blank=True, default="")
    kind = models.CharField(max_length=24, blank=True, default="")
    sub = models.CharField(max_length=12, blank=True, default="")
    unit = models.CharField(max_length=3, blank=True, default="")
    number = models.PositiveSmallIntegerField(default=0)
    amount = AmountField(max_digits=38, decimal_places=18, null=True)
    value = AmountField(max_digits=20, decimal_places=2, null=True)

    class Meta:
        abstract = True


class Mark(Counted):
    """One case counts in one figure on ``day`` (UTC)."""

    complaint_id = models.PositiveBigIntegerField()
    day = models.DateField()

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["complaint_id"], name="mark_case"),
            models.Index(fields=["measure", "day"], name="mark_day"),
            # Few among the many: the cases behind them are asked for by step.
            models.Index(
                fields=["kind", "day"],
                name="mark_late",
                condition=models.Q(measure="due", sub="late"),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.complaint_id} {self.measure} {self.day}"


class Tallied(Counted):
    """How many marks are alike on a day, or in the month that begins on ``start``."""

    monthly = models.BooleanField()
    start = models.DateField()
    n = models.BigIntegerField()

    class Meta:
        abstract = True


KEY = (
    *("monthly", "start", "measure", "team", "topic"),
    *("channel", "kind", "sub", "unit", "number"),
)
"""What makes two tallies the same one."""


class Tally(Tallied):
    """The sum as it is now."""

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["measure", "monthly", "start", *KEY[3:]], name="tally_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], name="tally_empty", condition=models.Q(n__lte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.start}: {self.n}"


class Snapshot(models.Model):
    """The figures of a month as they were frozen; signed, they are what is shown.

    A month is never frozen anew: a restatement is the next ``version``, with its
    reason, and both stay. ``checksum`` is the SHA-256 over its rows.
    """

    month = models.DateField()
    version = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField()
    rows = models.PositiveIntegerField()
    checksum = models.CharField(max_length=64)
    reason = models.CharField(_("why it is restated"), max_length=400, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        ordering = ["-month", "-version"]
        verbose_name = _("figures of a month")
        verbose_name_plural = _("figures of months")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["month", "version"], name="snapshot_version_once"
            ),
            models.CheckConstraint(
                condition=models.Q(signed_at=None, signed_by=None)
                | models.Q(signed_at__isnull=False, signed_by__isnull=False),
                name="snapshot_signed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} v{self.version}"


class FrozenTally(Tallied):
    """A tally of a month as it was when the snapshot was made."""

    snapshot = models.ForeignKey(
        Snapshot, on_delete=models.PROTECT, related_name="tallies"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["snapshot", "measure", "monthly", "start", *KEY[3:]],
                name="frozen_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.snapshot_id}: {self.measure} {self.start}: {self.n}"


class RollupState(models.Model):
    """How far the ledger has been reckoned; one row, which a refresh holds.

    ``gaps`` are ranges of keys below ``position`` that had no event when they were
    passed: a transaction that began earlier may still put one there.
    """

    position = models.PositiveBigIntegerField(default=0)
    gaps = models.JSONField(default=list)
    reckoned_at = models.DateTimeField(null=True, blank=True)
    rebuilt_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"event {self.position}"

    @classmethod
    def held(cls) -> "RollupState":
        """The row, held until the transaction ends (made when new)."""
        row: Any = cls.objects.select_for_update().get_or_create(pk=1)[0]
        return row  # type: ignore[no-any-return]


class ViewNote(models.Model):
    """A look at figures that waits to be carried to the ledger; see ``viewlog``.

    The role that writes it may do nothing else: not even read what it wrote.
    """

    at = models.DateTimeField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    facts = models.JSONField()
    request_id = models.CharField(max_length=36, blank=True, default="")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.user_id} {self.at:%Y-%m-%d %H:%M}"
