"""Writing down a complaint that reached a person: a call, a letter, a chat."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from complaints.admin.forms import LogForm
from complaints.admin.moves import QUEUE, back_to, explain
from complaints.admin.scoped import viewer_for
from complaints.errors import InvalidInput, RecourseError
from complaints.models import Party
from complaints.permissions import Viewer
from complaints.services.intake import (
    Filing,
    file_complaint,
    guest_party,
    party_of_user,
)
from complaints.states import Channel
from teams.models import User
from teams.models.user import UserKind
from teams.roles import Perm


def may_log(viewer: Viewer) -> bool:
    """Whoever handles cases may be the one the customer calls."""
    return viewer.holds(Perm.HANDLE)


class LogPage:
    admin_site: Any

    def log_view(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "POST"])
        viewer = viewer_for(request)
        if not may_log(viewer):
            raise PermissionDenied
        form = LogForm(request.POST or None, initial={"channel": Channel.PHONE})
        if request.method == "POST" and form.is_valid():
            answer = self._file(request, viewer, form)
            if answer is not None:
                return answer
        context = {
            **self.admin_site.each_context(request),
            "title": _("Log a complaint"),
            "form": form,
            "button": _("Register it"),
            "back_url": reverse(QUEUE),
        }
        return TemplateResponse(
            request,
            "admin/complaints/form.html",
            context,
            status=422 if form.errors else 200,
        )

    def _file(
        self, request: HttpRequest, viewer: Viewer, form: LogForm
    ) -> HttpResponse | None:
        try:
            case = file_complaint(filing=_filing(form, viewer), actor=viewer)
        except RecourseError as error:
            explain(form, error)
            return None
        words = _("%(case)s is registered and acknowledged.") % {"case": case.reference}
        messages.success(request, words)
        return HttpResponseRedirect(back_to(case, viewer))


def _filing(form: LogForm, viewer: Viewer) -> Filing:
    data = dict(form.cleaned_data)
    account_id, name = data.pop("account_id"), data.pop("name")
    customer = _customer(account_id, name, data.pop("email"), data["language"], viewer)
    return Filing(customer=customer, **data)


def _customer(
    account_id: str, name: str, email: str, language: str, viewer: Viewer
) -> Party:
    """The customer of that account, or somebody new whose address proves nothing.

    Only support, which deals with every customer, may name an account.
    """
    if not account_id:
        return guest_party(email=email, name=name, language=language)
    accounts = User.objects.filter(account_id=account_id, kind=UserKind.CUSTOMER)
    user = accounts.first() if viewer.holds(Perm.VIEW_STATUS) else None
    if user is None:
        raise InvalidInput(_("There is no such account."), field="account_id")
    return party_of_user(user)
