"""The page of one incident, and every press on it. Each calls a service."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.admin.incident_asks import ASKS
from complaints.admin.incident_forms import AmountsForm
from complaints.admin.incident_presses import PRESSES
from complaints.admin.incident_runs import ACT_OF, INCIDENT, IncidentRuns
from complaints.admin.moves import explain, words_of
from complaints.admin.rail import rail_groups
from complaints.admin.scoped import desk_context, viewer_for
from complaints.errors import NotPermitted, NotVisible, RecourseError
from complaints.models import Complaint, Event, Incident, cause_labels
from complaints.permissions import Viewer
from complaints.selectors.incident_candidates import SIGNS, candidates
from complaints.selectors.incidents import member_rows, stage_words, sums_of
from complaints.selectors.sla import chip
from complaints.services import incident_amounts, incident_answers, incidents
from complaints.states import State
from complaints.transitions import Words
from teams.roles import Perm

SHOWN = 100
MOST_AMOUNTS = 500

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


class IncidentPages(IncidentRuns):
    """Views of ``IncidentAdmin`` about one incident."""

    visible_or_404: Any

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        incident = self.visible_or_404(request, object_id)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET"])
        viewer = viewer_for(request)
        stage = request.GET.get("stage", "")
        stage = stage if stage in STAGES else ""
        context = {
            **desk_context(self.admin_site, request),
            "title": incident.title,
            "incident": incident,
            "sums": sums_of(incident, viewer),
            **_members(incident, viewer, stage, request.GET.get("after", "")),
            "found": _found(incident, viewer),
            "findings": list(incident.findings.all()),
            "cause": cause_labels().get(incident.cause, "") if incident.cause else "",
            "actions": incident.actions.select_related("owner"),
            "affected": _affected(incident),
            "story": _story(incident),
            "alarms": incident.alarms.all(),
            **_rights(incident, viewer),
            "rail_groups": rail_groups(viewer, self.admin_site, request, "incidents"),
        }
        return TemplateResponse(request, "admin/complaints/incident.html", context)

    def ask_view(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """GET asks, POST does it; a refusal comes back with all that was typed."""
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "POST"])
        incident, viewer = self._incident(request, pk)
        if name not in ASKS:
            raise Http404
        if not incidents.may_run(incident, viewer):
            raise PermissionDenied
        ask, url = ASKS[name], reverse(INCIDENT, args=(incident.pk,))
        form = ask.form(
            request.POST if request.method == "POST" else None, incident, viewer
        )
        if form.is_bound and form.is_valid():
            try:
                ask.do(form, incident, viewer)
            except RecourseError as error:
                explain(form, error)
            else:
                messages.success(request, _("Kept."))
                return HttpResponseRedirect(url)
        return self._form_page(request, viewer, form, str(ask.title), url)

    def amounts_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What each customer gets; ``?percent=`` fills in a part of what they claim."""
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "POST"])
        incident, viewer = self._incident(request, pk)
        if not incidents.may_run(incident, viewer):
            raise PermissionDenied
        members = member_rows(incident, viewer).filter(
            complaint__state__in=sorted(incident_amounts.UNPROPOSED)
        )
        rows = list(members.order_by("pk")[:MOST_AMOUNTS])
        form = AmountsForm(
            request.POST if request.method == "POST" else None,
            rows=rows,
            percent=_percent(request.GET.get("percent", "")),
            initial=_money_of(incident, rows),
        )
        url = reverse(INCIDENT, args=(incident.pk,))
        if form.is_bound and form.is_valid():
            try:
                number = incident_amounts.set_amounts(
                    incident=incident,
                    amounts=form.amounts(),
                    asset=form.cleaned_data["asset"],
                    rate=form.cleaned_data["rate"],
                    actor=viewer,
                )
            except RecourseError as error:
                explain(form, error)
            else:
                messages.success(request, _("Amounts kept: %(n)s.") % {"n": number})
                return HttpResponseRedirect(url)
        template = "admin/complaints/incident_amounts.html"
        title = _("What each customer gets")
        return self._form_page(request, viewer, form, title, url, template)

    def run_view(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """POST: one press on many, or on the incident as a whole."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        incident, viewer = self._incident(request, pk)
        if name in ACT_OF:
            return self.run_many(request, incident, viewer, name)
        if name not in PRESSES:
            raise Http404
        try:
            messages.success(request, PRESSES[name](request, incident, viewer))
        except NotVisible as error:
            raise Http404 from error
        except NotPermitted as error:
            raise PermissionDenied from error
        except RecourseError as error:
            messages.error(request, " ".join(words_of(error)))
        return HttpResponseRedirect(reverse(INCIDENT, args=(incident.pk,)))

    def _incident(self, request: HttpRequest, pk: int) -> tuple[Incident, Viewer]:
        incident = self.visible_or_404(request, str(pk))
        return incident, viewer_for(request)

    def _form_page(
        self,
        request: HttpRequest,
        viewer: Viewer,
        form: forms.Form,
        title: str,
        back_url: str,
        template: str = "admin/complaints/learning_form.html",
    ) -> HttpResponse:
        context = {
            **desk_context(self.admin_site, request),
            "title": title,
            "subtitle": _("Incidents"),
            "form": form,
            "button": _("Keep"),
            "back_url": back_url,
            "rail_groups": rail_groups(viewer, self.admin_site, request, "incidents"),
        }
        status = 422 if form.errors else 200
        return TemplateResponse(request, template, context, status=status)


# Parts of the page ----------------------------------------------------------------


def _members(
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


def _found(incident: Incident, viewer: Viewer) -> list[Any]:
    joins = incident.is_open and incidents.may_join(incident, viewer)
    return candidates(incident, viewer) if joins else []


def _affected(incident: Incident) -> dict[str, int]:
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


def _story(incident: Incident) -> list[dict[str, Any]]:
    """Newest first; what happens once a case is told by the sums."""
    rows = Event.objects.filter(stream=incident.stream, what__in=list(STORY))
    events = rows.select_related("actor").order_by("-seq")[:50]
    return [
        {"at": one.at, "who": one.actor, "words": STORY[one.what]} for one in events
    ]


def _rights(incident: Incident, viewer: Viewer) -> dict[str, bool]:
    runs = incident.is_open and incidents.may_run(incident, viewer)
    writes = viewer.holds(Perm.SIGN_COMPLIANCE) or viewer.holds(Perm.HEAD)
    return {
        "may_run": runs,
        "may_join": incident.is_open and incidents.may_join(incident, viewer),
        "may_write_notice": writes,
    }


def _percent(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and 0 < number <= 1000 else None


def _money_of(incident: Incident, rows: list[Any]) -> dict[str, Any]:
    """Asset and rate as they were set, else the asset of the incident."""
    for row in rows:
        if row.rate is not None:
            return {"asset": row.asset, "rate": f"{row.rate.normalize():f}"}
    return {"asset": incident.asset}
