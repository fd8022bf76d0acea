"""A superuser sees no case; this page opens one, for an hour, for a written reason."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from complaints.admin.forms import BreakGlassForm
from complaints.admin.moves import CASE, QUEUE, explain
from complaints.admin.rail import framed
from complaints.errors import NotPermitted, NotVisible, RecourseError
from complaints.reference_number import normalise
from complaints.services import protect


class BreakGlassPage:
    admin_site: Any

    def break_glass_view(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "POST"])
        if not request.user.is_superuser:
            raise PermissionDenied
        form = BreakGlassForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            answer = self._break(request, form)
            if answer is not None:
                return answer
        context = {
            **framed(self.admin_site, request),
            "title": _("Open a case by break-glass"),
            "form": form,
            "button": _("Open it for one hour"),
            "back_url": reverse(QUEUE),
        }
        return TemplateResponse(
            request,
            "admin/complaints/form.html",
            context,
            status=422 if form.errors else 200,
        )

    def _break(self, request: HttpRequest, form: BreakGlassForm) -> HttpResponse | None:
        data = form.cleaned_data
        try:
            access = protect.break_glass(
                reference=normalise(data["reference"]) or "",
                reason=data["reason"],
                actor=request.user,  # type: ignore[arg-type]
            )
        except NotPermitted as error:
            raise PermissionDenied from error
        except NotVisible as error:
            form.add_error("reference", str(error.words))
            return None
        except RecourseError as error:
            explain(form, error)
            return None
        messages.warning(
            request,
            _(
                "Open for one hour. Everybody who reads the "
                "ledger of this case sees that you were here."
            ),
        )
        return HttpResponseRedirect(reverse(CASE, args=(access.complaint_id,)))
