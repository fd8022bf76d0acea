"""What every provider's webhook has in common: raw bytes, a limit, no session.

A provider is known by its signature alone, so its hook reads no cookie and asks for no
CSRF token; what is not signed as it should be is refused before anything is stored,
and what lacks the header that proves it before anything is read.
"""

from __future__ import annotations

import hmac
import logging
import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import update_wrapper

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.utils import timezone

from complaints.channels.work import Taken
from complaints.throttle import Limit, client_address

logger = logging.getLogger(__name__)

BODY_LIMIT = 1_000_000
"""Bytes of one delivery; what the providers send is far smaller."""

MOST_REFUSED = 60
"""Deliveries of one address that one hook refuses in a minute before the log says."""

REFUSALS = Limit("hook-refused", tries=MOST_REFUSED, seconds=60)
TOLD = Limit("hook-refused-told", tries=1, seconds=600)

Answer = Callable[[HttpRequest, bytes], HttpResponse]
First = Callable[[HttpRequest], HttpResponse | None]


class NotTaken(Exception):
    """Why nothing is taken, as a machine is told it."""

    status = 400
    code = "malformed"

    def answer(self) -> JsonResponse:
        return problem(self.status, self.code)


class Refused(NotTaken):
    """Not signed, or not by whom it should be: 403, and nothing is kept."""

    status = 403
    code = "bad_signature"


class Malformed(NotTaken):
    """Signed as it should be, yet not of the documented shape: 400."""


def hook(
    *methods: str, first: First, limit: int | Callable[[], int] = BODY_LIMIT
) -> Callable[[Answer], Hook]:
    """A view that is handed the request and its raw body, at most ``limit`` bytes.

    ``first`` is asked before the body is read, with the headers alone: what it answers
    is the answer, and ``Refused`` costs a stranger's bytes nothing. 405 for another
    method, 413 beyond the limit, 403 for ``Refused``, 400 for ``Malformed``; each with
    a stable ``code``.
    """

    def decorate(answer: Answer) -> Hook:
        return Hook(answer, methods, first, limit)

    return decorate


class Hook:
    """One of the views that ``hook`` makes."""

    csrf_exempt = True

    def __init__(
        self,
        answer: Answer,
        methods: Sequence[str],
        first: First,
        limit: int | Callable[[], int],
    ) -> None:
        update_wrapper(self, answer)
        self.answer, self.methods, self.first = answer, methods, first
        self._limit = limit

    @property
    def limit(self) -> int:
        """Bytes of one body; it may be another for another provider."""
        return self._limit if isinstance(self._limit, int) else self._limit()

    def early(self, request: HttpRequest) -> HttpResponse | None:
        """The answer that needs no body; None where the body has to be read."""
        if request.method not in self.methods:
            return HttpResponseNotAllowed(self.methods)
        try:
            return self.first(request)
        except NotTaken as reason:
            return reason.answer()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self._answered(request)
        if answer.status_code == Refused.status:
            self._count_refused(request)
        return answer

    def _answered(self, request: HttpRequest) -> HttpResponse:
        early = self.early(request)
        if early is not None:
            return early
        try:
            return self._taken(request)
        except NotTaken as reason:
            return reason.answer()

    def _count_refused(self, request: HttpRequest) -> None:
        """Whoever looks after the desk reads of the first that is one too many: it may
        be a secret that was changed on one side only. Nobody is shut out for it, for
        anybody with an account at the provider has it call from the same addresses."""
        address = client_address(request)
        whose = f"{self.answer.__module__}:{address}"
        if REFUSALS.is_over(whose) and not TOLD.is_over(whose):
            logger.warning("%s refused too often, from %s.", request.path, address)

    def _taken(self, request: HttpRequest) -> HttpResponse:
        body = _body(request, self.limit)
        return problem(413, "too_large") if body is None else self.answer(request, body)


HEX = re.compile(r"sha256=[0-9a-f]{64}", re.ASCII)
"""The shape of an HMAC-SHA256 as most providers write it."""

HMAC_SHA1 = re.compile(r"[A-Za-z0-9+/]{27}=", re.ASCII)
"""The shape of an older one, of Twilio and Mandrill: 20 bytes in Base64."""

SOMETHING = re.compile(r".+", re.DOTALL)


def ask_header(
    request: HttpRequest, name: str, shape: re.Pattern[str] = SOMETHING
) -> str:
    """The header that proves a delivery; ``Refused`` where it is not there, or cannot
    be a proof by its very shape."""
    given = request.headers.get(name, "")
    if not shape.fullmatch(given):
        raise Refused
    return given


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
