"""Forms of the case page that are no transitions: writing, files, protection."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.admin.move_form import TEXT_LIMIT, DayInput, NearMomentField
from complaints.models import CaseAccess, Complaint, Conference, InterimMeasure
from complaints.models.access import ConflictKind
from complaints.models.work import TASK_LIMIT
from complaints.services import compliance
from complaints.services.consult import live
from complaints.services.evidence import Upload
from complaints.services.privacy.retention import REASON_LIMIT
from complaints.states import CareKind, Channel, EvidenceKind, InterimKind, RecordKind
from teams.models import Team, User
from teams.models.user import UserKind

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile
    from django.db.models import QuerySet

STAFF_CHANNELS = (Channel.PHONE, Channel.LETTER, Channel.CHAT, Channel.TICKET)
"""How a complaint reaches a person who writes it down; others arrive by themselves."""


def in_two_days() -> datetime:
    """What is offered as a limit for another team."""
    return timezone.localtime() + timedelta(days=2)


def textarea(rows: int = 5) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class CaseForm(forms.Form):
    """A form about one case; subclasses limit their choices to that case."""

    def __init__(self, *args: Any, case: Complaint, **kwargs: Any) -> None:
        self.case = case
        super().__init__(*args, **kwargs)


class WriteForm(forms.Form):
    """Reply or note: two forms of one shape, told apart by their prefix.

    ``base`` is when the draft on the page was kept; empty where there was none.
    """

    base = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("Text"), max_length=TEXT_LIMIT, widget=textarea(), strip=False
    )


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


class ConflictForm(CaseForm):
    """One's own conflict of interest."""

    kind = forms.ChoiceField(
        label=_("What it is"),
        choices=[(k.value, k.label) for k in ConflictKind if k != "earlier_stage"],
        initial=ConflictKind.DECLARED,
    )
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)


class HoldForm(CaseForm):
    reason = forms.CharField(
        label=_("What it is kept for"),
        help_text=_(
            "The dispute or order, such as its file number. Staff alone read it."
        ),
        max_length=REASON_LIMIT,
        widget=textarea(3),
    )


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


class NameConflictForm(ConflictForm):
    """Somebody else's, by a lead: who, and why, so that it can be looked into."""

    KINDS = (ConflictKind.RELATED, ConflictKind.NAMED)

    user = forms.ModelChoiceField(
        label=_("Who"), queryset=User.objects.none(), empty_label=_("Choose")
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The person may read it."),
        max_length=300,
    )
    field_order = ("user", "kind", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(k.value, k.label) for k in self.KINDS]  # type: ignore[attr-defined]
        self.fields["kind"].initial = ConflictKind.RELATED
        staff = User.objects.filter(kind=UserKind.STAFF, is_active=True)
        rows = staff.order_by("first_name", "last_name", "username")
        self.fields["user"].queryset = rows  # type: ignore[attr-defined]


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


