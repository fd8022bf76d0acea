"""Doors of one page: danger, and the official template."""

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.gzip import gzip_page

from complaints.errors import InvalidInput, KeyReused
from complaints.models import Complaint
from complaints.portal import again, filing
from complaints.portal.annex import AnnexForm
from complaints.portal.file.holding import form_methods, hold, to_receipt
from complaints.portal.file.limits import filings_wait, signed_in, status_of, wait_words
from complaints.portal.forms import GuestUrgentForm, UrgentForm
from complaints.portal.viewer import no_store
from complaints.throttle import with_wait

Send = Callable[[Any], Complaint]


def _sheet(
    request: HttpRequest, template: str, form: Form, send: Send | None = None
) -> Complaint | HttpResponse:
    """The form with what was typed, or the complaint once it is sent."""
    if again.ADD_TO in request.POST:
        return again.add_words(request, form)
    if send is None or not form.is_valid():
        return no_store(
            render(request, template, {"form": form}, status=status_of(form))
        )
    wait = filings_wait(request)
    if wait:
        form.add_error(None, wait_words(wait))
        response = no_store(render(request, template, {"form": form}, status=429))
        return with_wait(response, wait)
    try:
        return send(form)
    except KeyReused as error:
        return again.sent_before(request, form, error.earlier)
    except InvalidInput as error:
        field = error.field if error.field in form.fields else None
        form.add_error(field, str(error.words))
        return no_store(render(request, template, {"form": form}, status=422))


@form_methods
@gzip_page
def urgent(request: HttpRequest) -> HttpResponse:
    """The door for danger: a minute, and security sees it at once."""
    kind = UrgentForm if signed_in(request) else GuestUrgentForm
    template = "portal/urgent.html"
    posted = request.method == "POST"
    form = kind(request.POST) if posted else kind()

    def send(form: Any) -> Complaint:
        complaint = filing.alarm(request, form)
        hold(request, filing.rest_of(request, complaint))
        return complaint

    done = _sheet(request, template, form, send if posted else None)
    if isinstance(done, HttpResponse):
        return done
    return redirect("portal:protection", reference=done.reference)


@form_methods
def template(request: HttpRequest) -> HttpResponse:
    """All fields of the official template."""
    user = signed_in(request)
    page = "portal/annex.html"
    if request.method != "POST":
        initial = filing.known_of(user) if user else {}
        blank = AnnexForm(initial=initial, guest=user is None)
        return no_store(render(request, page, {"form": blank}))

    def send(form: Any) -> Complaint:
        files = filing.annex_files(form)
        guest_fields = filing.annex_guest(form)
        return filing.submit(request, guest_fields, filing.annex(form), files)

    form = AnnexForm(request.POST, request.FILES, guest=user is None)
    done = _sheet(request, page, form, send)
    return done if isinstance(done, HttpResponse) else to_receipt(done)
