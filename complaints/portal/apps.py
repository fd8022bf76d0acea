"""Apps that a customer let in: what each may do, and its end."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from complaints.channels.app import connected
from complaints.channels.safetext import storable
from complaints.errors import NotVisible
from complaints.portal.viewer import no_store

if TYPE_CHECKING:
    from teams.models import User


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def apps(request: HttpRequest) -> HttpResponse:
    """The apps that may act for whoever asks; a POST with ``end`` ends one of them."""
    user: User = request.user  # type: ignore[assignment]
    if request.method == "POST":
        return _end(request, user)
    context = {"apps": connected.connected(user)}
    return no_store(render(request, "account/apps.html", context))


def _end(request: HttpRequest, user: "User") -> HttpResponse:
    """Raises ``Http404`` for an app that is not connected to whoever asks."""
    try:
        connected.end_for(client_id=storable(request.POST.get("end", "")), user=user)
    except NotVisible:
        raise Http404 from None
    messages.success(request, _("The app may do nothing for you any more."))
    return redirect("portal:apps")
