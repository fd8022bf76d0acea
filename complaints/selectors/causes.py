"""Why complaints come about: causes by number, who acts on each, and whether it fell.

Counted from the events of closing and refusing, so that the same period gives the same
figure for ever; of the cases, those the viewer may see.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from complaints.models import (
    Complaint,
    Event,
    ImprovementAction,
    Progress,
    RootCause,
)
from complaints.permissions import Viewer
from complaints.states import Barrier, CauseScope


@dataclass(frozen=True)
class CauseLine:
    """One cause: how many cases, its share and that of it with all above it (in per
    cent), how many by nature, and the actions against it that were not given up."""

    code: str
    label: str
    count: int
    share: float
    running: float
    natures: dict[str, int]
    actions: list[ImprovementAction]


def pareto(viewer: Viewer, since: datetime, until: datetime) -> list[CauseLine]:
    """The most frequent first; cases closed or refused in [since, until)."""
    counted = _counted(viewer, since, until)
    totals = {code: sum(natures.values()) for code, natures in counted.items()}
    whole = sum(totals.values())
    labels = {row.code: row.label for row in RootCause.objects.all()}
    actions = _actions(viewer)
    lines, running = [], 0
    for code in sorted(totals, key=lambda one: (-totals[one], one)):
        running += totals[code]
        lines.append(
            CauseLine(
                code,
                labels.get(code, code),
                totals[code],
                100 * totals[code] / whole,
                100 * running / whole,
                counted[code],
                actions.get(code, []),
            )
        )
    return lines


def _counted(
    viewer: Viewer, since: datetime, until: datetime
) -> dict[str, dict[str, int]]:
    """Code -> nature -> cases."""
    seen = Complaint.objects.visible_to(viewer).filter(barrier=Barrier.NONE)
    rows = Event.objects.filter(
        object_type=Complaint.OBJECT_TYPE,
        what__in=("close", "refuse_admission"),
        at__gte=since,
        at__lt=until,
        object_id__in=seen.values("pk"),
    ).order_by()
    grouped = rows.values_list("payload__cause", "payload__cause_scope").annotate(
        n=Count("object_id", distinct=True)
    )
    found: dict[str, dict[str, int]] = {}
    for code, nature, n in grouped:
        if code:
            natures = found.setdefault(code, {})
            known = nature or CauseScope.SINGLE.value
            natures[known] = natures.get(known, 0) + n
    return found


def _actions(viewer: Viewer) -> dict[str, list[ImprovementAction]]:
    rows = ImprovementAction.objects.visible_to(viewer).exclude(state=Progress.DROPPED)
    found: dict[str, list[ImprovementAction]] = {}
    for action in rows.select_related("owner", "team").order_by("-opened_at"):
        found.setdefault(action.cause, []).append(action)
    return found


def closed_under(cause: str, since: datetime, until: datetime) -> "QuerySet[Event]":
    """Events of closing under ``cause`` in (since, until], without restricted cases."""
    open_cases = Complaint.objects.filter(barrier=Barrier.NONE)
    return Event.objects.filter(
        object_type=Complaint.OBJECT_TYPE,
        what="close",
        at__gt=since,
        at__lte=until,
        payload__cause=cause,
        object_id__in=open_cases.values("pk"),
    )
