"""The people of a case: the customer, how to reach them, who speaks for them.

Field names follow the Annex of Delegated Regulation (EU) 2025/294 (1.a to 2.b).
"""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from complaints.models.labels import Labelled
from teams.names import full_name


class PartyKind(models.TextChoices):
    NATURAL = "natural", _("Natural person")
    LEGAL = "legal", _("Legal entity")


class PersonDetails(models.Model):
    """Name, address and ways to reach somebody; the repeated block of the Annex."""

    last_name = models.CharField(
        _("last name or name of the legal entity"), max_length=200, blank=True
    )
    first_name = models.CharField(_("first name"), max_length=200, blank=True)
    street = models.CharField(_("street, number, floor"), max_length=200, blank=True)
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail address"), max_length=254, blank=True)

    class Meta:
        abstract = True

    @property
    def full_name(self) -> str:
        return full_name(self.first_name, self.last_name)


class Party(PersonDetails):
    """Who complains (1.a). One row a customer; ``user`` where they can sign in."""

    kind = models.CharField(
        max_length=8, choices=PartyKind.choices, default=PartyKind.NATURAL
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="party",
    )
    account_id = models.CharField(_("account ID"), max_length=64, blank=True)
    registration_number = models.CharField(
        _("EUID, registration or ID number"), max_length=64, blank=True
    )
    lei = models.CharField(_("legal entity identifier"), max_length=20, blank=True)
    client_reference = models.CharField(
        _("client reference"), max_length=64, blank=True
    )
    language = models.CharField(max_length=10, default="en")
    time_zone = models.CharField(max_length=64, default="UTC")
    erased_at = models.DateTimeField(null=True, blank=True)
    restricted_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        indexes = [models.Index(fields=["account_id"], name="party_account")]

    def __str__(self) -> str:
        return self.full_name or self.email or f"#{self.pk}"


class ContactKind(models.TextChoices):
    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Phone")
    HANDLE = "handle", _("Account on another platform")


LINK_ENDED = "ended"
"""``Contact.proof`` of an account whose link has ended: nobody's address any more."""


class ContactQuerySet(models.QuerySet["Contact"]):
    def called(self, value: str) -> Self:
        """Those of this address, whatever its case; found by the index on it."""
        return self.alias(lowered=Lower("value")).filter(
            lowered=Lower(models.Value(value))
        )

    def account(self, provider: str, handle: str) -> Self:
        """Those of exactly this account on a platform."""
        return self.called(handle).filter(provider=provider, value=handle)


ContactManager = models.Manager.from_queryset(ContactQuerySet)


class Contact(Labelled, models.Model):
    """An address of a party and how far we know that it is theirs.

    An unproven address gets receipts and public status, never amounts or files.
    """

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="contacts")
    kind = models.CharField(max_length=8, choices=ContactKind.choices)
    provider = models.CharField(max_length=16, blank=True, default="")
    value = models.CharField(max_length=254)
    proved_at = models.DateTimeField(null=True, blank=True)
    proof = models.CharField(max_length=120, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ContactManager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints = [
            models.UniqueConstraint(
                "party", "kind", "provider", Lower("value"), name="contact_once"
            ),
        ]
        indexes = [
            models.Index(Lower("value"), "kind", "provider", name="contact_value"),
        ]

    def __str__(self) -> str:
        return self.value


class LinkCode(models.Model):
    """A code made while signed in; whoever sends it from a platform proves that their
    account there and the customer are one. Only its hash is kept; used once."""

    party = models.ForeignKey(
        Party, on_delete=models.CASCADE, related_name="link_codes"
    )
    code_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("link code")
        verbose_name_plural = _("link codes")

    def __str__(self) -> str:
        return f"#{self.party_id} {self.made_at:%Y-%m-%d %H:%M}"


class Capacity(models.TextChoices):
    """By what right somebody speaks for the customer."""

    ATTORNEY = "attorney", _("Power of attorney")
    COMPANY = "company", _("For a company")
    HEIR = "heir", _("Heir or administrator of an estate")


class RepresentativeQuerySet(models.QuerySet["Representative"]):
    def in_force(self, day: date) -> Self:
        """Those whose mandate has not ended before ``day``."""
        return self.filter(
            models.Q(valid_until__isnull=True) | models.Q(valid_until__gte=day)
        )


RepresentativeManager = models.Manager.from_queryset(RepresentativeQuerySet)


class Representative(PersonDetails):
    """Who speaks for the customer on one complaint (2.a), how far and for how long.

    ``scope`` is what the mandate covers, in their words; after ``valid_until`` (a
    whole day) they see nothing of the case and are written to no more.
    """

    complaint = models.ForeignKey(
        "complaints.Complaint", on_delete=models.PROTECT, related_name="representatives"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="represents",
    )
    registration_number = models.CharField(
        _("registration number"), max_length=64, blank=True
    )
    lei = models.CharField(_("legal entity identifier"), max_length=20, blank=True)
    capacity = models.CharField(
        max_length=8, choices=Capacity.choices, default=Capacity.ATTORNEY
    )
    scope = models.CharField(max_length=200, blank=True, default="")
    valid_until = models.DateField(null=True, blank=True)
    authority = models.ForeignKey(
        "complaints.Evidence",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="authorises",
        verbose_name=_("power of attorney or other official proof"),
    )

    objects = RepresentativeManager()

    class Meta:
        verbose_name = _("representative")
        verbose_name_plural = _("representatives")

    def __str__(self) -> str:
        return self.full_name

    def is_in_force(self, day: date) -> bool:
        return self.valid_until is None or self.valid_until >= day


class ContactDetails(PersonDetails):
    """Where to write when that differs from 1.a (1.b) or from 2.a (2.b)."""

    complaint = models.ForeignKey(
        "complaints.Complaint", on_delete=models.PROTECT, related_name="contact_details"
    )
    of_representative = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("contact details")
        verbose_name_plural = _("contact details")
        constraints = [
            models.UniqueConstraint(
                fields=["complaint", "of_representative"], name="contact_details_once"
            ),
        ]

    def __str__(self) -> str:
        return self.full_name
