"""The pages for 400, 403, 404 and 500; under /api/ the same as problem documents."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

PROBLEMS = {
    400: ("bad_request", "The request could not be understood."),
    403: ("forbidden", "You may not do this."),
    404: ("not_found", "There is nothing at this address."),
    500: ("server_error", "Something failed on our side. Nothing was changed."),
}


def _answer(request: HttpRequest, status: int) -> HttpResponse:
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


def server_error(request: HttpRequest) -> HttpResponse:
    return _answer(request, 500)