class TaskForm(CaseForm):
    """Something to do, for one of those who work on the case, or for the leads."""

    text = forms.CharField(
        label=_("What there is to do"), max_length=TASK_LIMIT, widget=textarea(3)
    )
    assignee = forms.ModelChoiceField(
        label=_("Who"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("The leads of the team"),
    )
    due_on = forms.DateField(label=_("Until"), required=False, widget=DayInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = at_work_on(self.case)
        self.fields["assignee"].queryset = rows  # type: ignore[attr-defined]


def at_work_on(case: Complaint) -> "QuerySet[User]":
    """Staff of the team that has the case and of those asked for something."""
    teams = live(case, timezone.now()).values("team")
    here = Q(memberships__team=case.team_id) | Q(memberships__team__in=teams)
    people = User.objects.filter(here, kind=UserKind.STAFF, is_active=True)
    return people.distinct().order_by("first_name", "last_name", "username")


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
        rows = self.case.conferences.filter(cancelled_at=None, minutes_at=None)
        self.fields["conference"].queryset = rows  # type: ignore[attr-defined]


class MinutesForm(CallOffForm):
    minutes = forms.CharField(
        label=_("What was said, and what was decided"),
        max_length=TEXT_LIMIT,
        widget=textarea(10),
    )


class CareForm(CaseForm):
    """Why a customer needs particular care; read by few."""

    kind = forms.ChoiceField(
        label=_("Why"), choices=CareKind.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("What helps this customer"),
        help_text=_(
            "No more than is needed. Leads of the team and the head read it, and each "
            "reading is on the ledger; it goes when the marker is lifted."
        ),
        max_length=2_000,
        required=False,
        widget=textarea(4),
    )


class ConsultForm(CaseForm):
    team = forms.ModelChoiceField(
        label=_("Team"), queryset=Team.objects.none(), empty_label=_("Choose")
    )
    question = forms.CharField(
        label=_("Question"),
        help_text=_("The team sees this case until it answers."),
        max_length=5_000,
        widget=textarea(),
    )
    answer_by = NearMomentField(label=_("Answer by"), initial=in_two_days)
    until = NearMomentField(
        label=_("They see the case at the latest until"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Team.objects.exclude(pk=self.case.team_id)
        self.fields["team"].queryset = others  # type: ignore[attr-defined]


class ContributeForm(CaseForm):
    """A piece of work for another team; the team of the case answers for all of it."""

    team = forms.ModelChoiceField(
        label=_("Team"), queryset=Team.objects.none(), empty_label=_("Choose")
    )
    question = forms.CharField(
        label=_("What they do"),
        help_text=_("The team sees this case until it has done it."),
        max_length=5_000,
        widget=textarea(),
    )
    answer_by = NearMomentField(label=_("Due"), initial=in_two_days)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Team.objects.exclude(pk=self.case.team_id)
        self.fields["team"].queryset = others  # type: ignore[attr-defined]


class AskForEvidenceForm(ContributeForm):
    """What another team is to bring, by when; it sees the case until it has."""

    wanted = forms.ChoiceField(
        label=_("Kind"), choices=EvidenceKind.choices, initial=EvidenceKind.SYSTEM_LOG
    )
    question = forms.CharField(
        label=_("What they bring"),
        help_text=_("Say which records, of which time. The team sees this case."),
        max_length=4_900,
        widget=textarea(3),
    )
    field_order = ("team", "wanted", "question", "answer_by")

    def clean(self) -> dict[str, Any]:
        """The kind is the first word of what the team reads."""
        data = super().clean() or self.cleaned_data
        wanted = data.pop("wanted", "")
        if wanted and data.get("question"):
            kind = EvidenceKind(wanted).label
            data["question"] = f"{kind}: {data['question']}"
        return data


class AnswerForm(CaseForm):
    """The answer to a consultation; it ends the team's sight of the case."""

    access = forms.ModelChoiceField(
        label=_("Question"), queryset=CaseAccess.objects.none(), empty_label=None
    )
    answer = forms.CharField(
        label=_("Answer"),
        help_text=_("With the answer this case leaves your sight."),
        max_length=TEXT_LIMIT,
        widget=textarea(),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_questions(self.fields["access"], self.case)


class EndConsultationForm(CaseForm):
    """Which question is taken back; nothing else is asked."""

    access = forms.ModelChoiceField(
        label=_("Question"),
        queryset=CaseAccess.objects.none(),
        empty_label=None,
        help_text=_("The team loses sight of the case at once."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_questions(self.fields["access"], self.case)


def _offer_questions(field: Any, case: Complaint) -> None:
    """Choices: the consultations that are open now, by team and question."""
    field.queryset = live(case, timezone.now())
    field.label_from_instance = _question


def _question(access: CaseAccess) -> str:
    return f"{access.team}: {access.question[:120]}"


class DelayForm(CaseForm):
    reason = forms.CharField(
        label=_("Why it takes longer"),
        help_text=_("Goes to the customer word for word."),
        max_length=5_000,
        widget=textarea(),
    )
    new_date = forms.DateField(
        label=_("The decision comes by"),
        help_text=_("A day, not a period. The missed limit stays on record."),
        widget=DayInput,
    )


class BreakGlassForm(forms.Form):
    reference = forms.CharField(label=_("Reference"), max_length=40)
    reason = forms.CharField(
        label=_("Why you must see this case"),
        help_text=_("Opens it for one hour. It stands on the ledger of the case."),
        max_length=2_000,
        widget=textarea(3),
    )
