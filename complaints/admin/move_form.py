"""The form of a transition, made from what the transition itself asks for."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from complaints import clocks, profiles
from complaints.models import Category, Complaint, RootCause
from complaints.permissions import Viewer
from complaints.reference_number import normalise
from complaints.services.assign import best_of, candidates, suggest_team
from complaints.states import ClosingReason, Step
from complaints.transitions import FARTHEST, Field, Kind, Offer, Words
from teams.models import Membership, Team, User

TEXT_LIMIT = 50_000
LINE_LIMIT = 200
CENTURY = 2000
MOMENT_FORMAT = "%Y-%m-%dT%H:%M"


class MomentInput(forms.DateTimeInput):
    """The browser's own picker of date and time."""

    input_type = "datetime-local"

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__(attrs=dict(attrs or {}), format=MOMENT_FORMAT)


def _in_zone(words: Words) -> str:
    return str(words) % {"zone": timezone.get_current_timezone_name()}


in_zone = lazy(_in_zone, str)
"""``words`` with ``%(zone)s``, the zone that moments are typed and shown in."""


class NearMomentField(forms.DateTimeField):
    """A moment of this century and at most ten years away, in the viewer's zone."""

    widget = MomentInput
    default_error_messages = {"far": _("Choose a date within ten years.")}

    def __init__(self, *, help_text: Any = "", **kwargs: Any) -> None:
        words = help_text or in_zone(_("Date and time in %(zone)s."))
        super().__init__(help_text=words, **kwargs)

    def clean(self, value: Any) -> datetime | None:
        try:
            moment: datetime | None = super().clean(value)
        except OverflowError:  # the zone would carry it out of the calendar
            raise self._far() from None
        if moment and (moment.year < CENTURY or moment - timezone.now() > FARTHEST):
            raise self._far()
        return moment

    def _far(self) -> forms.ValidationError:
        return forms.ValidationError(self.error_messages["far"], code="far")


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__(attrs=dict(attrs or {}), format="%Y-%m-%d")


class ReferenceField(forms.CharField):
    """A complaint by its reference, among those the viewer sees."""

    def __init__(self, *, viewer: Viewer, **kwargs: Any) -> None:
        self.viewer = viewer
        super().__init__(max_length=40, **kwargs)

    def clean(self, value: Any) -> Complaint | None:
        text = super().clean(value)
        if not text:
            return None
        rows = Complaint.objects.visible_to(self.viewer)
        found = rows.filter(reference=normalise(text) or "").first()
        if found is None:
            raise forms.ValidationError(_("There is no such complaint here."))
        return found


class MoveForm(forms.Form):
    """Asks for the fields of one offer; ``given`` is what ``perform`` gets.

    ``version`` is the version of the object that the person looked at.
    """

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, offer: Offer, obj: Any, viewer: Viewer, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.asked = offer.fields
        for field in offer.fields:
            self.fields[field.name] = form_field(field, offer.name, obj, viewer)
        if offer.spec.grave:
            self.fields["sure"] = forms.BooleanField(
                label=_("I know that I cannot take this back."),
                error_messages={"required": _("Tick this to go on.")},
            )
        self.initial.setdefault("version", obj.version)

    def given(self) -> dict[str, Any]:
        """What was filled in; empty optional fields are left out."""
        values = {field.name: self.cleaned_data.get(field.name) for field in self.asked}
        return {k: v for k, v in values.items() if v is not None and v != ""}


def form_field(field: Field, move: str, obj: Any, viewer: Viewer) -> forms.Field:
    """The form field that asks for ``field`` of the transition ``move``."""
    common = {
        "label": field.label,
        "required": field.required,
        "help_text": field.hint,
        "initial": _initial(field, move, obj),
    }
    limited = LIMITED.get((move, field.name))
    if limited is not None:
        return _choice(limited(obj), common)
    return MAKERS[field.kind](field, obj, viewer, common)


def _initial(field: Field, move: str, obj: Any) -> Any:
    """What the case says already, so that nobody types it twice."""
    if isinstance(obj, Complaint) and (move, field.name) in SUGGESTED:
        return SUGGESTED[move, field.name](obj)
    if field.kind in (Kind.CATEGORY, Kind.CAUSE, Kind.CHOICE, Kind.FLAG):
        return getattr(obj, field.name, None)
    return None


def _least_loaded(case: Complaint) -> User | None:
    return best_of(candidates(case, timezone.now()))


def _answer_by(case: Complaint) -> datetime:
    """The customer's time by the profile, but not past the limit of the law."""
    profile, now = profiles.by_key(case.profile_key), timezone.now()
    limit = profile.limit(Step.ANSWER_CUSTOMER)
    ends = [clocks.due_at(now, limit, None, profile.timezone)]
    law = case.running_clocks(Step.STATUTORY_DECISION)
    ends += [clock.due_at for clock in law if clock.due_at > now]
    return timezone.localtime(min(ends))


