"""Whoever is only there to read changes nothing, whatever page they are on."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from complaints.permissions import viewer_of_request
from teams.roles import Perm

SAFE = ("GET", "HEAD", "OPTIONS")
OWN = (
    *("/accounts/", "/i18n/", "/admin/logout/", "/admin/login/"),
    "/admin/password_change/",
)
"""The account pages of their own: signing in and out, password, second factor."""


class ReadersOnlyReadMiddleware:
    """Refuses every request that could change something from a reviewer's account."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        changing = request.method not in SAFE and not request.path.startswith(OWN)
        if changing and request.user.is_authenticated and _only_reads(request):
            raise PermissionDenied
        return self.get_response(request)


def _only_reads(request: HttpRequest) -> bool:
    """May read the register, and nothing else."""
    if not getattr(request.user, "is_staff", False):
        return False
    return {*viewer_of_request(request).grants} == {Perm.VIEW_REGISTER}
