"""Tasks of the one who looks, done or open, and the care marker of a customer."""

from typing import Any

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
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.admin.forms import CareForm
from complaints.admin.moves import back_to, explain
from complaints.admin.rail import rail_groups
from complaints.admin.scoped import desk_context, viewer_for
from complaints.errors import IllegalMove, NotPermitted, RecourseError
from complaints.models import CareMarker, Complaint, Task
from complaints.permissions import Viewer, reads_care
from complaints.services import care, task_list

SHOWN = 100


class WorkPages:
    """Views of ``ComplaintAdmin`` beside the case page."""

    admin_site: Any
    _case: Any

    def tasks_view(self, request: HttpRequest) -> HttpResponse:
        """What this person is to do, the first due first."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET"])
        viewer = viewer_for(request)
        rows = list(task_list.open_tasks(viewer)[: SHOWN + 1])
        context = {
            **desk_context(self.admin_site, request),
            "title": _("Tasks"),
            "tasks": rows[:SHOWN],
            "more": len(rows) > SHOWN,
            "today": timezone.localdate(),
            "rail_groups": rail_groups(viewer, self.admin_site, request, "tasks"),
        }
        return TemplateResponse(request, "admin/complaints/task_list.html", context)

    def task_done_view(
        self, request: HttpRequest, pk: int, number: int
    ) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        case, viewer = self._case(request, pk)
        task = Task.objects.filter(complaint=case, pk=number).first()
        if task is None:
            raise Http404
        try:
            task_list.finish_task(task=task, actor=viewer)
        except NotPermitted as error:
            raise PermissionDenied from error
        except IllegalMove as error:
            messages.warning(request, str(error.words))
        else:
            messages.success(request, _("Done."))
        listed = reverse("admin:complaints_complaint_tasks")
        here = request.POST.get("from") == "tasks"
        return HttpResponseRedirect(listed if here else back_to(case, viewer, "tasks"))

    # Care ------------------------------------------------------------------------

    def _care_case(self, request: HttpRequest, pk: int) -> tuple[Complaint, Viewer]:
        case, viewer = self._case(request, pk)
        if not reads_care(case, viewer):
            raise PermissionDenied
        return case, viewer

    def care_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What the marker says, which is put on the ledger of reads; and saying it."""
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "POST"])
        case, viewer = self._care_case(request, pk)
        if request.method != "POST":
            marker = care.read_care(complaint=case, actor=viewer)
            initial = {"kind": marker.kind, "note": marker.note} if marker else {}
            form = CareForm(case=case, viewer=viewer, initial=initial)
            return self._care_page(request, case, viewer, form, marker)
        form = CareForm(request.POST, case=case, viewer=viewer)
        if form.is_valid() and _set(form, case, viewer):
            messages.success(request, _("The care marker is set."))
            return HttpResponseRedirect(back_to(case, viewer, "customer"))
        return self._care_page(request, case, viewer, form, None, status=422)

    def care_lift_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        case, viewer = self._care_case(request, pk)
        try:
            care.lift_care(complaint=case, actor=viewer)
        except IllegalMove as error:
            messages.warning(request, str(error.words))
        else:
            messages.success(request, _("The care marker is lifted; its text is gone."))
        return HttpResponseRedirect(back_to(case, viewer, "customer"))

    def _care_page(
        self,
        request: HttpRequest,
        case: Complaint,
        viewer: Viewer,
        form: CareForm,
        marker: CareMarker | None,
        status: int = 200,
    ) -> HttpResponse:
        context = {
            **desk_context(self.admin_site, request),
            "title": _("Particular care"),
            "subtitle": case.reference,
            "case": case,
            "form": form,
            "marker": marker,
            "button": _("Set the marker"),
            "back_url": back_to(case, viewer, "customer"),
            "rail_groups": rail_groups(viewer, self.admin_site, request),
        }
        template = "admin/complaints/care.html"
        return TemplateResponse(request, template, context, status=status)


def _set(form: CareForm, case: Complaint, viewer: Viewer) -> bool:
    try:
        care.set_care(complaint=case, actor=viewer, **form.cleaned_data)
    except RecourseError as error:
        explain(form, error)
        return False
    return True
