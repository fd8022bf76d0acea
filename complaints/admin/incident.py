"""Incidents at the desk: alarms, groups that look like one, and those that were opened.

One file of the list and of opening; the page of one incident is ``incident_view``.
"""

from typing import Any, ClassVar

from django.contrib import admin, messages
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
from django.utils.translation import ngettext

from complaints.admin.incident_forms import IncidentForm, ReasonForm, teams_to_run
from complaints.admin.incident_runs import INCIDENT
from complaints.admin.incident_view import IncidentPages
from complaints.admin.moves import explain, words_of
from complaints.admin.rail import rail_groups
from complaints.admin.scoped import TeamScopedAdmin, desk_context, viewer_for
from complaints.errors import RecourseError
from complaints.models import Alarm, Incident
from complaints.permissions import Viewer
from complaints.selectors.incident_groups import groups
from complaints.services import alarm_answers, incident_members, incidents
from complaints.services.incident_members import add_cases
from complaints.services.incidents import Scope, open_incident

LIST = "admin:complaints_incident_changelist"
SHOWN = 100
GIVEN = ("title", "category", "asset", "since", "words")
"""What a link may fill into the form of a new incident."""


@admin.register(Incident)
class IncidentAdmin(IncidentPages, TeamScopedAdmin):
    PAGES: ClassVar[tuple[tuple[str, str, str], ...]] = (
        ("new/", "new_view", "new"),
        ("alarm/<int:number>/open/", "open_alarm_view", "from_alarm"),
        ("alarm/<int:number>/answer/", "answer_alarm_view", "alarm_answer"),
        ("<int:pk>/run/<slug:name>/", "run_view", "run"),
        ("<int:pk>/ask/<slug:name>/", "ask_view", "ask"),
        ("<int:pk>/amounts/", "amounts_view", "amounts"),
    )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What is to be looked at, then what there is; the open ones first."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET"])
        viewer = viewer_for(request)
        rows = Incident.objects.visible_to(viewer).select_related("team", "category")
        alarms = alarm_answers.open_alarms(viewer)[:SHOWN]
        may = teams_to_run(viewer).exists()
        context = {
            **desk_context(self.admin_site, request),
            "title": _("Incidents"),
            "alarms": [_alarm_line(alarm, viewer) for alarm in alarms],
            "groups": [_group_line(one, may) for one in groups(viewer, viewer.at)],
            "incidents": rows.order_by("closed_at", "-opened_at")[:SHOWN],
            "may_open": may,
            "rail_groups": rail_groups(viewer, self.admin_site, request, "incidents"),
        }
        return TemplateResponse(request, "admin/complaints/incidents.html", context)

    def new_view(self, request: HttpRequest) -> HttpResponse:
        """GET asks, filled in from the address; POST opens it."""
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "POST"])
        viewer = viewer_for(request)
        if not teams_to_run(viewer).exists():
            raise PermissionDenied
        given = {name: request.GET[name] for name in GIVEN if name in request.GET}
        data = request.POST if request.method == "POST" else None
        form = IncidentForm(data, viewer=viewer, initial=given)
        if data is not None and form.is_valid():
            try:
                incident = open_incident(
                    title=form.cleaned_data["title"],
                    team=form.cleaned_data["team"],
                    scope=form.scope(),
                    actor=viewer,
                )
            except RecourseError as error:
                explain(form, error)
            else:
                return HttpResponseRedirect(reverse(INCIDENT, args=(incident.pk,)))
        return self._form_page(
            request, viewer, form, _("Open an incident"), reverse(LIST)
        )

    def open_alarm_view(self, request: HttpRequest, number: int) -> HttpResponse:
        """POST: one press makes an incident of an alarm, with the cases it counted."""
        alarm, viewer = _alarm(request, number)
        try:
            incident = open_incident(
                title=_("Alarm: %(what)s") % {"what": _short(alarm)},
                team=alarm.team,
                scope=Scope(
                    since=alarm.since, category=alarm.category, asset=alarm.asset
                ),
                actor=viewer,
            )
            alarm_answers.answer(alarm=alarm, actor=viewer, incident=incident)
        except RecourseError as error:
            messages.error(request, " ".join(words_of(error)))
            return HttpResponseRedirect(reverse(LIST))
        rows = alarm_answers.cases_of(alarm, viewer).order_by("pk")
        keys = list(rows.values_list("pk", flat=True)[: incident_members.MOST_JOINED])
        why = {pk: ["alarm"] for pk in keys}
        done = add_cases(incident=incident, cases=keys, actor=viewer, why=why)
        words = ngettext(
            "The incident is open, with %(n)s case that the alarm counted.",
            "The incident is open, with %(n)s cases that the alarm counted.",
            done.joined,
        )
        messages.success(request, words % {"n": done.joined})
        return HttpResponseRedirect(reverse(INCIDENT, args=(incident.pk,)))

    def answer_alarm_view(self, request: HttpRequest, number: int) -> HttpResponse:
        """POST: why an alarm is no incident."""
        alarm, viewer = _alarm(request, number)
        form = ReasonForm(request.POST)
        reason = form.cleaned_data["reason"] if form.is_valid() else ""
        try:
            alarm_answers.answer(alarm=alarm, actor=viewer, reason=reason)
        except RecourseError as error:
            messages.error(request, " ".join(words_of(error)))
        else:
            messages.success(request, _("The alarm is answered."))
        return HttpResponseRedirect(reverse(LIST))


def _alarm(request: HttpRequest, number: int) -> tuple[Alarm, Viewer]:
    viewer = viewer_for(request)
    alarm = alarm_answers.open_alarms(viewer).filter(pk=number).first()
    if alarm is None:
        raise Http404
    if request.method != "POST" or not alarm_answers.may_answer(alarm, viewer):
        raise PermissionDenied
    return alarm, viewer


def _short(alarm: Alarm) -> str:
    return alarm_answers.what_of(alarm)[:80]


def _alarm_line(alarm: Alarm, viewer: Viewer) -> dict[str, Any]:
    return {
        "alarm": alarm,
        "words": alarm_answers.words_of(alarm),
        "may_open": incidents.may_open(viewer, alarm.team),
        "may_answer": alarm_answers.may_answer(alarm, viewer),
    }


def _group_line(group: Any, may: bool) -> dict[str, Any]:
    query = {
        "title": group.what[:80],
        "asset": group.asset,
        "since": f"{group.since:%Y-%m-%dT%H:%M}",
        "category": group.category.pk if group.category else "",
        "words": group.what if group.sign != "topic" else "",
    }
    route = "admin:complaints_incident_new"
    return {"group": group, "url": reverse(route, query=query) if may else ""}
