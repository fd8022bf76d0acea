"""Both factors before every page: the link says which seat, the code says who."""

import base64
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.mfa.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from appeals.arbitration.forms import CodeForm, EnrolForm
from appeals.models import ArbitratorLink
from appeals.seated import SeatViewer
from appeals.services.outside import links
from complaints.portal.viewer import no_store
from complaints.throttle import (
    Limit,
    client_address,
    in_minutes,
    whole_minutes,
    with_wait,
)

MISSES = Limit("arbitration-missed", tries=120, seconds=900)
"""Links tried from one address that are none. Whoever holds one is never counted: a
case has hundreds of pages, and an award that is sent after them would be lost."""

TOO_MANY = ngettext_lazy(
    "Too many tries. Wait %(minutes)d minute.",
    "Too many tries. Wait %(minutes)d minutes.",
    "minutes",
)

PASSED = 0
"""The code was right."""

CODES = Limit("arbitration-code", tries=5, seconds=900)
"""Codes tried from one address, and on one link, whatever the address."""

SeatView = Callable[..., HttpResponseBase]


def secret(response: HttpResponseBase) -> HttpResponseBase:
    """A page whose address is a secret: no cache, and no path in a referrer."""
    response["Referrer-Policy"] = "strict-origin"
    return no_store(response)


def found_link(request: HttpRequest, token: str) -> ArbitratorLink | HttpResponse:
    """The link, or the page that says that there is none: the same for every reason."""
    link = links.live_link(token)
    if link is not None:
        return link
    wait = MISSES.wait(f"ip:{client_address(request)}")
    return _gone(request, 429, wait) if wait else _gone(request, 410)


def seat_view(view: SeatView) -> SeatView:
    """Give the view the link and its arbitrator; whoever has not shown the second
    factor in this browser is led to where it is asked for."""

    @wraps(view)
    def wrapped(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponseBase:
        found = found_link(request, token)
        if isinstance(found, HttpResponse):
            return secret(found)
        viewer = links.viewer_for(found, request.session)
        if viewer is None and (kept := _written(request)):
            answer = _ask_again(request, found, kept)
            if answer is not None:
                return secret(answer)
            found.refresh_from_db()
            viewer = links.viewer_for(found, request.session)
        if viewer is None:
            return secret(redirect("arbitration:page", token))
        return secret(view(request, found, viewer, token=token, **kwargs))

    return wrapped


def _gone(request: HttpRequest, status: int, wait: int = 0) -> HttpResponse:
    context = {"minutes": whole_minutes(wait)}
    response = render(request, "arbitration/gone.html", context, status=status)
    return with_wait(response, wait)


# The second factor --------------------------------------------------------------------


def ask_factor(request: HttpRequest, link: ArbitratorLink, token: str) -> HttpResponse:
    """Asks for the code; where no device is set up yet, for the enrolment code."""
    pending = links.pending_secret(link, request.session)
    enrolls = not link.seat.arbitrator.is_enrolled
    kind = EnrolForm if enrolls and not pending else CodeForm
    if request.method != "POST":
        return _door(request, link, kind(), pending)
    form = kind(request.POST)
    status, wait = _tried(request, link, form, pending, enrolls=enrolls)
    if status == PASSED:
        return redirect("arbitration:page", token)
    return with_wait(_door(request, link, form, pending, status=status), wait)


def _tried(
    request: HttpRequest,
    link: ArbitratorLink,
    form: CodeForm | EnrolForm,
    pending: str = "",
    *,
    enrolls: bool = False,
) -> tuple[int, int]:
    """What the code in ``form`` comes to: a status, and seconds to wait."""
    if not form.is_valid():
        return 422, 0
    wait = CODES.wait(f"ip:{client_address(request)}", f"link:{link.pk}")
    if wait:
        form.add_error(None, in_minutes(TOO_MANY, wait))
        return 429, wait
    if _passes(request, link, form.cleaned_data["code"], pending, enrolls):
        request.session.cycle_key()
        return PASSED, 0
    form.add_error("code", _("This code is wrong or was used already."))
    return 422, 0


# Sent after the session was over ------------------------------------------------------

AGAIN = "again"


def _written(request: HttpRequest) -> list[tuple[str, str]]:
    """What was filled in, by name; an award may have been written for a day."""
    if request.method != "POST":
        return []
    ours = ("csrfmiddlewaretoken", f"{AGAIN}-code")
    return [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in ours
    ]


def _ask_again(
    request: HttpRequest, link: ArbitratorLink, kept: list[tuple[str, str]]
) -> HttpResponse | None:
    """The page that asks for a code and sends with it what was written; None once the
    code is right. It shows nothing but what this browser sent."""
    if not link.seat.arbitrator.is_enrolled:
        return None
    is_tried = f"{AGAIN}-code" in request.POST
    form = CodeForm(request.POST if is_tried else None, prefix=AGAIN)
    status, wait = _tried(request, link, form) if is_tried else (422, 0)
    if status == PASSED:
        return None
    context = {"form": form, "kept": kept}
    response = render(request, "arbitration/again.html", context, status=status)
    return with_wait(response, wait)


# The code itself ----------------------------------------------------------------------


def _passes(
    request: HttpRequest, link: ArbitratorLink, code: str, pending: str, enrolls: bool
) -> bool:
    known: dict[str, Any] = {"link": link, "code": code, "session": request.session}
    if not enrolls:
        return links.enter(**known)
    return links.enrol(**known) if pending else links.begin_enrolling(**known)


def _door(
    request: HttpRequest,
    link: ArbitratorLink,
    form: CodeForm | EnrolForm,
    pending: str,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "pending": pending, "link": link}
    if pending:
        adapter = get_adapter()
        url = adapter.build_totp_url(_Named(link.seat.arbitrator.email), pending)
        drawn = base64.b64encode(adapter.build_totp_svg(url).encode()).decode()
        context["picture"] = f"data:image/svg+xml;base64,{drawn}"
    return render(request, "arbitration/door.html", context, status=status)


class _Named:
    """What the library wants to know of whose device it is: a name for its list."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __str__(self) -> str:
        return self.name

    def get_username(self) -> str:
        return self.name

    @property
    def email(self) -> str:
        return self.name


__all__ = ["SeatViewer", "ask_factor", "found_link", "seat_view", "secret"]