SUGGESTED: dict[tuple[str, str], Callable[[Complaint], Any]] = {
    ("admit", "team"): suggest_team,
    ("assign_to", "handler"): _least_loaded,
    ("ask_customer", "answer_by"): _answer_by,
}
"""Fields whose answer the desk already has a proposal for."""


def _choice(choices: list[tuple[str, Any]], common: dict[str, Any]) -> forms.Field:
    return forms.ChoiceField(choices=[("", _("Choose")), *choices], **common)


def _grounds(obj: Any) -> list[tuple[str, Any]]:
    grounds = profiles.by_key(obj.profile_key).grounds
    return [(ground.code, ground.label) for ground in grounds]


def _ways_out(_obj: Any) -> list[tuple[str, Any]]:
    ways = (ClosingReason.ENQUIRY, ClosingReason.OTHER_FIRM)
    return [(way.value, way.label) for way in ways]


def _outside(obj: Any) -> list[tuple[str, Any]]:
    case = obj.case
    routes = profiles.by_key(case.profile_key).routes_for(case.customer.country)
    return [(route.code, route.name) for route in routes]


LIMITED: dict[tuple[str, str], Callable[[Any], list[tuple[str, Any]]]] = {
    ("refuse_admission", "ground"): _grounds,
    ("not_a_complaint", "closing_reason"): _ways_out,
    ("refer", "route"): _outside,
}
"""Fields of which the case allows only some values; the guards hold the same line."""

Maker = Callable[[Field, Any, Viewer, dict[str, Any]], forms.Field]


def _text(_field: Field, _obj: Any, _viewer: Viewer, common: Any) -> forms.Field:
    return forms.CharField(
        max_length=TEXT_LIMIT, widget=forms.Textarea(attrs={"rows": 5}), **common
    )


def _line(_field: Field, _obj: Any, _viewer: Viewer, common: Any) -> forms.Field:
    return forms.CharField(max_length=LINE_LIMIT, **common)


def _of_choices(field: Field, _obj: Any, _viewer: Viewer, common: Any) -> forms.Field:
    return _choice(list(field.choices.choices if field.choices else ()), common)


def _flag(_field: Field, _obj: Any, _viewer: Viewer, common: Any) -> forms.Field:
    return forms.BooleanField(**common)


def _day(_field: Field, _obj: Any, _viewer: Viewer, common: Any) -> forms.Field:
    return forms.DateField(widget=DayInput, **common)


def _moment(_field: Field, _obj: Any, _viewer: Viewer, common: Any) -> forms.Field:
    return NearMomentField(**common)


def _team(_field: Field, _obj: Any, _viewer: Viewer, common: Any) -> forms.Field:
    return forms.ModelChoiceField(Team.objects.all(), empty_label=_("Choose"), **common)


def _person(_field: Field, obj: Any, _viewer: Viewer, common: Any) -> forms.Field:
    seats = Membership.objects.live().filter(team_id=obj.case.team_id)
    people = User.objects.filter(memberships__in=seats, is_active=True)
    rows = people.distinct().order_by("first_name", "username")
    return forms.ModelChoiceField(rows, empty_label=_("Choose"), **common)


def _category(_field: Field, _obj: Any, _viewer: Viewer, common: Any) -> forms.Field:
    rows = Category.objects.filter(active=True)
    return forms.ModelChoiceField(rows, empty_label=_("Choose"), **common)


def cause_choices() -> list[tuple[str, Any]]:
    """The root causes in use, after an empty line."""
    rows = RootCause.objects.filter(active=True)
    return [("", _("Choose")), *((row.code, row.label) for row in rows)]


def _cause(_field: Field, _obj: Any, _viewer: Viewer, common: Any) -> forms.Field:
    return forms.ChoiceField(choices=cause_choices, **common)


def _complaint(_field: Field, _obj: Any, viewer: Viewer, common: Any) -> forms.Field:
    hint = common["help_text"] or _("Reference, such as RC-7K4M-93XD.")
    return ReferenceField(viewer=viewer, **{**common, "help_text": hint})


MAKERS: dict[Kind, Maker] = {
    Kind.TEXT: _text,
    Kind.LINE: _line,
    Kind.CHOICE: _of_choices,
    Kind.FLAG: _flag,
    Kind.DAY: _day,
    Kind.MOMENT: _moment,
    Kind.TEAM: _team,
    Kind.PERSON: _person,
    Kind.CATEGORY: _category,
    Kind.CAUSE: _cause,
    Kind.COMPLAINT: _complaint,
}
