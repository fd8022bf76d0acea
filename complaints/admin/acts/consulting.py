"""Other teams: asked, given some work, answering."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.admin.acts.act import Act, Quote
from complaints.admin.forms import CaseForm, in_two_days, textarea
from complaints.admin.move_form import TEXT_LIMIT, NearMomentField
from complaints.models import CaseAccess, Complaint
from complaints.permissions import Viewer, handler_or_lead, is_open
from complaints.services import consult
from complaints.services.consult import live
from complaints.states import AccessKind, EvidenceKind
from teams.models import Team
from teams.roles import Perm


class OtherTeamForm(CaseForm):
    """Any team but that of the case."""

    team = forms.ModelChoiceField(
        label=_("Team"), queryset=Team.objects.none(), empty_label=_("Choose")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Team.objects.exclude(pk=self.case.team_id)
        self.fields["team"].queryset = others  # type: ignore[attr-defined]


class ConsultForm(OtherTeamForm):
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


class ContributeForm(OtherTeamForm):
    """A piece of work for another team; the team of the case answers for all of it."""

    question = forms.CharField(
        label=_("What they do"),
        help_text=_("The team sees this case until it has done it."),
        max_length=5_000,
        widget=textarea(),
    )
    answer_by = NearMomentField(label=_("Due"), initial=in_two_days)


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
        mine = self.viewer.grants.get(Perm.HANDLE, frozenset())
        _offer_questions(self.fields["access"], self.case, team__in=mine)


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


def _offer_questions(field: Any, case: Complaint, **only: Any) -> None:
    """Choices: the consultations that are open now, by team and question."""
    field.queryset = live(case, timezone.now()).filter(**only)
    field.label_from_instance = _question


def _question(access: CaseAccess) -> str:
    return f"{access.team}: {access.question[:120]}"


def _consult(case: Complaint, viewer: Viewer, form: Any) -> object:
    return consult.consult(complaint=case, actor=viewer, **form.cleaned_data)


def _contribute(case: Complaint, viewer: Viewer, form: Any) -> object:
    data, kind = form.cleaned_data, AccessKind.CONTRIBUTION
    return consult.consult(complaint=case, actor=viewer, kind=kind, **data)


def _answer(_case: Complaint, viewer: Viewer, form: Any) -> object:
    return consult.answer_consultation(actor=viewer, **form.cleaned_data)


def _end(_case: Complaint, viewer: Viewer, form: Any) -> object:
    return consult.end_consultation(actor=viewer, **form.cleaned_data)


def _consults(case: Complaint, viewer: Viewer) -> bool:
    return is_open(case) and not case.barrier and handler_or_lead(case, viewer)


def _is_consulted(case: Complaint, viewer: Viewer) -> bool:
    teams = viewer.grants.get(Perm.HANDLE, frozenset())
    return any(access.team_id in teams for access in _consultations(case, viewer))


def _ends(case: Complaint, viewer: Viewer) -> bool:
    return handler_or_lead(case, viewer) and bool(_consultations(case, viewer))


def _put_to(case: Complaint, viewer: Viewer) -> list[Quote]:
    """What the viewer's teams are asked."""
    teams = viewer.grants.get(Perm.HANDLE, frozenset())
    return [_asked(row) for row in _consultations(case, viewer) if row.team_id in teams]


def _put(case: Complaint, viewer: Viewer) -> list[Quote]:
    """What is open with any team."""
    return [_asked(row) for row in _consultations(case, viewer)]


def _asked(access: CaseAccess) -> Quote:
    facts = {"who": access.granted_by, "team": access.team}
    words = _("%(who)s asked the %(team)s") % facts
    return Quote(words, access.granted_at, access.question)


def _consultations(case: Complaint, viewer: Viewer) -> list[CaseAccess]:
    """Those that are open now."""
    return [
        access
        for access in case.accesses.all()
        if access.kind in consult.WAYS and access.is_live(viewer.at)
    ]


ACTS: Mapping[str, Act] = {
    "consult": Act(
        _("Consult a team"),
        _("Ask them"),
        _("The question is with the team."),
        ConsultForm,
        _consults,
        _consult,
        "consultations",
        _put,
    ),
    "contribute": Act(
        _("Bring a team in"),
        _("Give them this work"),
        _("The work is with the team."),
        ContributeForm,
        _consults,
        _contribute,
        "consultations",
        _put,
    ),
    "ask-evidence": Act(
        _("Ask a team for evidence"),
        _("Ask them"),
        _("The team is asked; it sees this case until it has brought the files."),
        AskForEvidenceForm,
        _consults,
        _contribute,
        "evidence",
        _put,
    ),
    "answer": Act(
        _("Answer what your team is asked"),
        _("Answer"),
        _("Your answer is with the handler."),
        AnswerForm,
        _is_consulted,
        _answer,
        "consultations",
        _put_to,
    ),
    "end-consultation": Act(
        _("Take the question back"),
        _("End the consultation"),
        _("The consultation has ended; the team is told."),
        EndConsultationForm,
        _ends,
        _end,
        "consultations",
        _put,
    ),
}
