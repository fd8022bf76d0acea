"""What compliance does on a case: advise, and end its review."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.admin.acts.act import Act, Quote
from complaints.admin.forms import CaseForm, textarea
from complaints.models import Complaint, ComplianceNote
from complaints.permissions import Viewer
from complaints.services import compliance


class AdviceForm(CaseForm):
    """What compliance says to a case."""

    text = forms.CharField(
        label=_("What you found, or advise"),
        help_text=_("Whoever works on the case reads it; the customer never does."),
        max_length=compliance.NOTE_LIMIT,
        widget=textarea(),
    )
    violation = forms.BooleanField(
        label=_("This is a potential violation"), required=False
    )
    rule = forms.CharField(
        label=_("Rule concerned"),
        help_text=_("Such as “RTS 2025/294 Art 6(1)”. A violation needs it."),
        max_length=compliance.RULE_LIMIT,
        required=False,
    )


def _advise(case: Complaint, viewer: Viewer, form: Any) -> object:
    return compliance.advise(complaint=case, actor=viewer, **form.cleaned_data)


def _end_review(case: Complaint, viewer: Viewer, _form: Any) -> object:
    return compliance.finish(complaint=case, actor=viewer)


def _looked_at(case: Complaint, _viewer: Viewer) -> list[Quote]:
    """Why compliance looks at it, and what it said so far."""
    check = compliance.open_check(case)
    drawn = [Quote(check.get_why_display(), check.drawn_at)] if check else []
    notes = case.compliance_notes.select_related("made_by")
    return drawn + [_said(note) for note in notes]


def _said(note: ComplianceNote) -> Quote:
    who = {"who": note.made_by}
    if note.violation:
        words = _("%(who)s marked a potential violation") % who
        return Quote(words, note.made_at, f"{note.rule}\n{note.text}")
    return Quote(_("%(who)s advised") % who, note.made_at, note.text)


ACTS: Mapping[str, Act] = {
    "advise": Act(
        _("Advise, or mark a potential violation"),
        _("Put it into the case"),
        _("It stands in the case."),
        AdviceForm,
        compliance.may_advise,
        _advise,
        "compliance",
        _looked_at,
    ),
    "end-review": Act(
        _("End the compliance review"),
        _("End it"),
        _("The review is ended; what you said stays."),
        CaseForm,
        compliance.may_finish,
        _end_review,
        "compliance",
        _looked_at,
    ),
}
