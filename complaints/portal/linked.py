"""Accounts on other platforms: those that are linked, a code for one more, the end."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from complaints.models import Contact
from complaints.portal.viewer import no_store
from complaints.services import handles
from complaints.states import Channel
from complaints.throttle import Limit

if TYPE_CHECKING:
    from teams.models import User

CODES = Limit("link-codes", tries=20, seconds=3600)
SHOWN_ONCE = "link_code"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def linked(request: HttpRequest) -> HttpResponse:
    """What is linked. A POST with ``end`` ends one link, any other makes a code, which
    the next page shows once."""
    user: User = request.user  # type: ignore[assignment]
    if request.method == "POST":
        return _end(request, user) if "end" in request.POST else _make(request, user)
    code = request.session.pop(SHOWN_ONCE, "") if request.method == "GET" else ""
    context = {
        "code": code,
        "accounts": [_row(contact) for contact in handles.linked(user=user)],
        "bot": settings.TELEGRAM_BOT_NAME,
        "minutes": int(handles.CODE_LIVES.total_seconds() // 60),
    }
    return no_store(render(request, "account/linked.html", context))


def _make(request: HttpRequest, user: "User") -> HttpResponse:
    if CODES.wait(str(user.pk)):
        messages.error(request, _("You made many codes. Try again in an hour."))
    else:
        request.session[SHOWN_ONCE] = handles.issue_code(user=user)
    return redirect("portal:linked")


def _end(request: HttpRequest, user: "User") -> HttpResponse:
    """Raises ``Http404`` for an account that is not linked to whoever asks."""
    given = request.POST["end"]
    key = int(given) if given.isdecimal() and len(given) < 19 else 0
    if not handles.unlink(user=user, contact=key):
        raise Http404
    messages.success(request, _("The link is ended."))
    return redirect("portal:linked")


def _row(contact: Contact) -> dict[str, object]:
    label = dict(Channel.choices).get(contact.provider, contact.provider)
    return {"contact": contact, "platform": label}
