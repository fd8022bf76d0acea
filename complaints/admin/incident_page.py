"""What the page of one incident shows: its members, what fits, its story, rights."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from complaints.admin.incident_runs import ACT_OF, INCIDENT
from complaints.models import Complaint, Event, Incident
from complaints.permissions import Viewer
from complaints.selectors.incident_candidates import SIGNS, candidates
from complaints.selectors.incidents import member_rows, stage_words
from complaints.selectors.sla import chip
from complaints.services import incident_answers, incidents
from complaints.states import State
from complaints.transitions import Words
from teams.roles import Perm

SHOWN = 100

STAGES: Mapping[str, tuple[str, ...]] = {
    "answer": (State.ASSIGNED, State.INVESTIGATING),
    "sign": (State.IN_REVIEW,),
    "send": (State.REMEDYING,),
}
STAGE_WORDS: Mapping[str, Words] = {
    "": gettext_lazy("All"),
    "answer": gettext_lazy("To be answered"),
    "sign": gettext_lazy("To be signed off"),
    "send": gettext_lazy("To be sent"),
}


def members_page(
    incident: Incident, viewer: Viewer, stage: str, after: str
) -> dict[str, Any]:
    """One page of members by key, of one stage or all of them."""
    rows = member_rows(incident, viewer).order_by("pk")
    if stage:
        rows = rows.filter(complaint__state__in=STAGES[stage])
    if after.isdecimal() and len(after) < 19:
        rows = rows.filter(pk__gt=int(after))
    page = list(rows[: SHOWN + 1])
    more = len(page) > SHOWN
    url = reverse(INCIDENT, args=(incident.pk,))
    return {
        "members": [_member_line(row, viewer) for row in page[:SHOWN]],
        "stage": stage,
        "stages": [
            {"name": name, "words": words, "url": f"{url}?stage={name}#members"}
            for name, words in STAGE_WORDS.items()
        ],
        "act": incident_answers.ACTS[ACT_OF[stage]].label if stage else "",
        "next_page": f"{url}?stage={stage}&after={page[SHOWN - 1].pk}#members"
        if more
        else "",
    }


def _member_line(row: Any, viewer: Viewer) -> dict[str, Any]:
    case: Complaint = row.complaint
    return {
        "row": row,
        "case": case,
        "chip": chip(case, viewer.at),
        "why": ", ".join(str(SIGNS[code]) for code in row.why if code in SIGNS),
        "next": stage_words(case),
    }


def fitting(incident: Incident, viewer: Viewer) -> list[Any]:
    joins = incident.is_open and incidents.may_join(incident, viewer)
    return candidates(incident, viewer) if joins else []


def affected_counts(incident: Incident) -> dict[str, int]:
    rows = incident.affected.all()
    told = rows.exclude(told_at=None).count()
    return {"all": rows.count(), "told": told}


STORY: Mapping[str, Words] = {
    "incident_opened": gettext_lazy("opened it"),
    "incident_described": gettext_lazy("said anew what it is about"),
    "incident_found": gettext_lazy("wrote the shared finding"),
    "incident_amounts_set": gettext_lazy("set amounts"),
    "incident_left": gettext_lazy("took a case out"),
    "incident_notice_named": gettext_lazy("named the public notice"),
    "affected_searched": gettext_lazy("asked the exchange who was affected"),
    "incident_closed": gettext_lazy("closed it"),
}


def story_of(incident: Incident) -> list[dict[str, Any]]:
    """Newest first; what happens once a case is told by the sums."""
    rows = Event.objects.filter(stream=incident.stream, what__in=list(STORY))
    events = rows.select_related("actor").order_by("-seq")[:50]
    return [
        {"at": one.at, "who": one.actor, "words": STORY[one.what]} for one in events
    ]


def rights_of(incident: Incident, viewer: Viewer) -> dict[str, bool]:
    runs = incident.is_open and incidents.may_run(incident, viewer)
    writes = viewer.holds(Perm.SIGN_COMPLIANCE) or viewer.holds(Perm.HEAD)
    return {
        "may_run": runs,
        "may_join": incident.is_open and incidents.may_join(incident, viewer),
        "may_write_notice": writes,
    }
