"""The desk's page of the bundles of a case under appeal: ask for one, take it away."""

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
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from appeals.admin.work import WorkPages
from appeals.models import BundleVariant
from appeals.services import bundles
from appeals.serving import handed_out
from complaints.errors import NotPermitted, NotVisible

PAGE = "admin:appeals_appeal_bundle"


class BundlePages(WorkPages):
    """Views of ``AppealAdmin``."""

    def bundle_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "POST"])
        appeal, viewer = self.seen(request, pk)
        case = appeal.complaint
        if request.method == "POST":
            variant = request.POST.get("variant", "")
            try:
                bundles.ask_bundle(complaint=case, variant=variant, actor=viewer)
            except NotVisible as error:
                raise Http404 from error
            except NotPermitted as error:
                raise PermissionDenied from error
            except bundles.TooManyBundles as error:
                messages.warning(request, str(error.words))
            else:
                messages.success(request, str(_("A worker makes it now.")))
            return HttpResponseRedirect(reverse(PAGE, args=(pk,)))
        context: dict[str, Any] = {
            "rows": bundles.known_bundles(case, viewer),
            "file_url": "admin:appeals_appeal_bundle_file",
            "file_key": pk,
        }
        if "part" in request.GET:
            return TemplateResponse(request, "appeals/bundle_rows.html", context)
        context |= {
            **self.admin_site.each_context(request),
            "title": _("Case bundle"),
            "subtitle": case.reference,
            "back_url": reverse("admin:appeals_appeal_change", args=(pk,)),
            "variants": [
                (value, label)
                for value, label in BundleVariant.choices
                if bundles.may_ask(case, value, viewer)
            ],
        }
        return TemplateResponse(request, "admin/appeals/bundle.html", context)

    def bundle_file_view(
        self, request: HttpRequest, pk: int, number: int
    ) -> HttpResponseBase:
        if request.method != "GET":
            return HttpResponseNotAllowed(["GET"])
        appeal, viewer = self.seen(request, pk)
        rows = bundles.known_bundles(appeal.complaint, viewer)
        return handed_out(rows, number, viewer)
