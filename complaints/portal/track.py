"""Following a complaint without an account: a link to the mailbox on file."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import ngettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from complaints.portal.forms import TrackForm
from complaints.portal.viewer import no_store
from complaints.reference_number import normalise
from complaints.services import access
from complaints.throttle import (
    Limit,
    client_address,
    in_minutes,
    whole_minutes,
    with_wait,
)

LOOKUPS = Limit("track", tries=5, seconds=900)
OPENINGS = Limit("track-open", tries=30, seconds=900)
GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@GET_OR_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Reference and e-mail; the answer is the same whatever they are."""
    if request.method != "POST":
        initial = {"reference": request.GET.get("reference", "")[:40]}
        return _page(request, TrackForm(initial=initial))
    form = TrackForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    reference, email = form.cleaned_data["reference"], form.cleaned_data["email"]
    spelled = normalise(reference) or ""
    wait = LOOKUPS.wait(f"ip:{client_address(request)}", f"ref:{spelled or reference}")
    if wait:
        return _too_many(request, form, wait)
    access.ask_for_link(reference=spelled, email=email)
    return no_store(redirect("portal:track-sent"))


def _page(request: HttpRequest, form: TrackForm, status: int = 200) -> HttpResponse:
    following = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(following, allowed_hosts=None)
    context = {"form": form, "next": following if safe else ""}
    return no_store(render(request, "portal/track.html", context, status=status))


TOO_MANY = ngettext_lazy(
    "Too many tries. Wait %(minutes)d minute, or reach us another way; "
    "what you typed is still here.",
    "Too many tries. Wait %(minutes)d minutes, or reach us another way; "
    "what you typed is still here.",
    "minutes",
)


def _too_many(request: HttpRequest, form: TrackForm, wait: int) -> HttpResponse:
    form.add_error(None, in_minutes(TOO_MANY, wait))
    return with_wait(_page(request, form, status=429), wait)


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """What happens now, in the same words for everybody."""
    return no_store(render(request, "portal/track_sent.html"))


@GET_OR_POST
def opening(request: HttpRequest, token: str) -> HttpResponse:
    """The link from the mail. Looking changes nothing: mail scanners look too."""
    wait = OPENINGS.wait(f"ip:{client_address(request)}")
    if wait:
        return _secret(_gone(request, 429, wait))
    if request.method != "POST":
        if not access.link_is_good(token):
            return _secret(_gone(request, 410))
        return _secret(render(request, "portal/track_open.html"))
    return _secret(_redeem(request, token))


def _redeem(request: HttpRequest, token: str) -> HttpResponse:
    opened = access.redeem_link(token=token)
    if opened is None:
        return _gone(request, 410)
    request.session.cycle_key()
    access.remember(request.session, opened)
    return redirect("portal:case", reference=opened.complaint.reference)


def _gone(request: HttpRequest, status: int, wait: int = 0) -> HttpResponse:
    context: dict[str, Any] = {"form": TrackForm(), "minutes": whole_minutes(wait)}
    response = render(request, "portal/track_gone.html", context, status=status)
    return with_wait(response, wait)


def _secret(response: HttpResponse) -> HttpResponse:
    """A page whose address is a secret: no cache, and no path in a referrer.

    Without any referrer browsers send "Origin: null", which no form may come from.
    """
    response["Referrer-Policy"] = "strict-origin"
    return no_store(response)
