"""The form of an award: a finding for each point, what is to be done by which day.

The arbitrator fills it in; staff fill it in for a body that has no link here.
"""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from appeals.models import Award, Referral
from appeals.services.outside.award import NewAwarded, NewPoint
from appeals.services.outside.rows import TEXT_LIMIT
from complaints.portal.fields import AmountField, DayField, TextField
from complaints.states import MONEY_KINDS, Finding, RemedyKind

ROWS = 4
"""Remedies that fit on the form besides those that are there."""


class AwardForm(forms.Form):
    """``summary``, ``reasons``, per point ``p<pk>-…``, per remedy ``r<number>-…``."""

    summary = TextField(
        label=_("The award in one sentence"),
        help_text=_("The first line that both sides read."),
        lines=2,
        max_length=2_000,
    )
    reasons = TextField(label=_("Reasons"), lines=8, max_length=TEXT_LIMIT)

    def __init__(
        self, *args: Any, referral: Referral, award: Award | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.initial.update(_initial(award))
        self.points = list(referral.complaint.points.order_by("number"))
        self.rows = range(1, ROWS + 1 + (award.remedies.count() if award else 0))
        for point in self.points:
            self._add_point(point.pk)
        for number in self.rows:
            self._add_remedy(number)

    def _add_point(self, pk: int) -> None:
        self.fields[f"p{pk}-finding"] = forms.ChoiceField(
            label=_("Finding"), choices=[("", _("Choose")), *Finding.choices]
        )
        self.fields[f"p{pk}-reasons"] = TextField(
            label=_("Why"), lines=3, max_length=TEXT_LIMIT
        )

    def _add_remedy(self, number: int) -> None:
        none = _("Nothing in this row")
        self.fields[f"r{number}-kind"] = forms.ChoiceField(
            label=_("What is to be done"),
            choices=[("", none), *RemedyKind.choices],
            required=False,
        )
        self.fields[f"r{number}-amount"] = AmountField(
            label=_("Amount"), required=False
        )
        self.fields[f"r{number}-asset"] = TextField(
            label=_("Asset"), required=False, max_length=16
        )
        self.fields[f"r{number}-description"] = TextField(
            label=_("What for"), required=False, max_length=2_000
        )
        self.fields[f"r{number}-due"] = DayField(
            label=_("By which day?"), required=False, later=True
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for number in self.rows:
            kind = data.get(f"r{number}-kind")
            if kind and not data.get(f"r{number}-due"):
                self.add_error(f"r{number}-due", _("Choose a day."))
            if kind in MONEY_KINDS and not data.get(f"r{number}-amount"):
                words = _("Enter the amount as a number, such as 0.25")
                self.add_error(f"r{number}-amount", words)
        return data

    def point_blocks(self) -> Iterator[dict[str, Any]]:
        for point in self.points:
            yield {
                "point": point,
                "finding": self[f"p{point.pk}-finding"],
                "reasons": self[f"p{point.pk}-reasons"],
            }

    def remedy_blocks(self) -> Iterator[dict[str, Any]]:
        names = ("kind", "amount", "asset", "description", "due")
        for number in self.rows:
            yield {"number": number, **{n: self[f"r{number}-{n}"] for n in names}}

    def written(self) -> dict[str, Any]:
        """What the services take."""
        data = self.cleaned_data
        return {
            "summary": data["summary"],
            "reasons": data["reasons"],
            "points": [
                NewPoint(
                    point=point,
                    finding=data[f"p{point.pk}-finding"],
                    reasons=data[f"p{point.pk}-reasons"],
                )
                for point in self.points
            ],
            "remedies": [self._owed(n) for n in self.rows if data[f"r{n}-kind"]],
        }

    def _owed(self, number: int) -> NewAwarded:
        data = self.cleaned_data
        return NewAwarded(
            kind=data[f"r{number}-kind"],
            due_on=data[f"r{number}-due"],
            description=data[f"r{number}-description"],
            amount=data[f"r{number}-amount"],
            asset=data[f"r{number}-asset"],
        )


def _initial(award: Award | None) -> dict[str, Any]:
    if award is None:
        return {}
    known: dict[str, Any] = {"summary": award.summary, "reasons": award.reasons}
    for found in award.points.all():
        known[f"p{found.point_id}-finding"] = found.finding
        known[f"p{found.point_id}-reasons"] = found.reasons
    for owed in award.remedies.all():
        row = f"r{owed.number}-"
        known |= {
            f"{row}kind": owed.kind,
            f"{row}amount": f"{owed.amount.normalize():f}" if owed.amount else "",
            f"{row}asset": owed.asset,
            f"{row}description": owed.description,
            f"{row}due": owed.due_on.isoformat(),
        }
    return known
