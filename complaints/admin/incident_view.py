"""The page of one incident, and every press on it. Each calls a service."""

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

from complaints.admin.incident_asks import ASKS
from complaints.admin.incident_forms import AmountsForm
from complaints.admin.incident_page import (
    STAGES,
    affected_counts,
    fitting,
    members_page,
    rights_of,
    story_of,
)
from complaints.admin.incident_presses import PRESSES
from complaints.admin.incident_runs import ACT_OF, INCIDENT, IncidentRuns
from complaints.admin.moves import explain, words_of
from complaints.admin.rail import rail_groups
from complaints.admin.scoped import desk_context, viewer_for
from complaints.errors import NotPermitted, NotVisible, RecourseError
from complaints.models import Incident, cause_labels
from complaints.permissions import Viewer
from complaints.selectors.incidents import member_rows, sums_of
from complaints.services import incident_amounts, incidents

MOST_AMOUNTS = 500


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
            **members_page(incident, viewer, stage, request.GET.get("after", "")),
            "found": fitting(incident, viewer),
            "findings": list(incident.findings.all()),
            "cause": cause_labels().get(incident.cause, "") if incident.cause else "",
            "actions": incident.actions.select_related("owner"),
            "affected": affected_counts(incident),
            "story": story_of(incident),
            "alarms": incident.alarms.all(),
            **rights_of(incident, viewer),
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


def _percent(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and 0 < number <= 1000 else None


def _money_of(incident: Incident, rows: list[Any]) -> dict[str, Any]:
    """Asset and rate as they were set, else the asset of the incident or the only one
    that is claimed."""
    for row in rows:
        if row.rate is not None:
            return {"asset": row.asset, "rate": f"{row.rate.normalize():f}"}
    claimed = {row.complaint.asset.upper() for row in rows if row.complaint.amount}
    return {"asset": incident.asset or (claimed.pop() if len(claimed) == 1 else "")}
