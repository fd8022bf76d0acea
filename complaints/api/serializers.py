"""The shape of what is sent to the API. What it means is judged by the services."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from complaints.api.fields import CodeField, StrictSerializer, category_of
from complaints.services.correspond import MESSAGE_LIMIT
from complaints.services.intake import DESCRIPTION_LIMIT
from complaints.states import EvidenceKind, IdentifierKind

LONG = 10_000


def text(limit: int, **more: Any) -> serializers.CharField:
    """A text that may be left out."""
    return serializers.CharField(
        max_length=limit, required=False, allow_blank=True, default="", **more
    )


def day() -> serializers.DateField:
    return serializers.DateField(required=False, allow_null=True, default=None)


class IdentifierIn(StrictSerializer):
    """A transaction, order or address that the complaint names."""

    kind = serializers.ChoiceField(IdentifierKind.choices)
    value = serializers.CharField(max_length=200)
    network = text(24)


class FilingIn(StrictSerializer):
    """A complaint as the app sends it; only the description is required.

    Amounts are best sent as text: ``"0.000000000000000001"``.
    """

    description = serializers.CharField(max_length=DESCRIPTION_LIMIT)
    subject = text(200)
    points = serializers.ListField(
        child=serializers.CharField(max_length=2_000), max_length=50, required=False
    )
    category = CodeField(category_of, required=False, allow_null=True, default=None)
    funds_at_risk = serializers.BooleanField(default=False)
    asset = serializers.RegexField(
        r"^[A-Za-z0-9.$_-]*\Z", max_length=16, allow_blank=True, default=""
    )
    amount = serializers.DecimalField(
        max_digits=38, decimal_places=18, min_value=0, allow_null=True, default=None
    )
    desired_outcome = text(LONG)
    identifiers = IdentifierIn(many=True, required=False)
    language = serializers.ChoiceField(settings.LANGUAGES, required=False)
    service_reference = text(200)
    facts_from = day()
    facts_until = day()
    loss_description = text(LONG)
    comments = text(LONG)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        begin, end = attrs["facts_from"], attrs["facts_until"]
        if begin and end and end < begin:
            words = _("This day is before the day on which it began")
            raise serializers.ValidationError({"facts_until": words}, code="order")
        return attrs

    def validate_identifiers(self, rows: list[Any]) -> list[Any]:
        if len(rows) > 100:
            words = _("These are more than we can keep (100).")
            raise serializers.ValidationError(words, code="max_length")
        return rows


class CustomerMessageIn(StrictSerializer):
    """What the customer writes."""

    text = serializers.CharField(max_length=MESSAGE_LIMIT)


class StaffMessageIn(CustomerMessageIn):
    """``reply`` goes out, ``note`` stays inside, ``heard`` is the customer's word
    as staff heard it."""

    kind = serializers.ChoiceField(
        [("reply", _("Reply")), ("note", _("Note")), ("heard", _("Heard"))]
    )


class HeardMessageIn(CustomerMessageIn):
    """What support heard from a customer whose case it cannot read."""

    kind = serializers.ChoiceField([("heard", _("Heard"))], default="heard")


class EvidenceIn(StrictSerializer):
    """One file of a customer."""

    file = serializers.FileField(allow_empty_file=True, max_length=1_000)


class StaffEvidenceIn(EvidenceIn):
    """One file brought by staff: what it is, whence, and whether it is shown."""

    kind = serializers.ChoiceField(EvidenceKind.choices, default=EvidenceKind.OTHER)
    source = text(120)
    shared_with_customer = serializers.BooleanField(default=False)
