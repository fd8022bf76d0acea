"""The official template (Annex of Delegated Regulation (EU) 2025/294) as a form.

Names follow its numbers: 1.a who complains, 1.b other contact details, 2.a and 2.b
the same of a representative, 3.a to 3.e the complaint, then place, date, signature.
Nothing is required but what we need in order to answer at all.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.countries import country_choices
from complaints.models import Capacity, ContactDetails, Party, Representative
from complaints.models.party import PartyKind, PersonDetails
from complaints.portal.fields import (
    DayField,
    EvidenceField,
    MailField,
    TextField,
)
from complaints.portal.forms import FILE_HINT, FILES, FilesMixin, KeyField, PeriodMixin
from complaints.services.intake import DESCRIPTION_LIMIT

PERSON = ("last_name", "first_name", "street", "postcode", "city", "country", "phone")
OWN = (*PERSON, "registration_number", "lei", "client_reference")
PARTS = {
    "b1": _("1.b Contact details, only if different from 1.a"),
    "a2": _("2.a Information about the legal representative, if there is one"),
    "b2": _("2.b Contact details of the representative, only if different from 2.a"),
}
LABELS = {
    "last_name": _("Last name, or name of the legal entity"),
    "first_name": _("First name"),
    "registration_number": _("EUID, or national registration or ID number"),
    "lei": _("Legal Entity Identifier (LEI)"),
    "client_reference": _("Client reference"),
    "street": _("Address: street, number, floor"),
    "postcode": _("Postcode"),
    "city": _("City"),
    "country": _("Country"),
    "phone": _("Telephone"),
    "email": _("E-mail address"),
}
ORDER = (
    "last_name",
    "first_name",
    "registration_number",
    "lei",
    "client_reference",
    "street",
    "postcode",
    "city",
    "country",
    "phone",
    "email",
)

FILLS = {
    "last_name": "family-name",
    "first_name": "given-name",
    "street": "address-line1",
    "postcode": "postal-code",
    "city": "address-level2",
    "country": "country",
    "phone": "tel",
    "email": "email",
}
"""What a browser may fill in, by name. It keeps the sections of one form apart, so
that the details of a representative never get into those of the customer."""

MANDATE = ("capacity", "scope", "valid_until", "authority")


def _field(model: type[PersonDetails], name: str, part: str) -> forms.Field:
    """A form field as long as its column."""
    label = LABELS[name]
    fills = f"section-{part} {FILLS[name]}" if name in FILLS else "off"
    if name == "country":
        field = forms.ChoiceField(label=label, required=False, choices=country_choices)
        field.widget.attrs["autocomplete"] = fills
        return field
    if name == "email":
        return MailField(label=label, required=False, max_length=254, fills=fills)
    longest = getattr(model._meta.get_field(name), "max_length", None)
    return TextField(label=label, required=False, max_length=longest, fills=fills)


def _fields(model: type[PersonDetails], part: str) -> dict[str, forms.Field]:
    known = {field.name for field in model._meta.get_fields()}
    return {
        f"{part}_{name}": _field(model, name, part) for name in ORDER if name in known
    }


class AnnexForm(PeriodMixin, FilesMixin):
    """Every field of the template, in its order and with its numbers."""

    kind = forms.ChoiceField(
        label=_("Who complains?"),
        choices=PartyKind.choices,
        initial=PartyKind.NATURAL,
        required=False,
        widget=forms.RadioSelect,
    )
    service_reference = TextField(
        label=_("3.a Full reference of the crypto-asset service concerned"),
        required=False,
        max_length=200,
        help_text=_(
            "Name of the provider, reference number of the service, or references of "
            "the transactions."
        ),
    )
    description = TextField(
        label=_("3.b Description of the subject-matter of the complaint"),
        lines=8,
        max_length=DESCRIPTION_LIMIT,
        error_messages={"required": _("Describe what the complaint is about")},
    )
    facts_from = DayField(
        label=_("3.c Date of the facts that led to the complaint"), required=False
    )
    facts_until = DayField(label=_("3.c Last of these dates"), required=False)
    loss_description = TextField(
        label=_("3.d Description of damage, loss or detriment caused"),
        required=False,
        lines=3,
        max_length=10_000,
        help_text=_("Where there is any."),
    )
    comments = TextField(
        label=_("3.e Other comments or relevant information"),
        required=False,
        lines=3,
        max_length=10_000,
    )
    signed_place = TextField(label=_("In (place)"), required=False, max_length=100)
    signed_on = DayField(label=_("On (date)"), required=False)
    signed_name = TextField(
        label=_("Signature"),
        required=False,
        max_length=200,
        help_text=_("Type your name: the complainant, or the legal representative."),
    )
    capacity = forms.ChoiceField(
        label=_("By what right they act"),
        choices=Capacity.choices,
        initial=Capacity.ATTORNEY,
        required=False,
    )
    scope = TextField(
        label=_("What they may do"),
        required=False,
        max_length=200,
        help_text=_("Such as: everything about this complaint, or receive letters."),
    )
    valid_until = DayField(
        label=_("Until when their right lasts"), required=False, later=True
    )
    authority = EvidenceField(
        label=_("Power of attorney or other official proof"),
        required=False,
        help_text=FILE_HINT,
    )
    key = KeyField()

    def __init__(self, *args: Any, guest: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.guest = guest
        self.fields |= _fields(Party, "a1") | _fields(ContactDetails, "b1")
        self.fields |= _fields(Representative, "a2") | _fields(ContactDetails, "b2")
        self.fields["signed_on"].initial = timezone.localdate
        for name in ("last_name", "email"):
            self.fields[f"a1_{name}"].required = guest
        if not guest:
            del self.fields["a1_email"]
        self.order_fields(_order(self.fields))

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        unproven = not data.get("authority") and "authority" not in self.errors
        if self.part("a2") and unproven:
            words = _("Add the power of attorney or other official proof")
            self.add_error("authority", ValidationError(words, "required"))
        return data

    def part(self, part: str) -> dict[str, Any]:
        """What was filled in of one numbered part, by column; empty when nothing."""
        values = {
            name: self.cleaned_data.get(f"{part}_{name}") or ""
            for name in ORDER
            if f"{part}_{name}" in self.fields
        }
        return values if any(values.values()) else {}

    def mandate(self) -> dict[str, Any]:
        """Columns of the representative of 2.a; empty where there is none."""
        person, data = self.part("a2"), self.cleaned_data
        if not person:
            return {}
        return {
            **person,
            "capacity": data["capacity"] or Capacity.ATTORNEY,
            "scope": data["scope"],
            "valid_until": data["valid_until"],
        }

    def fieldsets(self) -> list[dict[str, Any]]:
        """The parts 1.b, 2.a and 2.b for the page: title, fields, open or folded."""
        return [
            {
                "title": title,
                "fields": fields,
                "open": any(field.errors or _said(field) for field in fields),
            }
            for part, title in PARTS.items()
            if (fields := self._bound(part))
        ]

    def _bound(self, part: str) -> list[Any]:
        rows = [self[name] for name in self.fields if name.startswith(f"{part}_")]
        return [*rows, *(self[n] for n in MANDATE)] if part == "a2" else rows

    def own(self) -> list[Any]:
        """The fields of 1.a."""
        return [self[name] for name in self.fields if name.startswith("a1_")]

    def matter(self) -> list[Any]:
        """The fields of 3."""
        names = ("service_reference", "description", "facts_from", "facts_until")
        return [self[name] for name in (*names, "loss_description", "comments", *FILES)]

    def signature(self) -> list[Any]:
        return [self[name] for name in ("signed_place", "signed_on", "signed_name")]


def _said(field: Any) -> bool:
    """Whether somebody put something there; a preset choice is nobody's word."""
    return bool(field.value()) and field.value() != field.initial


def _order(fields: Mapping[str, Any]) -> list[str]:
    """As in the template, so that the summary of errors lists them from the top."""
    parts = {
        part: [name for name in fields if name.startswith(f"{part}_")]
        for part in ("a1", "b1", "a2", "b2")
    }
    matter = ("service_reference", "description", "facts_from", "facts_until")
    return [
        "kind",
        *parts["a1"],
        *parts["b1"],
        *parts["a2"],
        *MANDATE,
        *parts["b2"],
        *matter,
        "loss_description",
        "comments",
        *FILES,
        "signed_place",
        "signed_on",
        "signed_name",
        "key",
    ]
