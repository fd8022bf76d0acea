"""The customer takes their case away as one file that anybody can check."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from appeals.models import BundleVariant
from appeals.services import bundles
from appeals.serving import handed_out
from complaints.models import Complaint
from complaints.permissions import Viewer
from complaints.portal.viewer import case_view

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@GET_OR_POST
@case_view
def show(request: HttpRequest, case: Complaint, viewer: Viewer) -> HttpResponse:
    """What there is and how far it is; a press asks for one of the case as it is."""
    if request.method == "POST":
        variant = BundleVariant.SHARED
        try:
            bundles.ask_bundle(complaint=case, variant=variant, actor=viewer)
        except bundles.TooManyBundles as error:
            messages.warning(request, str(error.words))
            return redirect("appeals:bundle", case.reference)
        messages.success(request, str(_("We make it now. It takes up to a minute.")))
        return redirect("appeals:bundle", case.reference)
    context = {
        "case": case,
        "rows": bundles.known_bundles(case, viewer),
        "file_url": "appeals:bundle-file",
        "file_key": case.reference,
    }
    part = "part" in request.GET
    template = "appeals/bundle_rows.html" if part else "portal/bundle.html"
    return render(request, template, context)


@require_safe
@case_view
def file(
    request: HttpRequest, case: Complaint, viewer: Viewer, *, number: int
) -> HttpResponseBase:
    return handed_out(bundles.known_bundles(case, viewer), number, viewer)
