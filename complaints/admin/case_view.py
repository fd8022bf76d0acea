"""The views of one case: its page, writing, files, letters and the acts on it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from complaints.admin.acts import ACTS, Act
from complaints.admin.case_page import case_context, case_rows
from complaints.admin.forms import WriteForm
from complaints.admin.moves import CASE, back_to, explain
from complaints.admin.scoped import viewer_for
from complaints.errors import NotPermitted, NotVisible, RecourseError
from complaints.models import Complaint, Evidence
from complaints.permissions import Viewer
from complaints.services import correspond
from complaints.services.evidence import offered_name, open_evidence


class CasePages:
    """Views of ``ComplaintAdmin`` on one visible case; anything else is a 404."""

    admin_site: Any

    def _case(self, request: HttpRequest, pk: int) -> tuple[Complaint, Viewer]:
        viewer = viewer_for(request)
        case = case_rows(viewer).filter(pk=pk).first()
        if case is None:
            raise Http404
        return case, viewer

    def case_page(
        self,
        request: HttpRequest,
        case: Complaint,
        viewer: Viewer,
        *,
        reply: WriteForm | None = None,
        note: WriteForm | None = None,
        status: int = 200,
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            **case_context(
                case,
                viewer,
                reply=reply or WriteForm(prefix="reply"),
                note=note or WriteForm(prefix="note"),
            ),
            "title": case.subject,
            "subtitle": case.reference,
            "form": reply or note,
        }
        template = "admin/complaints/case.html"
        return TemplateResponse(request, template, context, status=status)

    def write_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A reply or a note; ``kind`` says which of the two forms was sent."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        case, viewer = self._case(request, pk)
        kind = "note" if request.POST.get("kind") == "note" else "reply"
        form = WriteForm(request.POST, prefix=kind)
        if form.is_valid() and self._written(kind, case, viewer, form):
            words = (
                _("The note is kept.")
                if kind == "note"
                else _("Your reply is on its way to the customer.")
            )
            messages.success(request, words)
            return HttpResponseRedirect(back_to(case, viewer, "timeline"))
        given = {"reply": form} if kind == "reply" else {"note": form}
        return self.case_page(request, case, viewer, **given, status=422)

    def _written(
        self, kind: str, case: Complaint, viewer: Viewer, form: WriteForm
    ) -> bool:
        write = correspond.note if kind == "note" else correspond.reply
        try:
            write(complaint=case, text=form.cleaned_data["text"], actor=viewer)
        except NotPermitted as error:
            raise PermissionDenied from error
        except NotVisible as error:
            raise Http404 from error
        except RecourseError as error:
            explain(form, error)
            return False
        return True

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
            return self._act_page(request, case, act, act.form(case=case))
        form = act.form(request.POST, request.FILES, case=case)
        if form.is_valid() and self._acted(act, case, viewer, form):
            messages.success(request, str(act.done))
            return HttpResponseRedirect(back_to(case, viewer, act.anchor))
        return self._act_page(request, case, act, form, status=422)

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
        act: Act,
        form: Any,
        status: int = 200,
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": act.title,
            "subtitle": case.reference,
            "case": case,
            "form": form,
            "button": act.button,
            "back_url": reverse(CASE, args=(case.pk,)),
        }
        template = "admin/complaints/form.html"
        return TemplateResponse(request, template, context, status=status)

    def evidence_view(
        self, request: HttpRequest, pk: int, number: int
    ) -> HttpResponseBase:
        """A file of the case, always as an attachment; the reading is on the ledger."""
        case, viewer = self._case(request, pk)
        rows = Evidence.objects.visible_to(viewer)
        file = rows.filter(complaint=case, number=number).first()
        if file is None:
            raise Http404
        try:
            opened = open_evidence(evidence=file, actor=viewer)
        except (NotVisible, FileNotFoundError) as error:
            raise Http404 from error
        response = FileResponse(
            opened, as_attachment=True, filename=f"{file.label} {offered_name(file)}"
        )
        response["Content-Type"] = "application/octet-stream"
        response["X-Content-Type-Options"] = "nosniff"
        response["Cache-Control"] = "private, no-store"
        return response
