"""Forms of the draft of a decision: its words, a finding a point, shares, remedies."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.admin.forms import textarea
from complaints.admin.move_form import TEXT_LIMIT, cause_choices
from complaints.models import Complaint, Decision, Evidence, Point, PolicySnippet
from complaints.services.decide import DRAFT_FIELDS, NewFinding, NewRemedy
from complaints.states import (
    MONEY_KINDS,
    Finding,
    Outcome,
    RemedyKind,
    Responsibility,
)

NOT_CHOSEN = ("", _("Choose"))
HASHED_BESIDES = ("precedents_seen", "departs", "cause", "number", "status")


def fingerprint(draft: Decision | None) -> str:
    """Changes with every change of the draft; what a page saw of it."""
    if draft is None:
        return "none"
    besides = [str(getattr(draft, name)) for name in HASHED_BESIDES]
    return hashlib.sha256(
        "|".join([draft.current_hash(), *besides]).encode()
    ).hexdigest()


class DraftForm(forms.Form):
    """The words of the whole decision."""

    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
    outcome = forms.ChoiceField(
        label=_("Outcome"), choices=[NOT_CHOSEN, *Outcome.choices], required=False
    )
    summary = forms.CharField(
        label=_("Outcome in one sentence"),
        help_text=_("The first line of the letter, in the customer's language."),
        max_length=TEXT_LIMIT,
        required=False,
        widget=textarea(2),
    )
    reasons = forms.CharField(
        label=_("Reasons"), max_length=TEXT_LIMIT, required=False, widget=textarea(8)
    )
    what_changes = forms.CharField(
        label=_("What we change"),
        max_length=TEXT_LIMIT,
        required=False,
        widget=textarea(3),
    )
    cause = forms.ChoiceField(
        label=_("Provisional root cause"), choices=cause_choices, required=False
    )
    precedents_seen = forms.BooleanField(
        label=_("I looked at the similar decisions"), required=False
    )
    departs = forms.BooleanField(
        label=_("This decision departs from them"), required=False
    )
    departure_reason = forms.CharField(
        label=_("Why it departs"),
        max_length=TEXT_LIMIT,
        required=False,
        widget=textarea(3),
    )

    def fields_of_draft(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in DRAFT_FIELDS}


class FindingForm(forms.Form):
    """The finding on one point; empty while nothing was found yet."""

    outcome = forms.ChoiceField(
        label=_("Finding"), choices=[NOT_CHOSEN, *Finding.choices], required=False
    )
    reasons = forms.CharField(
        label=_("Reasons for this point"),
        max_length=TEXT_LIMIT,
        required=False,
        widget=textarea(4),
    )
    rule = forms.CharField(
        label=_("Rule and version it rests on"), max_length=300, required=False
    )
    evidence = forms.ModelMultipleChoiceField(
        label=_("Evidence"),
        queryset=Evidence.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    no_evidence = forms.BooleanField(label=_("There is no evidence"), required=False)
    policy = forms.ChoiceField(label=_("Passage of our rules"), required=False)

    def __init__(
        self,
        *args: Any,
        point: Point,
        files: Any,
        policies: Sequence[PolicySnippet] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **{**kwargs, "prefix": f"p{point.pk}"})
        self.point = point
        self.policies = {str(one.pk): one for one in policies}
        named = [(key, f"{p.title} ({p.rule})") for key, p in self.policies.items()]
        if named:
            self.fields["policy"].choices = [NOT_CHOSEN, *named]  # type: ignore[attr-defined]
        else:
            del self.fields["policy"]
        self.fields["evidence"].queryset = files  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("outcome") and not data.get("reasons"):
            self.add_error("reasons", _("Write the reasons for this point."))
        if data.get("reasons") and not data.get("outcome"):
            self.add_error("outcome", _("Choose a finding."))
        return data

    def finding(self) -> NewFinding | None:
        data = self.cleaned_data
        if not data["outcome"]:
            return None
        return NewFinding(
            point=self.point,
            outcome=data["outcome"],
            reasons=data["reasons"],
            rule=data["rule"],
            evidence=tuple(data["evidence"]),
            no_evidence=data["no_evidence"],
        )


class SharesForm(forms.Form):
    """Who bears how much, in whole per cent; the guard wants 100 in the end."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "prefix": "s"})
        for bearer in Responsibility:
            self.fields[bearer.value] = forms.IntegerField(
                label=bearer.label, min_value=0, max_value=100, required=False
            )

    def shares(self) -> dict[str, int]:
        return {name: value or 0 for name, value in self.cleaned_data.items()}


