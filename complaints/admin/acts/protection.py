"""Interim measures: asked for, imposed, declined, looked at again."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.admin.acts.act import Act, Quote
from complaints.admin.forms import CaseForm, textarea
from complaints.admin.move_form import TEXT_LIMIT
from complaints.errors import IllegalMove
from complaints.models import Complaint, InterimMeasure
from complaints.permissions import Viewer, imposes_interim, is_open
from complaints.services import protect
from complaints.states import InterimKind


class MeasureForm(CaseForm):
    kind = forms.ChoiceField(
        label=_("Measure"), choices=InterimKind.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The customer is told; a second person reviews it in 24 h."),
        max_length=TEXT_LIMIT,
        widget=textarea(3),
    )


class DeclineForm(CaseForm):
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The customer reads it."),
        max_length=TEXT_LIMIT,
        widget=textarea(3),
    )


class ReviewForm(CaseForm):
    measure = forms.ModelChoiceField(
        label=_("Measure"), queryset=InterimMeasure.objects.none(), empty_label=None
    )
    verdict = forms.ChoiceField(
        label=_("After a second look"),
        choices=[("uphold", _("It stays")), ("lift", _("It is lifted"))],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = self.case.interim_measures.filter(reviewed_at=None)
        self.fields["measure"].queryset = rows  # type: ignore[attr-defined]


def _impose(case: Complaint, viewer: Viewer, form: Any) -> object:
    data = form.cleaned_data
    return protect.impose(
        complaint=case, kind=data["kind"], reason=data["reason"], actor=viewer
    )


def _is_on_it(case: Complaint, viewer: Viewer, _form: Any) -> object:
    protect.note_seen(complaint=case, actor=viewer)
    return None


def _decline(case: Complaint, viewer: Viewer, form: Any) -> object:
    asked = case.protection_requests.filter(answered_at=None).first()
    if asked is None:
        raise IllegalMove
    return protect.decline_protection(
        request=asked, reason=form.cleaned_data["reason"], actor=viewer
    )


def _review(_case: Complaint, viewer: Viewer, form: Any) -> object:
    data = form.cleaned_data
    return protect.review_interim(
        measure=data["measure"], upheld=data["verdict"] == "uphold", actor=viewer
    )


def _asked(case: Complaint, _viewer: Viewer) -> list[Quote]:
    """What the customer asked to be done and nobody answered."""
    rows = [row for row in case.protection_requests.all() if row.answered_at is None]
    words = _("The customer asks: %(what)s")
    return [
        Quote(words % {"what": row.get_kind_display()}, row.asked_at) for row in rows
    ]


def _imposed(case: Complaint, _viewer: Viewer) -> list[Quote]:
    """The measures that wait for a second look."""
    rows = case.interim_measures.filter(reviewed_at=None).select_related("imposed_by")
    return [
        Quote(
            _("%(who)s imposed it: %(what)s")
            % {"who": row.imposed_by, "what": row.get_kind_display()},
            row.imposed_at,
        )
        for row in rows
    ]


def _protects(case: Complaint, viewer: Viewer) -> bool:
    return is_open(case) and imposes_interim(case, viewer)


def _unseen(case: Complaint, viewer: Viewer) -> bool:
    waits = any(
        asked.answered_at is None and asked.seen_at is None
        for asked in case.protection_requests.all()
    )
    return imposes_interim(case, viewer) and waits


def _declines(case: Complaint, viewer: Viewer) -> bool:
    waits = any(a.answered_at is None for a in case.protection_requests.all())
    return case.funds_at_risk and _protects(case, viewer) and waits


def _reviews(case: Complaint, viewer: Viewer) -> bool:
    waits = any(m.reviewed_at is None for m in case.interim_measures.all())
    return imposes_interim(case, viewer) and waits


ACTS: Mapping[str, Act] = {
    "measure": Act(
        _("Protect the account"),
        _("Impose it now"),
        _("The measure is in force; the customer is told."),
        MeasureForm,
        _protects,
        _impose,
        "measures",
        _asked,
    ),
    "protection-seen": Act(
        _("Take the request for protection on"),
        _("I am on it"),
        _("The customer sees that somebody is on it."),
        CaseForm,
        _unseen,
        _is_on_it,
        "measures",
        _asked,
    ),
    "decline-protection": Act(
        _("Say that no measure is needed"),
        _("Tell the customer"),
        _("The customer reads your reason."),
        DeclineForm,
        _declines,
        _decline,
        "measures",
        _asked,
    ),
    "review-measure": Act(
        _("Review the measure"),
        _("Record the review"),
        _("The review is on record."),
        ReviewForm,
        _reviews,
        _review,
        "measures",
        _imposed,
    ),
}
