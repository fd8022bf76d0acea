"""Writing down what reached a person: a call, a letter, a chat.

One page for speed: who it is, what was said, what was promised. Looking a caller up
reloads the page with all that was typed; nothing needs the mouse.
"""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints import ledger
from complaints.admin.log_form import SOMEBODY_NEW, LogForm
from complaints.admin.moves import QUEUE, back_to, explain
from complaints.admin.rail import framed
from complaints.admin.scoped import viewer_for
from complaints.channels.phone import desk
from complaints.errors import RecourseError
from complaints.models import Complaint, Party
from complaints.permissions import Viewer
from complaints.services import calls
from complaints.services.calls import Call
from complaints.services.intake import Filing
from teams.roles import Perm

FILED = (
    "subject",
    "description",
    "category",
    "funds_at_risk",
    "asset",
    "amount",
    "desired_outcome",
    "channel",
    "language",
)


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
        if request.method != "POST":
            return self._log_page(request, _begun(request, viewer))
        if "find" in request.POST:
            return self._log_page(request, _looked_up(request, viewer))
        form = LogForm(request.POST, request.FILES, viewer=viewer)
        return self._write_down(request, viewer, form) or self._log_page(request, form)

    def _write_down(
        self, request: HttpRequest, viewer: Viewer, form: LogForm
    ) -> HttpResponse | None:
        if not form.is_valid():
            return None
        try:
            with transaction.atomic():
                case, words = _added(form, viewer) or _filed(form, viewer)
        except RecourseError as error:
            explain(form, error)
            return None
        messages.success(request, words % {"case": case.reference})
        return HttpResponseRedirect(back_to(case, viewer))

    def _log_page(self, request: HttpRequest, form: LogForm) -> HttpResponse:
        context = {
            **framed(self.admin_site, request),
            "title": _("Log a call"),
            "form": form,
            "looked": bool(form["caller"].value()),
            "back_url": reverse(QUEUE),
        }
        status = 422 if form.is_bound and form.errors else 200
        template = "admin/complaints/log.html"
        return TemplateResponse(request, template, context, status=status)


def _begun(request: HttpRequest, viewer: Viewer) -> LogForm:
    """The empty form; a held call or a case leads here with its key."""
    given = {name: request.GET.get(name, "")[:254] for name in ("caller", "call")}
    return LogForm(initial={k: v for k, v in given.items() if v}, viewer=viewer)


def _looked_up(request: HttpRequest, viewer: Viewer) -> LogForm:
    """The form with all that was typed and whom it found; nobody is blamed yet."""
    names = LogForm.base_fields
    typed: dict[str, Any] = {
        name: request.POST.get(name, "") for name in names if name != "recording"
    }
    typed["checked"] = request.POST.getlist("checked")
    typed["key"] = typed["key"][:32]
    form = LogForm(initial={k: v for k, v in typed.items() if v}, viewer=viewer)
    _record_look(viewer, form)
    who: Any = form.fields["who"]
    choices = [value for value, _words in who.choices]
    if typed["who"] not in choices or typed["who"] == SOMEBODY_NEW:
        form.initial["who"] = choices[0]
    if form.found:  # the next thing to choose takes the keyboard
        who.widget.attrs["autofocus"] = True
        form.fields["caller"].widget.attrs.pop("autofocus", None)
    return form


def _record_look(viewer: Viewer, form: LogForm) -> None:
    """Who looks customers up stands on the ledger of the day; what they typed not."""
    now, found = timezone.now(), form.found
    payload = {"accounts": len(found.accounts), "cases": len(found.cases)}
    entry = ledger.Entry("caller_looked_up", viewer, now, payload)
    with transaction.atomic():
        ledger.append_of_day(entry)


def _added(form: LogForm, viewer: Viewer) -> tuple[Complaint, str] | None:
    """What the caller said, on the case that was chosen."""
    case = form.case
    if case is None:
        return None
    message = desk.add_call(
        complaint=case,
        text=form.cleaned_data["description"],
        call=form.heard(),
        channel=form.cleaned_data["channel"],
        actor=viewer,
    )
    return message.complaint, _("What was said is added to %(case)s.")


def _filed(form: LogForm, viewer: Viewer) -> tuple[Complaint, str]:
    data, call = form.cleaned_data, form.heard()
    customer = _customer(form, call, viewer)
    raw = call.raw
    received = data["received_at"] or (raw.received_at if raw else None)
    filing = Filing(
        customer=customer,
        received_at=received,
        idempotency_key=data["key"],
        key_scope=f"log:{viewer.user.pk}",
        **{name: data[name] for name in FILED},
    )
    case = desk.file_call(filing=filing, call=call, actor=viewer)
    if case.customer_id != customer.pk and customer.user_id is None:
        customer.delete()  # the same form sent twice; the first one brought its own
    return case, _("%(case)s is registered and acknowledged.")


def _customer(form: LogForm, call: Call, viewer: Viewer) -> Party:
    account = form.account
    if account is not None:
        return calls.customer_of(account, call, viewer)
    data = form.cleaned_data
    return calls.stranger(
        call, name=data["name"], email=data["email"], language=data["language"]
    )
