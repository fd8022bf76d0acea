"""What support may tell any customer: public status, next date, letters; no internals.

Support writes down what the customer said, as a message or as one of the moves that
are the customer's own. A barred case is not here for anybody.
"""

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
from django.utils.translation import gettext as _

from complaints.admin.forms import WriteForm
from complaints.admin.moves import QUEUE, STATUS, buttons_of, explain
from complaints.admin.rail import framed
from complaints.admin.scoped import viewer_for
from complaints.errors import NotVisible, RecourseError
from complaints.models import Complaint
from complaints.permissions import Viewer
from complaints.selectors.timeline import TimelineEntry, customer_timeline
from complaints.services import correspond, identity
from complaints.services.reading import STATUS_OPENED, record_reading
from complaints.states import Channel
from complaints.workflow import transitions_of
from teams.roles import Perm


class StatusPage:
    admin_site: Any

    def _status_case(self, request: HttpRequest, pk: int) -> tuple[Complaint, Viewer]:
        viewer = viewer_for(request)
        case = Complaint.objects.status_visible_to(viewer).filter(pk=pk).first()
        if case is None:
            raise Http404
        if not viewer.holds(Perm.VIEW_STATUS):
            raise PermissionDenied
        return case, viewer

    def status_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET"])
        case, viewer = self._status_case(request, pk)
        record_reading(complaint=case, actor=viewer, what=STATUS_OPENED)
        return self._status_page(request, case, viewer, WriteForm(prefix="said"))

    def status_message_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The customer's message, as support heard it."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        case, viewer = self._status_case(request, pk)
        form = WriteForm(request.POST, prefix="said")
        if form.is_valid():
            try:
                correspond.customer_writes(
                    complaint=case,
                    text=form.cleaned_data["text"],
                    actor=viewer,
                    channel=Channel.PHONE,
                )
            except NotVisible as error:
                raise Http404 from error
            except RecourseError as error:
                explain(form, error)
            else:
                messages.success(request, _("The message is with the team."))
                return HttpResponseRedirect(reverse(STATUS, args=(case.pk,)))
        return self._status_page(request, case, viewer, form, status=422)

    def _status_page(
        self,
        request: HttpRequest,
        case: Complaint,
        viewer: Viewer,
        form: WriteForm,
        status: int = 200,
    ) -> HttpResponse:
        context = {
            **framed(self.admin_site, request),
            "title": case.reference,
            "case": case,
            "form": form,
            "letters": list(case.letters.order_by("-written_at")),
            "future": _still_to_come(case, viewer),
            "moves": _moves_of_customer(case, viewer),
            "may_merge": identity.may_merge(viewer),
            "back_url": reverse(QUEUE),
        }
        template = "admin/complaints/status.html"
        return TemplateResponse(request, template, context, status=status)


def _still_to_come(case: Complaint, viewer: Viewer) -> list[TimelineEntry]:
    """The dates the customer was promised; internal limits are not among them."""
    told = customer_timeline(case, viewer)
    return [entry for entry in told if entry.kind == "future"]


def _moves_of_customer(case: Complaint, viewer: Viewer) -> list[Any]:
    table = transitions_of(Complaint)
    return [
        button
        for button in buttons_of(case, viewer)
        if table[button.offer.name][1].by_customer and button.offer.allowed
    ]
