"""Many cases of an incident at once: answers, sign-offs and letters, each by itself.

Signing is looked at first: what each customer gets, and what stands in the way.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import ngettext

from complaints.admin.bulk_view import key_of, pairs_of
from complaints.admin.moves import words_of
from complaints.admin.rail import rail_groups
from complaints.admin.scoped import desk_context
from complaints.errors import RecourseError
from complaints.models import Complaint, Decision, Incident, IncidentCase
from complaints.permissions import Viewer
from complaints.selectors.incidents import member_rows
from complaints.services import bulk, incident_answers
from complaints.states import DecisionStatus
from config import sudo

INCIDENT = "admin:complaints_incident_change"
ACT_OF = {
    "answer": incident_answers.ANSWER,
    "sign": incident_answers.SIGN,
    "send": incident_answers.SEND,
}


@dataclass(frozen=True)
class ToSign:
    """One case as its signer looks at it; ``refusal`` is why it cannot be signed."""

    case: Complaint
    decision: Decision | None
    refusal: RecourseError | None


class IncidentRuns:
    """The part of ``IncidentPages`` that does one thing to many cases."""

    admin_site: Any

    def run_many(
        self, request: HttpRequest, incident: Incident, viewer: Viewer, name: str
    ) -> HttpResponse:
        """Signing asks who it is, as for one case, and shows all of it first."""
        pairs = pairs_of(request.POST.getlist("case"))
        rows = member_rows(incident, viewer).filter(complaint__in=pairs)
        if name == "sign":
            sudo.require(request)
            if "key" not in request.POST:
                return self._preview(request, incident, viewer, rows[: bulk.MOST])
        else:
            # Nothing of it was looked at one by one, so the present version counts.
            pairs = dict(rows.values_list("complaint", "complaint__version"))
        return _run(request, incident, viewer, name, _known(rows, pairs))

    def _preview(
        self,
        request: HttpRequest,
        incident: Incident,
        viewer: Viewer,
        members: Iterable[IncidentCase],
    ) -> HttpResponse:
        act = bulk.act_of(incident_answers.SIGN)
        rows = [_to_sign(member, viewer, act) for member in members]
        words = ngettext("Sign off %(n)s case", "Sign off %(n)s cases", len(rows))
        context = {
            **desk_context(self.admin_site, request),
            "title": words % {"n": len(rows)},
            "subtitle": incident.title,
            "rows": rows,
            "button": act.label,
            "key": key_of(""),
            "back_url": _back(incident, "sign"),
            "rail_groups": rail_groups(viewer, self.admin_site, request, "incidents"),
        }
        template = "admin/complaints/incident_sign.html"
        return TemplateResponse(request, template, context)


def _to_sign(member: IncidentCase, viewer: Viewer, act: bulk.Act) -> ToSign:
    case = member.complaint
    decision = case.current_decision(DecisionStatus.PROPOSED)
    refusal = act.way(case, viewer) or incident_answers.proposed_otherwise(member)
    return ToSign(case, decision, refusal)


def _known(rows: Any, pairs: dict[int, int | None]) -> list[tuple[int, int]]:
    """Those that the viewer meets in the incident; a case without a version was looked
    at by nobody."""
    met = rows.values_list("complaint", flat=True)[: bulk.MOST + 1]
    versions = ((pk, pairs[pk]) for pk in met)
    return [(pk, -1 if version is None else version) for pk, version in versions]


def _run(
    request: HttpRequest,
    incident: Incident,
    viewer: Viewer,
    name: str,
    cases: list[tuple[int, int]],
) -> HttpResponse:
    try:
        run = bulk.run(
            key=key_of(request.POST.get("key", "")),
            act=ACT_OF[name],
            cases=cases,
            given={"incident": incident},
            actor=viewer,
        )
    except RecourseError as error:
        messages.error(request, " ".join(words_of(error)))
        return HttpResponseRedirect(_back(incident, name))
    done = "admin:complaints_complaint_bulk_done"
    query = {"incident": incident.pk}
    return HttpResponseRedirect(reverse(done, args=(run.key,), query=query))


def _back(incident: Incident, stage: str) -> str:
    return reverse(INCIDENT, args=(incident.pk,), query={"stage": stage})
