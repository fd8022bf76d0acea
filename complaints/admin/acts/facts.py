"""What a case rests on: points, files, records of the exchange."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.admin.acts.act import Act, Quote
from complaints.admin.forms import CaseForm, textarea
from complaints.admin.move_form import TEXT_LIMIT, DayInput
from complaints.models import Complaint
from complaints.permissions import Viewer, is_handler
from complaints.services import decide, evidence, records
from complaints.services.evidence import Upload
from complaints.states import EvidenceKind, RecordKind, State

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile


class PointForm(CaseForm):
    text = forms.CharField(
        label=_("What the customer complains of"),
        help_text=_("One point, in the customer's words. It needs its own finding."),
        max_length=TEXT_LIMIT,
        widget=textarea(3),
    )


class EvidenceForm(CaseForm):
    file = forms.FileField(
        label=_("File"),
        help_text=_("A picture, a PDF or a text, up to 25 MB; sealed on arrival."),
    )
    kind = forms.ChoiceField(
        label=_("Kind"), choices=EvidenceKind.choices, initial=EvidenceKind.SYSTEM_LOG
    )
    source = forms.CharField(
        label=_("Where it comes from"), max_length=120, required=False
    )
    shared = forms.BooleanField(label=_("The customer may see it"), required=False)

    def upload(self) -> Upload:
        """The file as the service takes it: name and bytes, nothing believed."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        return Upload(name=file.name or "file", content=file.read())


class RecordsForm(CaseForm):
    """What is asked of the exchange about the customer's account."""

    kind = forms.ChoiceField(label=_("What to fetch"), choices=RecordKind.choices)
    since = forms.DateField(label=_("First day"), widget=DayInput)
    until = forms.DateField(
        label=_("Last day"),
        widget=DayInput,
        help_text=_("Both days included, at most a year. Times are in UTC."),
    )

    def __init__(self, *args: Any, case: Complaint, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        received = case.received_at.date()
        self.initial.setdefault("since", received - timedelta(days=30))
        self.initial.setdefault("until", received + timedelta(days=1))


def _add_point(case: Complaint, viewer: Viewer, form: Any) -> object:
    return decide.add_point(
        complaint=case, text=form.cleaned_data["text"], actor=viewer
    )


def _add_evidence(case: Complaint, viewer: Viewer, form: Any) -> object:
    data = form.cleaned_data
    return evidence.add_evidence(
        complaint=case,
        upload=form.upload(),
        actor=viewer,
        kind=data["kind"],
        source=data["source"],
        shared=data["shared"],
    )


def _fetch(case: Complaint, viewer: Viewer, form: Any) -> object:
    return records.fetch_records(complaint=case, actor=viewer, **form.cleaned_data)


def _complained_of(case: Complaint, _viewer: Viewer) -> list[Quote]:
    """What the customer wrote, and the points that were found in it."""
    told = Quote(
        _("What the customer wrote"), case.received_at, case.description, case.language
    )
    points = "\n".join(f"{point.number}. {point.text}" for point in case.points.all())
    known = Quote(_("Points raised"), case.received_at, points, case.language)
    return [told, known] if points else [told]


def _adds_points(case: Complaint, viewer: Viewer) -> bool:
    return case.state == State.INVESTIGATING and is_handler(case, viewer)


def _adds_files(case: Complaint, viewer: Viewer) -> bool:
    return viewer.is_staff and case.erased_at is None


ACTS: Mapping[str, Act] = {
    "point": Act(
        _("Add a point"),
        _("Add this point"),
        _("The point is added."),
        PointForm,
        _adds_points,
        _add_point,
        "points",
        _complained_of,
    ),
    "evidence": Act(
        _("Add evidence"),
        _("Add and seal it"),
        _("The file is sealed into the case."),
        EvidenceForm,
        _adds_files,
        _add_evidence,
        "evidence",
    ),
    "records": Act(
        _("Fetch from the exchange"),
        _("Fetch and seal them"),
        _("The records are sealed into the case."),
        RecordsForm,
        records.may_fetch,
        _fetch,
        "evidence",
    ),
}
