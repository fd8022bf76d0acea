"""The pages for 400, 403, 404, 413 and 500; the same for programs under /api/."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from config.body_limit import REFUSED

DEBUGGING = b"<code>DEBUG = True</code>"
"""What Django says on its own page for 404 alone."""

PROBLEMS = {
    400: ("bad_request", "The request could not be understood."),
    403: ("forbidden", "You may not do this."),
    404: ("not_found", "There is nothing at this address."),
    413: ("too_large", "This is more than one request may bring. Nothing was kept."),
    500: ("server_error", "Something failed on our side. Nothing was changed."),
}


def _answer(request: HttpRequest, status: int) -> HttpResponse:
    """Kept by nobody on the way: a 404 may be by default (RFC 9110, 15.1), and what is
    not there for one reader is there for another."""
    response = _words(request, status)
    response["Cache-Control"] = "no-store, private"
    return response


def _words(request: HttpRequest, status: int) -> HttpResponse:
    if not request.path.startswith("/api/"):
        return render(request, f"{status}.html", status=status)
    code, title = PROBLEMS[status]
    return JsonResponse(
        {"type": "about:blank", "title": title, "status": status, "code": code},
        status=status,
        content_type="application/problem+json",
    )


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _answer(request, 400)


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _answer(request, 403)


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _answer(request, 404)


class TooLargeMiddleware:
    """Answers a request whose body was not read (``config.body_bounds``), in the
    language of whoever sent it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        server = getattr(request, "scope", None) or getattr(request, "environ", {})
        if server.get(REFUSED):
            return _answer(request, 413)
        return self.get_response(request)


class PlainNotFoundMiddleware:
    """Our own page for 404 on a developer's desk too, not Django's list of addresses.

    Whoever tries the desk out is to see what a customer would see.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 404 and DEBUGGING in getattr(
            response, "content", b""
        ):
            return not_found(request)
        return response


def server_error(request: HttpRequest) -> HttpResponse:
    return _answer(request, 500)
