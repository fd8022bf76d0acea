"""The form of an appeal: a ground and a sentence for each point one disagrees with."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appeals import consent
from appeals.selectors import ON_A_DECISION, ON_A_REFUSAL
from appeals.services import NewGround
from appeals.services.lodge import MOST_GROUNDS, TEXT_LIMIT
from complaints.models import Complaint, Point
from complaints.portal.fields import EvidenceField, TextField
from complaints.portal.options import OptionLabel
from complaints.profiles import by_key
from complaints.profiles.parts import Route
from complaints.services.evidence import Upload
from complaints.states import AppealGroundKind

FILES = ("file_1", "file_2", "file_3")
WHOLE = 0
"""The number under which the decision as a whole stands among the points."""


class AppealForm(forms.Form):
    """``late`` asks for a reason; ``refused`` has no points, only the refusal."""

    statement = TextField(
        label=_("Is there anything else that we should know?"),
        required=False,
        lines=4,
        max_length=TEXT_LIMIT,
    )
    desired_outcome = TextField(
        label=_("What should be decided instead?"),
        required=False,
        lines=3,
        max_length=TEXT_LIMIT,
    )
    file_1 = EvidenceField(
        label=_("A new file"),
        required=False,
        help_text=_("A picture, a PDF or a text, up to 25 MB."),
    )
    file_2 = EvidenceField(label=_("A second file"), required=False)
    file_3 = EvidenceField(label=_("A third file"), required=False)

    def __init__(
        self, *args: Any, case: Complaint, refused: bool, late: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.points: dict[int, Point | None] = {}
        if not refused:
            self.points.update((p.number, p) for p in _points(case))
        self.points[WHOLE] = None
        for number in self.points:
            self._ask(number, refused)
        if late:
            self.fields["late_reason"] = TextField(
                label=_("Why do you appeal only now?"),
                help_text=_("The time to appeal has ended. A reviewer judges this."),
                lines=3,
                max_length=TEXT_LIMIT,
                error_messages={"required": _("Tell us why you appeal only now")},
            )

    def _ask(self, number: int, refused: bool) -> None:
        kinds = ON_A_REFUSAL if refused else ON_A_DECISION
        empty = _("Choose") if refused else _("I do not appeal this")
        choices = [("", empty), *((kind.value, kind.label) for kind in kinds)]
        self.fields[f"kind_{number}"] = forms.ChoiceField(
            label=_("Why is it wrong?"), required=False, choices=choices
        )
        self.fields[f"text_{number}"] = TextField(
            label=_("What exactly is wrong?"),
            required=False,
            lines=3,
            max_length=TEXT_LIMIT,
        )

    def blocks(self) -> Iterator[dict[str, Any]]:
        """Each point with its two fields, the whole decision last."""
        for number, point in self.points.items():
            yield {
                "number": number,
                "point": point,
                "kind": self[f"kind_{number}"],
                "text": self[f"text_{number}"],
            }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for number in self.points:
            self._clean_block(number, data)
        if not self.errors and not self.grounds():
            raise ValidationError(
                _("Choose at least one point that you appeal, and say why"), "empty"
            )
        return data

    def _clean_block(self, number: int, data: dict[str, Any]) -> None:
        kind, text = data.get(f"kind_{number}"), data.get(f"text_{number}")
        if kind and not text and f"text_{number}" not in self.errors:
            self.add_error(f"text_{number}", _("Say in a sentence what is wrong"))
        if text and not kind and f"kind_{number}" not in self.errors:
            self.add_error(f"kind_{number}", _("Choose why it is wrong"))

    def grounds(self) -> list[NewGround]:
        """What was chosen, in the order of the points."""
        data = self.cleaned_data
        return [
            NewGround(
                kind=AppealGroundKind(data[f"kind_{number}"]),
                text=data[f"text_{number}"],
                point=point,
            )
            for number, point in self.points.items()
            if data.get(f"kind_{number}")
        ]

    def uploads(self) -> list[Upload]:
        return [self.cleaned_data[name] for name in FILES if self.cleaned_data[name]]


def _points(case: Complaint) -> list[Point]:
    return list(case.points.order_by("number")[: MOST_GROUNDS - 1])


class ReferForm(forms.Form):
    """Which outside body, and the agreement without which nothing is referred."""

    route = forms.ChoiceField(
        label=_("Which body do you take it to?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the outside routes.")},
    )
    consent = forms.BooleanField(
        label=_("I agree to take part; it is voluntary"),
        error_messages={
            "required": _("We need your agreement to refer the case."),
        },
    )
    words = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)

    def __init__(self, *args: Any, case: Complaint, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["words"] = consent.VERSION
        self.fields["route"].choices = [  # type: ignore[attr-defined]
            (route.code, OptionLabel(str(route.name), note=_limit(route)))
            for route in by_key(case.profile_key).routes_for(case.customer.country)
        ]


def _limit(route: Route) -> str:
    return gettext("Time limit: %(limit)s") % {"limit": route.time_limit}


class OutsideAnswerForm(forms.Form):
    """The customer's word to the arbitrator."""

    text = TextField(
        label=_("Your answer"),
        help_text=_("The arbitrator and the exchange read it."),
        lines=6,
        max_length=TEXT_LIMIT,
    )


class ObjectionForm(forms.Form):
    """Why the customer does not want an arbitrator to decide."""

    text = TextField(
        label=_("Why should this person not decide?"),
        help_text=_("The arbitrator and the exchange read it."),
        lines=6,
        max_length=TEXT_LIMIT,
    )
