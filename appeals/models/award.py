"""What an outside body decided, point by point, and what is published of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from complaints.models.amount import AmountField
from complaints.states import MONEY_KINDS, Finding, RemedyKind


class Award(models.Model):
    """The award of one referral: a draft until the referral is ``awarded``.

    ``sha256`` is what was made; ``decision`` is the row of our own through which it is
    carried out, with its sign-offs.
    """

    referral = models.OneToOneField(
        "appeals.Referral", on_delete=models.PROTECT, related_name="award"
    )
    summary = models.TextField(blank=True, default="")
    reasons = models.TextField(blank=True, default="")
    comply_by = models.DateField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    made_at = models.DateTimeField(null=True, blank=True)
    decision = models.OneToOneField(
        "complaints.Decision",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="award",
    )

    class Meta:
        verbose_name = _("award")
        verbose_name_plural = _("awards")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.referral)


class AwardPoint(models.Model):
    """What the award finds on one point of the complaint."""

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="points")
    point = models.ForeignKey(
        "complaints.Point", on_delete=models.PROTECT, related_name="+"
    )
    finding = models.CharField(max_length=16, choices=Finding.choices)
    reasons = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["point__number"]
        verbose_name = _("finding of an award")
        verbose_name_plural = _("findings of awards")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["award", "point"], name="award_point_once"),
        ]

    def __str__(self) -> str:
        return f"{self.award_id}/{self.point_id}"


class AwardedRemedy(models.Model):
    """What the exchange has to do under an award, and by which day."""

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="remedies")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20, choices=RemedyKind.choices)
    description = models.TextField(blank=True, default="")
    amount = AmountField(max_digits=38, decimal_places=18, null=True, blank=True)
    asset = models.CharField(max_length=16, blank=True, default="")
    due_on = models.DateField()

    class Meta:
        ordering = ["number"]
        verbose_name = _("awarded remedy")
        verbose_name_plural = _("awarded remedies")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["award", "number"], name="awarded_remedy_once"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=sorted(MONEY_KINDS))
                | (Q(amount__gt=0) & ~Q(asset="")),
                name="awarded_money_has_amount",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.get_kind_display()}"

    @property
    def is_money(self) -> bool:
        return self.kind in MONEY_KINDS


class PublishedAward(models.Model):
    """An award as everybody may read it: names taken out by one person, checked by
    another. ``sha256`` is the text that was checked; another wording is checked anew.
    """

    award = models.OneToOneField(
        Award, on_delete=models.PROTECT, related_name="published"
    )
    title = models.CharField(max_length=200)
    text = models.TextField()
    language = models.CharField(max_length=10, default="en")
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField()
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-published_at", "-pk"]
        verbose_name = _("published award")
        verbose_name_plural = _("published awards")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True)
                | ~Q(checked_by=models.F("written_by")),
                name="award_checked_by_second",
            ),
        ]

    def __str__(self) -> str:
        return self.title
