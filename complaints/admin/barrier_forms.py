"""Forms of restricted files: what is asked behind and about an information barrier."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.admin.forms import textarea
from complaints.models import Complaint, Evidence, InformationBarrier, Message
from complaints.reference_number import normalise
from complaints.services import barriers
from complaints.services.evidence import Upload
from complaints.states import Barrier, Direction
from teams.models import User
from teams.models.user import UserKind

SHOWN = 60
MOVABLE = 100


class PutUpForm(forms.Form):
    """A new barrier; ``kinds`` are those that the viewer may put up."""

    reference = forms.CharField(
        label=_("Complaint"), help_text=_("Its reference."), max_length=40
    )
    kind = forms.ChoiceField(label=_("Why"), widget=forms.RadioSelect)
    whole = forms.BooleanField(
        label=_("Hide the whole case from everybody outside"),
        help_text=_(
            "Otherwise the case goes on as it is, and only what you write behind the "
            "barrier is hidden. A suspicion report never hides the case."
        ),
        required=False,
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_(
            "Stands on the ledger of the barrier, which only those inside read."
        ),
        max_length=2_000,
        widget=textarea(3),
    )

    def __init__(self, *args: Any, kinds: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(kind, Barrier(kind).label) for kind in kinds]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]
        if len(choices) == 1:
            self.fields["kind"].initial = kinds[0]

    def clean_reference(self) -> Complaint:
        """The case, whoever has it; the service says whether it may be reached."""
        code = normalise(self.cleaned_data["reference"]) or ""
        case = Complaint.objects.filter(reference=code).first()
        if case is None:
            raise forms.ValidationError(_("There is no such complaint here."))
        return case


class InsideForm(forms.Form):
    """A form about one barrier."""

    def __init__(self, *args: Any, barrier: InformationBarrier, **kwargs: Any) -> None:
        self.barrier = barrier
        super().__init__(*args, **kwargs)


class InsideNoteForm(InsideForm):
    text = forms.CharField(
        label=_("Note"), max_length=barriers.LIMIT, widget=textarea(5)
    )


class InsideFileForm(InsideForm):
    file = forms.FileField(
        label=_("File"), help_text=_("A picture, a PDF or a text, up to 25 MB.")
    )

    def upload(self) -> Upload:
        file = self.cleaned_data["file"]
        return Upload(name=file.name or "file", content=file.read())


class LetInForm(InsideForm):
    user = forms.ModelChoiceField(
        label=_("Let in"), queryset=User.objects.none(), empty_label=_("Choose")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        inside = barriers.passes(self.barrier).values("user")
        staff = User.objects.filter(kind=UserKind.STAFF, is_active=True)
        rows = staff.exclude(pk__in=inside)
        self.fields["user"].queryset = rows.order_by("first_name", "username")  # type: ignore[attr-defined]


class LetOutForm(InsideForm):
    user = forms.ModelChoiceField(
        label=_("Let out"), queryset=User.objects.none(), empty_label=_("Choose")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        inside = barriers.passes(self.barrier).values("user")
        rows = User.objects.filter(pk__in=inside)
        self.fields["user"].queryset = rows.order_by("first_name", "username")  # type: ignore[attr-defined]


class MoveBehindForm(InsideForm):
    """A note or a file of the case, as "note:7" or "file:3"."""

    row = forms.ChoiceField(label=_("Move a note or a file behind it"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        case = self.barrier.complaint_id
        notes = Message.objects.filter(complaint=case, direction=Direction.INTERNAL)
        files = Evidence.objects.filter(complaint=case)
        self.fields["row"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose")),
            *((f"note:{n.pk}", n.text[:SHOWN]) for n in notes[:MOVABLE]),
            *((f"file:{f.pk}", str(f)[:SHOWN]) for f in files[:MOVABLE]),
        ]

    def chosen(self) -> Message | Evidence:
        """The row itself. Raises ``DoesNotExist`` where it was just moved away."""
        name, _colon, key = self.cleaned_data["row"].partition(":")
        table: Any = Message if name == "note" else Evidence
        row: Message | Evidence = table.objects.get(pk=int(key))
        return row


class TakeDownForm(InsideForm):
    reason = forms.CharField(label=_("Reason"), max_length=2_000, widget=textarea(2))
