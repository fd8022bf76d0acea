"""Filing: the short form, the door for danger, the official template, the receipt."""

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from complaints.errors import InvalidInput
from complaints.models import Complaint
from complaints.permissions import Viewer
from complaints.portal import filing
from complaints.portal.annex import AnnexForm
from complaints.portal.forms import (
    FilingForm,
    GuestFilingForm,
    GuestUrgentForm,
    UrgentForm,
)
from complaints.portal.steps import future_steps
from complaints.portal.throttle import Limit, client_address
from complaints.portal.viewer import case_view, no_store

FILINGS = Limit("filing", tries=20, seconds=3600)

Send = Callable[[Any], Complaint]


def _page(
    request: HttpRequest, template: str, form: Form, send: Send | None = None
) -> HttpResponse:
    """The form with what was typed, or the way to the receipt once it is sent."""
    if send is None or not form.is_valid():
        return no_store(render(request, template, {"form": form}, status=_status(form)))
    wait = 0 if request.user.is_authenticated else FILINGS.wait(client_address(request))
    if wait:
        return _too_many(request, template, form, wait)
    try:
        complaint = send(form)
    except InvalidInput as error:
        field = error.field if error.field in form.fields else None
        form.add_error(field, str(error.words))
        return no_store(render(request, template, {"form": form}, status=422))
    return redirect("portal:received", reference=complaint.reference)


def _status(form: Form) -> int:
    return 422 if form.is_bound else 200


def _too_many(
    request: HttpRequest, template: str, form: Form, wait: int
) -> HttpResponse:
    minutes = -(-wait // 60)
    words = _(
        "Many complaints came from your connection. What you wrote is still here: "
        "send it in %(minutes)d minutes, or call us."
    )
    form.add_error(None, words % {"minutes": minutes})
    response = no_store(render(request, template, {"form": form}, status=429))
    response["Retry-After"] = str(wait)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The short form."""
    kind = FilingForm if request.user.is_authenticated else GuestFilingForm
    template = "portal/new.html"
    if request.method != "POST":
        risk = request.GET.get("at_risk")
        initial = {"at_risk": risk} if risk in ("yes", "no") else {}
        return _page(request, template, kind(initial=initial))

    def send(form: Any) -> Complaint:
        files = filing.customer_files(form.uploads())
        return filing.submit(request, filing.guest_of(form), filing.short(form), files)

    return _page(request, template, kind(request.POST, request.FILES), send)


@require_http_methods(["GET", "HEAD", "POST"])
def urgent(request: HttpRequest) -> HttpResponse:
    """The door for danger: a minute, and security sees it at once."""
    kind = UrgentForm if request.user.is_authenticated else GuestUrgentForm
    template = "portal/urgent.html"
    if request.method != "POST":
        return _page(request, template, kind())

    def send(form: Any) -> Complaint:
        return filing.submit(request, filing.guest_of(form), filing.urgent(form), ())

    return _page(request, template, kind(request.POST), send)


@require_http_methods(["GET", "HEAD", "POST"])
def template(request: HttpRequest) -> HttpResponse:
    """All fields of the official template."""
    guest = not request.user.is_authenticated
    page = "portal/annex.html"
    if request.method != "POST":
        user = request.user
        initial = filing.known_of(user) if user.is_authenticated else {}
        return _page(request, page, AnnexForm(initial=initial, guest=guest))

    def send(form: Any) -> Complaint:
        files = filing.annex_files(form)
        guest_fields = filing.annex_guest(form)
        return filing.submit(request, guest_fields, filing.annex(form), files)

    form = AnnexForm(request.POST, request.FILES, guest=guest)
    return _page(request, page, form, send)


@require_safe
@case_view
def received(request: HttpRequest, case: Complaint, viewer: Viewer) -> HttpResponse:
    """The receipt: the number, what comes next and by when, how to go on."""
    context = {"case": case, "steps": future_steps(case), "email": case.customer.email}
    return render(request, "portal/received.html", context)
