"""What is sent as plain JSON and means a row: one converter for every door of the API.

The shape is judged here (400); what a transition makes of a value, missing ones
included, is said by its guards (422).
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from complaints.models import Category, Complaint
from complaints.permissions import Viewer
from complaints.reference_number import normalise
from complaints.transitions import FARTHEST, Field, Kind, Offer
from teams.models import Membership, Team, User

TEXT_LIMIT = 50_000
LINE_LIMIT = 200


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses keys it does not know, so that a typing error is not silently lost."""

    def to_internal_value(self, data: Any) -> Any:
        values = super().to_internal_value(data)
        unknown = [key for key in data if key not in self.fields]
        if unknown:
            words = _("There is no such field.")
            line = serializers.ErrorDetail(str(words), code="unknown_field")
            raise serializers.ValidationError({key: [line] for key in unknown})
        return values


class CodeField(serializers.CharField):
    """A row by a word that names it; ``find`` gives None where there is none."""

    default_error_messages = {"unknown": _("There is nothing of this name here.")}

    def __init__(self, find: Callable[[str], Any], **kwargs: Any) -> None:
        self.find = find
        super().__init__(max_length=LINE_LIMIT, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        text = super().to_internal_value(data)
        self.run_validators(text)  # before a database is asked for it
        row = self.find(text) if text else None
        if text and row is None:
            self.fail("unknown")
        return row

    def run_validation(self, data: Any = serializers.empty) -> Any:
        empty, value = self.validate_empty_values(data)
        return value if empty else self.to_internal_value(data)


class NearMoment(serializers.DateTimeField):
    """A moment in ISO 8601, not ten years away: dates are reckoned with it."""

    default_error_messages = {"far": _("Choose a date within ten years.")}

    def to_internal_value(self, value: Any) -> datetime:
        moment: datetime = super().to_internal_value(value)
        if abs(moment - timezone.now()) > FARTHEST:
            self.fail("far")
        return moment


def category_of(code: str) -> Category | None:
    return Category.objects.filter(code=code, active=True).first()


def _team(code: str) -> Team | None:
    return Team.objects.filter(code=code).select_related("calendar").first()


OPTIONAL: dict[str, Any] = {"required": False, "allow_null": True}
Maker = Callable[[Any, Viewer], serializers.Field[Any, Any, Any, Any]]


def _text(_obj: Any, _viewer: Viewer) -> serializers.Field[Any, Any, Any, Any]:
    return serializers.CharField(max_length=TEXT_LIMIT, allow_blank=True, **OPTIONAL)


def _line(_obj: Any, _viewer: Viewer) -> serializers.Field[Any, Any, Any, Any]:
    return serializers.CharField(max_length=LINE_LIMIT, allow_blank=True, **OPTIONAL)


def _person(obj: Any, _viewer: Viewer) -> serializers.Field[Any, Any, Any, Any]:
    seats = Membership.objects.live().filter(team_id=obj.case.team_id)
    members = User.objects.filter(memberships__in=seats).distinct()
    return CodeField(lambda name: members.filter(username=name).first(), **OPTIONAL)


def _complaint(_obj: Any, viewer: Viewer) -> serializers.Field[Any, Any, Any, Any]:
    def find(reference: str) -> Complaint | None:
        rows = Complaint.objects.visible_to(viewer)
        return rows.filter(reference=normalise(reference) or "").first()

    return CodeField(find, **OPTIONAL)


MAKERS: dict[Kind, Maker] = {
    Kind.TEXT: _text,
    Kind.LINE: _line,
    Kind.CHOICE: _line,  # whether it is one of the choices is the guard's to say
    Kind.CAUSE: _line,  # the same
    Kind.FLAG: lambda _obj, _viewer: serializers.BooleanField(**OPTIONAL),
    Kind.DAY: lambda _obj, _viewer: serializers.DateField(**OPTIONAL),
    Kind.MOMENT: lambda _obj, _viewer: NearMoment(**OPTIONAL),
    Kind.TEAM: lambda _obj, _viewer: CodeField(_team, **OPTIONAL),
    Kind.PERSON: _person,
    Kind.CATEGORY: lambda _obj, _viewer: CodeField(category_of, **OPTIONAL),
    Kind.COMPLAINT: _complaint,
}


def values_of(offer: Offer, data: Any, obj: Any, viewer: Viewer) -> dict[str, Any]:
    """The fields of one offer, ready for ``perform``; empty ones are left out.

    Teams and categories by code, people of the case's team by user name, complaints
    by a reference the viewer sees. Raises ``ValidationError``.
    """
    given = {} if data in (None, "") else data
    made = {field.name: _made(field, obj, viewer) for field in offer.fields}
    form = type("MoveInput", (StrictSerializer,), made)(data=given)
    form.is_valid(raise_exception=True)
    values: Mapping[str, Any] = form.validated_data
    return {k: v for k, v in values.items() if v is not None and v != ""}


def _made(
    field: Field, obj: Any, viewer: Viewer
) -> serializers.Field[Any, Any, Any, Any]:
    return MAKERS[field.kind](obj, viewer)
