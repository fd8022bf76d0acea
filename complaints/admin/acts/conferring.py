"""Case conferences: called, written up, called off."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.admin.acts.act import Act, Quote
from complaints.admin.acts.work import at_work_on
from complaints.admin.forms import CaseForm, in_two_days, textarea
from complaints.admin.move_form import TEXT_LIMIT, NearMomentField
from complaints.models import Complaint, Conference
from complaints.one_line import one_line
from complaints.permissions import Viewer
from complaints.services import conferences
from complaints.templatetags.look import written
from teams.models import User

if TYPE_CHECKING:
    from django.db.models import QuerySet


class ConferenceForm(CaseForm):
    agenda = forms.CharField(
        label=_("Agenda"), max_length=TEXT_LIMIT, widget=textarea()
    )
    people = forms.ModelMultipleChoiceField(
        label=_("Who"),
        help_text=_("Of another team: consult it first, so that it sees the case."),
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )
    starts_at = NearMomentField(label=_("Begins"), initial=in_two_days)
    length = forms.IntegerField(
        label=_("Minutes it takes"), min_value=5, max_value=480, initial=30
    )
    place = forms.CharField(
        label=_("Where"),
        help_text=_("A room, or the address of a call."),
        max_length=300,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["people"].queryset = at_work_on(self.case)  # type: ignore[attr-defined]


class CallOffForm(CaseForm):
    """Which of those that neither took place nor were called off."""

    conference = forms.ModelChoiceField(
        label=_("Conference"), queryset=Conference.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["conference"]
        field.queryset = _open(self.case)
        field.label_from_instance = _named


def _open(case: Complaint) -> "QuerySet[Conference]":
    return case.conferences.filter(cancelled_at=None, minutes_at=None)


def _named(conference: Conference) -> str:
    """When it is and what it is about: "30 November 2026, 18:50: Who bears …"."""
    begins = written(conference.starts_at)
    return f"{begins}: {one_line(conference.agenda)[:80]}"


class MinutesForm(CallOffForm):
    minutes = forms.CharField(
        label=_("What was said, and what was decided"),
        max_length=TEXT_LIMIT,
        widget=textarea(10),
    )


def _call(case: Complaint, viewer: Viewer, form: Any) -> object:
    data = dict(form.cleaned_data)
    data["length"] = timedelta(minutes=data["length"])
    return conferences.call(complaint=case, actor=viewer, **data)


def _called(case: Complaint, _viewer: Viewer) -> list[Quote]:
    """Who was called to those that are open, and on what."""
    return [
        Quote(_("With %(names)s") % {"names": row.names}, row.starts_at, row.agenda)
        for row in _open(case)
    ]


def _write_up(_case: Complaint, viewer: Viewer, form: Any) -> object:
    conferences.write_up(actor=viewer, **form.cleaned_data)
    return None


def _call_off(_case: Complaint, viewer: Viewer, form: Any) -> object:
    conferences.cancel(actor=viewer, **form.cleaned_data)
    return None


ACTS: Mapping[str, Act] = {
    "confer": Act(
        _("Call a case conference"),
        _("Invite them"),
        _("The invitations are on their way."),
        ConferenceForm,
        conferences.may_call,
        _call,
        "consultations",
    ),
    "minutes": Act(
        _("Write the minutes"),
        _("Keep them"),
        _("The minutes stand in the timeline."),
        MinutesForm,
        conferences.may_change,
        _write_up,
        "consultations",
        _called,
    ),
    "call-off": Act(
        _("Call the conference off"),
        _("Call it off"),
        _("The conference is called off; everybody invited is told."),
        CallOffForm,
        conferences.may_change,
        _call_off,
        "consultations",
        _called,
    ),
}
