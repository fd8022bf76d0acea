"""What every request passes before a view sees it."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

OPEN_PATHS = ("/accounts/", "/i18n/", "/static/", "/health/")


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
            return redirect("mfa_index")
        return self.get_response(request)

    def _is_missing(self, request: HttpRequest) -> bool:
        if request.path.startswith(OPEN_PATHS) or not request.user.is_staff:
            return False
        records = get_authentication_records(request, request.user)
        if any(record.get("method") == "mfa" for record in records):
            return False
        return not is_mfa_enabled(request.user)
