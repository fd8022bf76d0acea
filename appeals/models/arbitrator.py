"""The register of outside arbitrators: people without a seat or account here."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from complaints.channels.app.sealing import SealedField


class Arbitrator(models.Model):
    """Somebody who may be appointed to decide a case from outside.

    ``language`` is the one we write to them in. ``enrol_hash`` is what is kept of the
    enrolment code until they used it; ``totp_step`` is the time step of the last
    one-time code they used, so that none is taken twice.
    """

    full_name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail address"), max_length=254)
    chamber = models.CharField(
        _("chamber or profession"), max_length=200, blank=True, default=""
    )
    seat = models.CharField(_("seat"), max_length=100, blank=True, default="")
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, default="en"
    )
    totp_secret = SealedField(blank=True, default="")
    totp_step = models.PositiveBigIntegerField(default=0)
    enrol_hash = models.CharField(max_length=64, blank=True, default="")
    enrol_until = models.DateTimeField(null=True, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["full_name", "pk"]
        verbose_name = _("arbitrator")
        verbose_name_plural = _("arbitrators")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(Lower("email"), name="arbitrator_address_once"),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def is_enrolled(self) -> bool:
        """Whether they have their own second factor."""
        return bool(self.totp_secret)


class TieKind(models.TextChoices):
    """With whom an arbitrator is tied, by their own declaration."""

    CUSTOMER = "customer", _("With the customer")
    STAFF = "staff", _("With somebody who works here")
    EARLIER_CASE = "earlier_case", _("From an earlier case")
    COMPANY = "company", _("With the exchange as a whole")


class DeclaredTie(models.Model):
    """A conflict of interest that an arbitrator declared, with what it is about.

    One with a person of ours or a customer holds for every case they are in; one with
    the exchange for all. Lifted ones stay on record.
    """

    arbitrator = models.ForeignKey(
        Arbitrator, on_delete=models.PROTECT, related_name="ties"
    )
    kind = models.CharField(max_length=12, choices=TieKind.choices)
    party = models.ForeignKey(
        "complaints.Party",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    complaint = models.ForeignKey(
        "complaints.Complaint",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    reason = models.TextField(blank=True, default="")
    declared_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-declared_at", "-pk"]
        verbose_name = _("declared conflict of an arbitrator")
        verbose_name_plural = _("declared conflicts of arbitrators")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=TieKind.COMPANY)
                | Q(party__isnull=False)
                | Q(user__isnull=False)
                | Q(complaint__isnull=False),
                name="tie_is_about_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.arbitrator}: {self.get_kind_display()}"
