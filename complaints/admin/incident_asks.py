"""What the page of an incident asks for: forms, and the service each calls."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from complaints.admin.incident_forms import (
    CloseForm,
    FindingForm,
    NoticeForm,
    ScopeForm,
)
from complaints.models import Incident
from complaints.permissions import Viewer
from complaints.services import incident_closing, incident_findings, incidents
from complaints.transitions import Words


@dataclass(frozen=True)
class Ask:
    """A page that asks for something: its title, its form, and what it does."""

    title: Words
    form: Callable[[Any, Incident, Viewer], forms.Form]
    do: Callable[[Any, Incident, Viewer], Any]


def _scope_form(data: Any, incident: Incident, viewer: Viewer) -> forms.Form:
    names = ("title", "category", "asset", "since", "until", "words")
    initial = {name: getattr(incident, name) for name in names}
    return ScopeForm(data, viewer=viewer, initial=initial)


def _close_form(data: Any, incident: Incident, _viewer: Viewer) -> forms.Form:
    return CloseForm(data, initial={"cause": incident.cause})


ASKS: Mapping[str, Ask] = {
    "describe": Ask(
        gettext_lazy("What it is about"),
        _scope_form,
        lambda form, incident, viewer: incidents.describe(
            incident=incident,
            title=form.cleaned_data["title"],
            scope=form.scope(),
            actor=viewer,
        ),
    ),
    "finding": Ask(
        gettext_lazy("Shared finding"),
        lambda data, incident, _viewer: FindingForm(data, incident=incident),
        lambda form, incident, viewer: incident_findings.set_finding(
            incident=incident, shared=form.shared(), words=form.words(), actor=viewer
        ),
    ),
    "notice": Ask(
        gettext_lazy("Public notice"),
        lambda data, incident, _viewer: NoticeForm(
            data, initial={"notice": incident.notice}
        ),
        lambda form, incident, viewer: incidents.name_notice(
            incident=incident, code=form.cleaned_data["notice"], actor=viewer
        ),
    ),
    "close": Ask(
        gettext_lazy("Close the incident"),
        _close_form,
        lambda form, incident, viewer: incident_closing.close_incident(
            incident=incident, actor=viewer, **form.cleaned_data
        ),
    ),
}
