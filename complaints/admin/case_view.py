"""The views of one case: its page, its story, its files and the acts on it."""

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

from complaints.admin.acts import ACTS, Act
from complaints.admin.case_page import case_context, case_row
from complaints.admin.compose import Sent
from complaints.admin.moves import CASE, back_to, explain
from complaints.admin.rail import framed
from complaints.admin.scoped import desk_context, viewer_for
from complaints.admin.story import story_lines
from complaints.errors import NotPermitted, NotVisible, RecourseError
from complaints.models import Complaint, Evidence
from complaints.moments import read_moment
from complaints.permissions import Viewer
from complaints.selectors.timeline import story_page
from complaints.services.reading import record_reading


class CasePages:
    """Views of ``ComplaintAdmin`` on one visible case; anything else is a 404."""

    admin_site: Any

    def _case(self, request: HttpRequest, pk: int) -> tuple[Complaint, Viewer]:
        viewer = viewer_for(request)
        case = case_row(viewer, pk)
        if case is None:
            raise Http404
        return case, viewer

    def case_page(
        self,
        request: HttpRequest,
        case: Complaint,
        viewer: Viewer,
        *,
        sent: Sent | None = None,
        status: int = 200,
    ) -> HttpResponse:
        """``sent``: see ``compose.composer``."""
        context = {
            **desk_context(self.admin_site, request),
            **case_context(case, viewer, sent=sent),
            "title": case.subject,
            "subtitle": case.reference,
            "form": sent.form if sent else None,
        }
        template = "admin/complaints/case.html"
        return TemplateResponse(request, template, context, status=status)

    def timeline_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What happened before a moment; a script adds it to the page of the case."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET"])
        case, viewer = self._case(request, pk)
        record_reading(complaint=case, actor=viewer)
        # What is no moment shows the newest page.
        before = read_moment(request.GET.get("before", ""))
        files = Evidence.objects.visible_in(case, viewer)
        story = story_page(case, viewer, files, before=before)
        context = {
            **desk_context(self.admin_site, request),
            "title": _("Timeline"),
            "subtitle": case.reference,
            "case": case,
            "story": story_lines(story),
            "back_url": back_to(case, viewer, "timeline"),
            "before": before,
        }
        return TemplateResponse(request, "admin/complaints/timeline.html", context)

    def act_view(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """One of ``ACTS`` on this case."""
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "POST"])
        if name not in ACTS:
            raise Http404
        case, viewer = self._case(request, pk)
        act = ACTS[name]
        if not act.may(case, viewer):
            raise PermissionDenied
        if request.method != "POST":
            form = act.form(case=case, viewer=viewer)
            return self._act_page(request, case, viewer, act, form)
        form = act.form(request.POST, request.FILES, case=case, viewer=viewer)
        if form.is_valid() and self._acted(act, case, viewer, form):
            messages.success(request, str(act.done))
            return HttpResponseRedirect(back_to(case, viewer, act.anchor))
        return self._act_page(request, case, viewer, act, form, status=422)

    def _acted(self, act: Act, case: Complaint, viewer: Viewer, form: Any) -> bool:
        try:
            act.run(case, viewer, form)
        except NotPermitted as error:
            explain(form, error)
            return False
        except NotVisible as error:
            raise Http404 from error
        except RecourseError as error:
            explain(form, error)
            return False
        return True

    def _act_page(
        self,
        request: HttpRequest,
        case: Complaint,
        viewer: Viewer,
        act: Act,
        form: Any,
        status: int = 200,
    ) -> HttpResponse:
        context = {
            **framed(self.admin_site, request),
            "title": act.title,
            "subtitle": case.reference,
            "case": case,
            "form": form,
            "about": act.about(case, viewer),
            "button": act.button,
            "back_url": reverse(CASE, args=(case.pk,)),
        }
        template = "admin/complaints/act.html"
        return TemplateResponse(request, template, context, status=status)
