"""What every provider's webhook has in common: raw bytes, a limit, no session.

A provider is known by its signature alone, so its hook reads no cookie and asks for no
CSRF token; what is not signed as it should be is refused before anything is stored.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from complaints.channels.pipeline import Taken

logger = logging.getLogger(__name__)

BODY_LIMIT = 1_000_000
"""Bytes of one delivery; what the providers send is far smaller."""

Hook = Callable[[HttpRequest, bytes], HttpResponse]


class Refused(Exception):
    """Not signed, or not by whom it should be: 403, and nothing is kept."""


class Malformed(Exception):
    """Signed as it should be, yet not of the documented shape: 400."""


def hook(
    *methods: str, limit: int = BODY_LIMIT
) -> Callable[[Hook], Callable[..., HttpResponse]]:
    """A view that is handed the request and its raw body, at most ``limit`` bytes.

    405 for another method, 413 beyond the limit, 403 for ``Refused``, 400 for
    ``Malformed``; each with a stable ``code``.
    """

    def decorate(function: Hook) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @wraps(function)
        def view(request: HttpRequest) -> HttpResponse:
            if request.method not in methods:
                return HttpResponseNotAllowed(methods)
            try:
                body = _body(request, limit)
                return (
                    problem(413, "too_large")
                    if body is None
                    else function(request, body)
                )
            except Refused:
                return problem(403, "bad_signature")
            except Malformed:
                return problem(400, "malformed")

        return view

    return decorate


def problem(status: int, code: str) -> JsonResponse:
    """An answer for a machine, without a word about why a signature was wrong."""
    return JsonResponse({"code": code}, status=status)


def refuse_replay(taken: Sequence[Taken], *, tries_for: timedelta) -> None:
    """Refuse a delivery that was played back: all that it tells is known for longer
    than its provider goes on trying.

    Within that time it cannot be told from a second try of the provider, who would
    switch the webhook off if it were refused; nothing is added then either. Raises
    ``Refused``.
    """
    last_try = timezone.now() - tries_for
    if taken and all(each.is_known_since(last_try) for each in taken):
        raise Refused


def same(given: str | bytes, right: str | bytes) -> bool:
    """Whether both are equal and not empty, in constant time."""
    left, wanted = _bytes(given), _bytes(right)
    return bool(wanted) and hmac.compare_digest(left, wanted)


def _bytes(value: str | bytes) -> bytes:
    return value.encode("utf-8", "replace") if isinstance(value, str) else value


def _body(request: HttpRequest, limit: int) -> bytes | None:
    """The bytes as they came; None where there are more than ``limit``.

    Read from the stream: ``request.body`` has a limit of its own, for forms.
    """
    try:
        if int(request.headers.get("Content-Length") or 0) > limit:
            return None
        body = request.read(limit + 1)
    except (ValueError, UnreadablePostError, RawPostDataException):
        raise Malformed from None
    return None if len(body) > limit else bytes(body)