NEEDED = {
    "amount": _("Enter the amount of the payment"),
    "asset": _("Enter the asset of the payment, such as USDT"),
    "rate": _("Enter the rate: what one of the asset is worth in EUR"),
}
"""What a payment cannot be without, as its form asks for it."""


class RemedyForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=RemedyKind.choices)
    description = forms.CharField(
        label=_("What is done"),
        max_length=TEXT_LIMIT,
        required=False,
        widget=textarea(3),
    )
    amount = forms.DecimalField(
        label=_("Amount"),
        max_digits=38,
        decimal_places=18,
        required=False,
        error_messages={"invalid": _("Enter the amount as a number, such as 0.25")},
    )
    asset = forms.CharField(label=_("Asset"), max_length=16, required=False)
    rate = forms.DecimalField(
        label=_("Rate, in EUR for one of the asset"),
        max_digits=38,
        decimal_places=18,
        required=False,
    )
    destination = forms.CharField(
        label=_("Where it goes"),
        help_text=_("Account or address. Empty means the account of the complaint."),
        max_length=200,
        required=False,
    )
    on_acceptance = forms.BooleanField(
        label=_("Only if the customer accepts"), required=False
    )

    def remedy(self) -> NewRemedy:
        return NewRemedy(**self.cleaned_data)

    def clean(self) -> dict[str, Any]:
        """A payment names amount, asset and rate at their own fields."""
        data = super().clean() or {}
        if data.get("kind") in MONEY_KINDS:
            for name, words in NEEDED.items():
                if data.get(name) in (None, "") and name not in self.errors:
                    self.add_error(name, words)
        return data


class DraftForms:
    """All forms of the draft page together: filled from the rows or from a POST."""

    def __init__(
        self,
        case: Complaint,
        draft: Decision | None,
        post: Any = None,
        *,
        policies: Iterable[PolicySnippet] = (),
    ) -> None:
        files, passages = case.evidence.all(), list(policies)
        shares = {s.bearer: s.percent for s in draft.shares.all()} if draft else {}
        known = _known_findings(draft)
        self.words = DraftForm(post, initial=_initial(draft))
        self.shares = SharesForm(post, initial=shares)
        self.findings = [
            FindingForm(
                post,
                point=point,
                files=files,
                policies=passages,
                initial=known.get(point.pk),
            )
            for point in case.points.all()
        ]

    def all(self) -> Iterable[forms.Form]:
        return (*self.findings, self.shares, self.words)

    def are_valid(self) -> bool:
        valid = [form.is_valid() for form in self.all()]
        return all(valid)

    @property
    def errors(self) -> list[tuple[forms.BoundField | None, str]]:
        """Every error with the field it is about, in the order of the page."""
        return [
            (form[name] if name in form.fields else None, str(error))
            for form in self.all()
            for name, errors in form.errors.items()
            for error in errors
        ]


def _initial(draft: Decision | None) -> dict[str, Any]:
    seen = {"seen": fingerprint(draft)}
    if draft is None:
        return seen
    return seen | {name: getattr(draft, name) for name in DRAFT_FIELDS}


def _known_findings(draft: Decision | None) -> dict[int, dict[str, Any]]:
    if draft is None:
        return {}
    names = ("outcome", "reasons", "rule", "no_evidence")
    return {
        row.point_id: {name: getattr(row, name) for name in names}
        | {"evidence": row.evidence_ids()}
        for row in draft.findings.prefetch_related("evidence")
    }
