"""What every request passes before a view sees it."""

import hashlib
import logging
from collections.abc import Callable
from zoneinfo import ZoneInfo

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext

logger = logging.getLogger(__name__)

OPEN_PATHS = ("/accounts/", "/i18n/", "/static/", "/health/")
PROGRAM_PATHS = ("/api/",)
PROBLEM = "application/problem+json"


class QueryMiddleware:
    """Drops every NUL of a query; where what is left makes another one, the sign for
    what cannot be shown (U+FFFD) takes its place, so that two passes are enough.

    PostgreSQL takes no text that holds one: each list that asks it for a word of the
    address would fail. Forms refuse one by themselves.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        if "%00" in query:
            left = query.replace("%00", "").replace("%00", "%EF%BF%BD")
            request.META["QUERY_STRING"] = left
        return self.get_response(request)


class TimeZoneMiddleware:
    """Moments are written in the time zone of whoever is signed in, else in UTC."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        with timezone.override(_zone(request.user.time_zone)):
            return self.get_response(request)


def _zone(name: str) -> ZoneInfo:
    """A name that an administrator mistyped must not shut its owner out."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


class SessionSeenMiddleware:
    """Notes when a session was last used, for the list its owner looks at.

    Once in ``SESSION_SEEN_EVERY`` seconds and session, so that reading pages does not
    write at every one; 0 notes nothing. A database that takes no writes keeps nobody
    from reading.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if settings.SESSION_SEEN_EVERY and request.user.is_authenticated:
            self._note(request.session.session_key or "")
        return response

    def _note(self, key: str) -> None:
        digest = hashlib.sha256(key.encode()).hexdigest()[:32]
        if not cache.add(f"seen:{digest}", 1, timeout=settings.SESSION_SEEN_EVERY):
            return
        try:
            rows = UserSession.objects.filter(session_key=key)
            rows.update(last_seen_at=timezone.now())
        except DatabaseError as error:
            logger.info("The last use of a session was not noted: %s", error)


class StaffSecondFactorMiddleware:
    """Staff without a second factor get to the page where one is set up, no further.

    A passkey is one, and so is an authenticator app.

    Off unless ``STAFF_SECOND_FACTOR``. A session that was opened with the second
    factor says so itself; only a younger one costs a query.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.STAFF_SECOND_FACTOR and self._is_missing(request):
            return self._refuse(request)
        return self.get_response(request)

    def _refuse(self, request: HttpRequest) -> HttpResponse:
        """A program is told so; a person is led to where a factor is set up."""
        if not request.path.startswith(PROGRAM_PATHS):
            return redirect("mfa_index")
        problem = {
            "type": "about:blank",
            "title": gettext("Set up a second factor first."),
            "status": 403,
            "code": "second_factor_missing",
        }
        return JsonResponse(problem, status=403, content_type=PROBLEM)

    def _is_missing(self, request: HttpRequest) -> bool:
        if request.path.startswith(OPEN_PATHS) or not request.user.is_staff:
            return False
        records = get_authentication_records(request, request.user)
        if any(record.get("method") == "mfa" for record in records):
            return False
        return not is_mfa_enabled(request.user)
