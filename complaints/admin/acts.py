"""What staff do on a case besides transitions, each as one form on a page of its own.

An act names its form, who is offered it and the service that does it. Rules stand in
the services; ``may`` only decides whether a link is shown and the page opens.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from complaints.admin import forms
from complaints.errors import IllegalMove
from complaints.models import CaseAccess, Complaint
from complaints.permissions import (
    Viewer,
    handler_or_lead,
    imposes_interim,
    is_handler,
    is_open,
    leads,
)
from complaints.services import (
    compliance,
    conferences,
    consult,
    decide,
    evidence,
    hand_over,
    protect,
    records,
    task_list,
)
from complaints.services.delay import send_delay_notice
from complaints.services.privacy import retention
from complaints.states import WORKING_STATES, AccessKind, State
from complaints.transitions import Words
from teams.roles import Perm

Run = Callable[[Complaint, Viewer, Any], object]


@dataclass(frozen=True)
class Act:
    """``run(case, viewer, form)`` calls the service; ``done`` is said afterwards."""

    title: Words
    button: Words
    done: Words
    form: type[forms.CaseForm]
    may: Callable[[Complaint, Viewer], bool]
    run: Run
    anchor: str


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


def _advise(case: Complaint, viewer: Viewer, form: Any) -> object:
    return compliance.advise(complaint=case, actor=viewer, **form.cleaned_data)


def _end_review(case: Complaint, viewer: Viewer, _form: Any) -> object:
    return compliance.finish(complaint=case, actor=viewer)


def _declare(case: Complaint, viewer: Viewer, form: Any) -> object:
    data = form.cleaned_data
    return protect.record_conflict(
        complaint=case,
        user=viewer.user,
        kind=data["kind"],
        reason=data["reason"],
        actor=viewer,
    )


def _name(case: Complaint, viewer: Viewer, form: Any) -> object:
    return protect.record_conflict(complaint=case, actor=viewer, **form.cleaned_data)


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


def _delay(case: Complaint, viewer: Viewer, form: Any) -> object:
    return send_delay_notice(complaint=case, actor=viewer, **form.cleaned_data)


def _consult(case: Complaint, viewer: Viewer, form: Any) -> object:
    return consult.consult(complaint=case, actor=viewer, **form.cleaned_data)


def _contribute(case: Complaint, viewer: Viewer, form: Any) -> object:
    data, kind = form.cleaned_data, AccessKind.CONTRIBUTION
    return consult.consult(complaint=case, actor=viewer, kind=kind, **data)


def _answer(_case: Complaint, viewer: Viewer, form: Any) -> object:
    return consult.answer_consultation(actor=viewer, **form.cleaned_data)


def _end(_case: Complaint, viewer: Viewer, form: Any) -> object:
    return consult.end_consultation(actor=viewer, **form.cleaned_data)


def _call(case: Complaint, viewer: Viewer, form: Any) -> object:
    data = dict(form.cleaned_data)
    data["length"] = timedelta(minutes=data["length"])
    return conferences.call(complaint=case, actor=viewer, **data)


def _write_up(_case: Complaint, viewer: Viewer, form: Any) -> object:
    conferences.write_up(actor=viewer, **form.cleaned_data)
    return None


def _call_off(_case: Complaint, viewer: Viewer, form: Any) -> object:
    conferences.cancel(actor=viewer, **form.cleaned_data)
    return None


def _hold(case: Complaint, viewer: Viewer, form: Any) -> object:
    reason = form.cleaned_data["reason"]
    return retention.hold(complaint=case, reason=reason, actor=viewer)


def _lift_hold(case: Complaint, viewer: Viewer, _form: Any) -> object:
    retention.lift(complaint=case, actor=viewer)
    return None


def _read_note(case: Complaint, viewer: Viewer, _form: Any) -> object:
    hand_over.note_read(complaint=case, actor=viewer)
    return None


def _give_task(case: Complaint, viewer: Viewer, form: Any) -> object:
    return task_list.give_task(complaint=case, actor=viewer, **form.cleaned_data)


def _gives_tasks(_case: Complaint, viewer: Viewer) -> bool:
    return task_list.gives_tasks(viewer)


def _consults(case: Complaint, viewer: Viewer) -> bool:
    return is_open(case) and not case.barrier and handler_or_lead(case, viewer)


def _is_consulted(case: Complaint, viewer: Viewer) -> bool:
    teams = viewer.grants.get(Perm.HANDLE, frozenset())
    return any(access.team_id in teams for access in _consultations(case, viewer))


def _ends(case: Complaint, viewer: Viewer) -> bool:
    return handler_or_lead(case, viewer) and bool(_consultations(case, viewer))


def _consultations(case: Complaint, viewer: Viewer) -> list[CaseAccess]:
    """Those that are open now."""
    return [
        access
        for access in case.accesses.all()
        if access.kind in consult.WAYS and access.is_live(viewer.at)
    ]


def _staff(_case: Complaint, viewer: Viewer) -> bool:
    return viewer.is_staff


def _adds_files(case: Complaint, viewer: Viewer) -> bool:
    return viewer.is_staff and case.erased_at is None


def _adds_points(case: Complaint, viewer: Viewer) -> bool:
    return case.state == State.INVESTIGATING and is_handler(case, viewer)


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


def _delays(case: Complaint, viewer: Viewer) -> bool:
    return case.state in WORKING_STATES and handler_or_lead(case, viewer)


def _is_held(case: Complaint) -> bool:
    return any(hold.lifted_at is None for hold in case.legal_holds.all())


def _holds(case: Complaint, viewer: Viewer) -> bool:
    free = case.erased_at is None and not _is_held(case)
    return retention.holds_any(viewer) and free


def _lifts(case: Complaint, viewer: Viewer) -> bool:
    return retention.holds_any(viewer) and _is_held(case)


ACTS: Mapping[str, Act] = {
    "hand-over-read": Act(
        _("Read the hand-over note"),
        _("I have read it"),
        _("The note is read; it stands in the timeline."),
        forms.CaseForm,
        hand_over.may_read,
        _read_note,
        "timeline",
    ),
    "hold": Act(
        _("Keep it for a legal dispute"),
        _("Set the hold"),
        _("The case is kept until the hold is lifted."),
        forms.HoldForm,
        _holds,
        _hold,
        "hold",
    ),
    "lift-hold": Act(
        _("Lift the legal hold"),
        _("Lift it"),
        _("The hold is lifted; the time of keeping counts again."),
        forms.CaseForm,
        _lifts,
        _lift_hold,
        "hold",
    ),
    "point": Act(
        _("Add a point"),
        _("Add this point"),
        _("The point is added."),
        forms.PointForm,
        _adds_points,
        _add_point,
        "points",
    ),
    "evidence": Act(
        _("Add evidence"),
        _("Add and seal it"),
        _("The file is sealed into the case."),
        forms.EvidenceForm,
        _adds_files,
        _add_evidence,
        "evidence",
    ),
    "records": Act(
        _("Fetch from the exchange"),
        _("Fetch and seal them"),
        _("The records are sealed into the case."),
        forms.RecordsForm,
        records.may_fetch,
        _fetch,
        "evidence",
    ),
    "conflict": Act(
        _("Declare a conflict of interest"),
        _("Declare it"),
        _("Your conflict of interest is on record."),
        forms.ConflictForm,
        _staff,
        _declare,
        "people",
    ),
    "advise": Act(
        _("Advise, or mark a potential violation"),
        _("Put it into the case"),
        _("It stands in the case."),
        forms.AdviceForm,
        compliance.may_advise,
        _advise,
        "compliance",
    ),
    "end-review": Act(
        _("End the compliance review"),
        _("End it"),
        _("The review is ended; what you said stays."),
        forms.CaseForm,
        compliance.may_finish,
        _end_review,
        "compliance",
    ),
    "name-conflict": Act(
        _("Record somebody's conflict of interest"),
        _("Record it"),
        _("The conflict of interest is on record."),
        forms.NameConflictForm,
        leads,
        _name,
        "people",
    ),
    "measure": Act(
        _("Protect the account"),
        _("Impose it now"),
        _("The measure is in force; the customer is told."),
        forms.MeasureForm,
        _protects,
        _impose,
        "measures",
    ),
    "protection-seen": Act(
        _("Take the request for protection on"),
        _("I am on it"),
        _("The customer sees that somebody is on it."),
        forms.CaseForm,
        _unseen,
        _is_on_it,
        "measures",
    ),
    "decline-protection": Act(
        _("Say that no measure is needed"),
        _("Tell the customer"),
        _("The customer reads your reason."),
        forms.DeclineForm,
        _declines,
        _decline,
        "measures",
    ),
    "review-measure": Act(
        _("Review the measure"),
        _("Record the review"),
        _("The review is on record."),
        forms.ReviewForm,
        _reviews,
        _review,
        "measures",
    ),
    "consult": Act(
        _("Consult a team"),
        _("Ask them"),
        _("The question is with the team."),
        forms.ConsultForm,
        _consults,
        _consult,
        "consultations",
    ),
    "contribute": Act(
        _("Bring a team in"),
        _("Give them this work"),
        _("The work is with the team."),
        forms.ContributeForm,
        _consults,
        _contribute,
        "consultations",
    ),
    "ask-evidence": Act(
        _("Ask a team for evidence"),
        _("Ask them"),
        _("The team is asked; it sees this case until it has brought the files."),
        forms.AskForEvidenceForm,
        _consults,
        _contribute,
        "evidence",
    ),
    "answer": Act(
        _("Answer what your team is asked"),
        _("Answer"),
        _("Your answer is with the handler."),
        forms.AnswerForm,
        _is_consulted,
        _answer,
        "consultations",
    ),
    "end-consultation": Act(
        _("Take the question back"),
        _("End the consultation"),
        _("The consultation has ended; the team is told."),
        forms.EndConsultationForm,
        _ends,
        _end,
        "consultations",
    ),
    "confer": Act(
        _("Call a case conference"),
        _("Invite them"),
        _("The invitations are on their way."),
        forms.ConferenceForm,
        conferences.may_call,
        _call,
        "consultations",
    ),
    "minutes": Act(
        _("Write the minutes"),
        _("Keep them"),
        _("The minutes stand in the timeline."),
        forms.MinutesForm,
        conferences.may_change,
        _write_up,
        "consultations",
    ),
    "call-off": Act(
        _("Call the conference off"),
        _("Call it off"),
        _("The conference is called off; everybody invited is told."),
        forms.CallOffForm,
        conferences.may_change,
        _call_off,
        "consultations",
    ),
    "task": Act(
        _("Give a task"),
        _("Give it"),
        _("The task is on the case."),
        forms.TaskForm,
        _gives_tasks,
        _give_task,
        "tasks",
    ),
    "delay": Act(
        _("Send a delay notice"),
        _("Send it to the customer"),
        _("The delay notice is on its way."),
        forms.DelayForm,
        _delays,
        _delay,
        "clocks",
    ),
}


def open_acts(case: Complaint, viewer: Viewer) -> dict[str, Act]:
    """The acts offered to ``viewer`` on this case, by name."""
    return {
        name.replace("-", "_"): act
        for name, act in ACTS.items()
        if act.may(case, viewer)
    }
