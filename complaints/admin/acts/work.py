"""Work on a case: hand-over notes, tasks, notices of delay."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from complaints.admin.acts.act import Act, Quote
from complaints.admin.forms import CaseForm, textarea
from complaints.admin.move_form import DayInput
from complaints.models import Complaint, EventText, HandOver
from complaints.models.work import TASK_LIMIT
from complaints.permissions import Viewer, handler_or_lead, handles_team
from complaints.services import hand_over, task_list
from complaints.services.consult import live
from complaints.services.delay import send_delay_notice
from complaints.states import WORKING_STATES
from teams.models import User
from teams.models.user import UserKind

if TYPE_CHECKING:
    from django.db.models import QuerySet


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


def hand_overs(case: Complaint, viewer: Viewer) -> list[HandOver]:
    """Unread notes with their ``words``, for the team that has the case now."""
    rows = hand_over.waits(case) if handles_team(case, viewer) else []
    if rows:
        events = {row.event_id: row for row in rows}
        for text in EventText.objects.filter(event__in=events):
            events[text.event_id].words = text.text  # type: ignore[attr-defined]
    return rows


def _handed(case: Complaint, viewer: Viewer) -> list[Quote]:
    return [
        Quote(
            _("Hand-over note from %(who)s") % {"who": note.made_by},
            note.made_at,
            getattr(note, "words", ""),
        )
        for note in hand_overs(case, viewer)
    ]


def _read_note(case: Complaint, viewer: Viewer, _form: Any) -> object:
    hand_over.note_read(complaint=case, actor=viewer)
    return None


def _give_task(case: Complaint, viewer: Viewer, form: Any) -> object:
    return task_list.give_task(complaint=case, actor=viewer, **form.cleaned_data)


def _gives_tasks(_case: Complaint, viewer: Viewer) -> bool:
    return task_list.gives_tasks(viewer)


def _delay(case: Complaint, viewer: Viewer, form: Any) -> object:
    return send_delay_notice(complaint=case, actor=viewer, **form.cleaned_data)


def _delays(case: Complaint, viewer: Viewer) -> bool:
    return case.state in WORKING_STATES and handler_or_lead(case, viewer)


ACTS: Mapping[str, Act] = {
    "hand-over-read": Act(
        _("Read the hand-over note"),
        _("I have read it"),
        _("The note is read; it stands in the timeline."),
        CaseForm,
        hand_over.may_read,
        _read_note,
        "timeline",
        _handed,
    ),
    "task": Act(
        _("Give a task"),
        _("Give it"),
        _("The task is on the case."),
        TaskForm,
        _gives_tasks,
        _give_task,
        "tasks",
    ),
    "delay": Act(
        _("Send a delay notice"),
        _("Send it to the customer"),
        _("The delay notice is on its way."),
        DelayForm,
        _delays,
        _delay,
        "clocks",
    ),
}
