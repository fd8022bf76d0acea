"""What pages show of appeals: rows with a shape, nothing written."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from appeals.models import Appeal
from appeals.models.bundle import INSIDERS
from complaints import registry
from complaints.errors import IllegalMove
from complaints.models import Clock, Complaint, Event, EventText, Letter
from complaints.permissions import Viewer
from complaints.profiles import by_key
from complaints.states import AppealGroundKind, AppealState, LetterKind, Step
from complaints.transitions import Ask, Refusal, Words
from complaints.workflow import transitions_of

ON_A_DECISION = tuple(
    kind for kind in AppealGroundKind if kind != AppealGroundKind.REFUSAL_WRONG
)
ON_A_REFUSAL = (
    AppealGroundKind.REFUSAL_WRONG,
    AppealGroundKind.FACTS_WRONG,
    AppealGroundKind.EVIDENCE_NOT_WEIGHED,
    AppealGroundKind.NEW_EVIDENCE,
    AppealGroundKind.PROCEDURE_UNFAIR,
)

READERS = INSIDERS
"""Who among our people reads an appeal that is not ruled yet."""

STANDING: dict[str, Words] = {
    AppealState.LODGED: _("We check whether it can be heard and who hears it."),
    AppealState.ADMITTED: _("It is admitted. A reviewer begins with it soon."),
    AppealState.REVIEWING: _("A reviewer who had no part in the decision works on it."),
    AppealState.RULED: _("It is decided."),
    AppealState.OUT_OF_TIME: _("It came too late and was not heard."),
    AppealState.WITHDRAWN: _("You took it back."),
    AppealState.REFERRED: _("Your case is before an outside body."),
    AppealState.AWARDED: _("The outside body has decided."),
    AppealState.DISCONTINUED: _("The outside body closed it without a decision."),
    AppealState.CLOSED: _("It is decided and closed."),
}
"""Where an appeal stands, in one sentence for the customer."""


@dataclass(frozen=True)
class Stand:
    """Where an appeal stands and by when the next step is due."""

    words: Words
    due: Clock | None


@dataclass(frozen=True)
class Referral:
    """To which body a case was taken with the customer's agreement, and when."""

    body: Words
    at: datetime


def reads_appeals(viewer: Viewer) -> bool:
    """Whether they are of our people who read an appeal before its ruling."""
    return any(viewer.holds(codename) for codename in READERS)


def why_not_lodge(complaint: Complaint, viewer: Viewer) -> list[Refusal]:
    """Why nothing can be appealed now; empty means that an appeal would be taken."""
    method, spec = transitions_of(Complaint)["lodge_appeal"]
    if not method._django_fsm.has_transition(complaint.state):  # type: ignore[attr-defined]
        return [Refusal(IllegalMove.code, IllegalMove.default)]
    ask = Ask(viewer, {}, viewer.at, complete=False)
    guards = (*spec.guards, *registry.guards_of("complaint", "lodge_appeal"))
    return [refusal for guard in guards for refusal in guard(complaint, ask)]


def appeals_of(complaint: Complaint, viewer: Viewer) -> list[Appeal]:
    """The appeals on this case that ``viewer`` may read, newest first."""
    rows = Appeal.objects.visible_to(viewer).filter(complaint=complaint)
    return list(rows.select_related("complaint", "decision", "new_decision"))


def readable_by_staff(viewer: Viewer) -> QuerySet[Appeal]:
    """Appeals this viewer reads as one of our people, never their own.

    Those who hear, head or sign see them while they go on; whoever else sees the case
    (the team that decided first) reads them once they are ruled.
    """
    rows = Appeal.objects.visible_to(viewer)
    rows = rows.exclude(complaint__customer_id__in=viewer.parties)
    if not reads_appeals(viewer):
        rows = rows.filter(ruled_at__isnull=False)
    return rows.select_related(
        "complaint__customer",
        "complaint__team",
        "complaint__category",
        "complaint__handler",
        "decision",
        "new_decision",
        "reviewer",
        "lodged_by",
    )


def stand_of(appeal: Appeal) -> Stand:
    if appeal.ruled_at is not None:
        return Stand(STANDING[AppealState(appeal.state)], None)
    steps = (Step.APPEAL_ADMIT, Step.APPEAL_RULE)
    running = appeal.complaint.clocks.filter(
        step__in=steps, subject=str(appeal.pk), stopped_at=None
    )
    return Stand(STANDING[AppealState(appeal.state)], running.first())


def late_explanation(appeal: Appeal) -> str:
    """Why it was found to be out of time, in the reviewer's words."""
    rows = EventText.objects.filter(
        event__object_type=Appeal.OBJECT_TYPE,
        event__object_id=appeal.pk,
        event__what="reject_late",
        name="explanation",
    )
    return rows.values_list("text", flat=True).first() or ""


def referral_of(appeal: Appeal) -> Referral | None:
    """Which outside body it was taken to, as the ledger has it."""
    rows = Event.objects.filter(
        object_type=Appeal.OBJECT_TYPE, object_id=appeal.pk, what="refer"
    )
    event = rows.first()
    if event is None:
        return None
    known = by_key(appeal.complaint.profile_key).outside_routes
    names = {route.code: route.name for route in known}
    code = event.payload["route"]
    return Referral(names.get(code, code), event.at)


def ruling_letter(appeal: Appeal) -> Letter | None:
    """The letter of this ruling, the first that was written after it."""
    if appeal.ruled_at is None:
        return None
    rows = appeal.complaint.letters.filter(
        kind=LetterKind.RULING, written_at__gte=appeal.ruled_at
    )
    return rows.order_by("written_at", "pk").first()


def ground_rows(appeal: Appeal) -> list[dict[str, Any]]:
    """Each ground with its point, and its answer once the appeal is ruled."""
    ruled = appeal.ruled_at is not None
    return [
        {
            "number": ground.number,
            "kind": ground.get_kind_display(),
            "point": ground.point,
            "text": ground.text,
            "finding": _finding(ground.accepted) if ruled else "",
            "answer": ground.answer if ruled else "",
        }
        for ground in appeal.grounds.select_related("point")
    ]


def _finding(accepted: bool | None) -> str:
    return "upheld" if accepted else "not_upheld"
