"""Messages held for a person: read safely, then accepted, attached or dropped."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.admin import raw_view
from complaints.admin.forms import textarea
from complaints.admin.held_many import DONE, decide_many
from complaints.admin.moves import explain
from complaints.admin.scoped import TeamScopedAdmin, viewer_for
from complaints.channels import hold, watch
from complaints.channels.counts import intake_counts, total
from complaints.channels.email import mailbox_state
from complaints.channels.known import way_of
from complaints.channels.reasons import Reason
from complaints.errors import InvalidInput, NotPermitted, NotVisible, RecourseError
from complaints.masking import mask
from complaints.models import Complaint, RawMessage
from complaints.outbox import ChannelDown, Deferred, Undeliverable
from complaints.permissions import Viewer
from complaints.reference_number import normalise
from complaints.selectors.held import held_page, held_reasons
from complaints.states import Intake
from teams.roles import Perm

UNSHOWN = frozenset({"message_id", "delivery"})
"""What is kept beside a message for machines."""

HELD = "admin:complaints_rawmessage_changelist"


class AcceptForm(forms.Form):
    """Nothing is asked: the message itself is the complaint."""

    def decide(self, raw: RawMessage, viewer: Viewer) -> str:
        case = hold.accept(raw, actor=viewer)
        return _("%(case)s is opened from this message.") % {"case": case}


class AttachForm(forms.Form):
    reference = forms.CharField(
        label=gettext_lazy("Reference"),
        help_text=gettext_lazy("Its sender gets nothing by that."),
        max_length=40,
    )

    def decide(self, raw: RawMessage, viewer: Viewer) -> str:
        """Raises ``NotVisible`` like the service for a case out of sight."""
        reference = normalise(self.cleaned_data["reference"]) or ""
        rows = Complaint.objects.status_visible_to(viewer)
        case = rows.filter(reference=reference).first() or Complaint(pk=0)
        hold.attach(raw, case, actor=viewer)
        return _("The message is added to %(case)s.") % {"case": case}


class DropForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why nothing is done"), max_length=2_000, widget=textarea(2)
    )

    def decide(self, raw: RawMessage, viewer: Viewer) -> str:
        hold.drop(raw, self.cleaned_data["reason"], actor=viewer)
        return _("The message is dropped, with your reason on the ledger.")


FORMS: dict[str, Callable[..., Any]] = {
    "accept": AcceptForm,
    "attach": AttachForm,
    "drop": DropForm,
}


@admin.register(RawMessage)
class RawMessageAdmin(TeamScopedAdmin):
    """The hold queue; only for those who triage."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        triages = viewer_for(request).holds(Perm.TRIAGE)
        return triages and super().has_module_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        if not viewer_for(request).holds(Perm.TRIAGE):
            return RawMessage.objects.none()
        return RawMessage.objects.filter(outcome=Intake.HELD).defer("raw")

    def get_urls(self) -> list[URLPattern]:
        decide = path(
            "<int:pk>/decide/<slug:name>/",
            self.admin_site.admin_view(self.decide_view),
            name="complaints_rawmessage_decide",
        )
        many = path(
            "many/<slug:name>/",
            self.admin_site.admin_view(self.many_view),
            name="complaints_rawmessage_many",
        )
        raw = path(
            "<int:pk>/raw/",
            self.admin_site.admin_view(self.raw_view),
            name="complaints_rawmessage_raw",
        )
        return [decide, many, raw, *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The messages that wait, below what has become of all that ever came."""
        if not viewer_for(request).holds(Perm.TRIAGE):
            raise PermissionDenied
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET"])
        provider, after = request.GET.get("channel", ""), request.GET.get("after", "")
        why, rows = request.GET.get("why", ""), self.get_queryset(request)
        try:
            page = held_page(rows, after, provider, why)
        except InvalidInput:
            raise Http404 from None
        context = {
            **self.admin_site.each_context(request),
            **_intake_context(provider),
            "reasons": [
                (code, _words(code), n) for code, n in held_reasons(rows, provider)
            ],
            "why": why,
            "title": _("Held messages"),
            "held": [
                (raw, _why(raw), watch.name_of(raw.provider)) for raw in page.rows
            ],
            "next_cursor": page.next_cursor,
            "first": not after,
        }
        return TemplateResponse(request, "admin/complaints/held_list.html", context)

    def raw_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The message as a file, or a recording of the call that it tells of; GET, and
        noted on the ledger."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET"])
        raw = self.visible_or_404(request, str(pk))
        try:
            return _taken(raw, request.GET.get("recording", ""), viewer_for(request))
        except NotVisible:
            raise Http404 from None
        except InvalidInput as error:
            messages.warning(request, str(error))
        except (ChannelDown, Deferred, Undeliverable) as error:
            words = _("The recording cannot be fetched now: %(why)s")
            messages.warning(request, words % {"why": error})
        page = reverse("admin:complaints_rawmessage_change", args=[pk])
        return HttpResponseRedirect(page)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        raw = self.visible_or_404(request, object_id)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET"])
        return self._held_page(request, raw)

    def decide_view(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """One of ``FORMS``; POST only, and a person decides a message once."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        raw = self.visible_or_404(request, str(pk))
        if name not in FORMS:
            raise Http404
        form = FORMS[name](request.POST, prefix=name)
        if form.is_valid():
            try:
                words = form.decide(raw, viewer_for(request))
            except NotPermitted as error:
                raise PermissionDenied from error
            except RecourseError as error:
                explain(form, error)
            else:
                messages.success(request, words)
                return HttpResponseRedirect(reverse(HELD))
        return self._held_page(request, raw, status=422, **{name: form})

    def many_view(self, request: HttpRequest, name: str) -> HttpResponse:
        """``accept`` or ``drop`` for the messages marked in the list; POST only."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        viewer = viewer_for(request)
        if not viewer.holds(Perm.TRIAGE):
            raise PermissionDenied
        if name not in DONE:
            raise Http404
        decide_many(request, self.get_queryset(request), name, viewer)
        kept = {
            key: request.GET[key] for key in ("channel", "why") if key in request.GET
        }
        address = reverse(HELD)
        return HttpResponseRedirect(f"{address}?{urlencode(kept)}" if kept else address)

    def _held_page(
        self, request: HttpRequest, raw: RawMessage, status: int = 200, **given: Any
    ) -> HttpResponse:
        shown = {name: given.get(name) or _form(name, request, raw) for name in FORMS}
        context = {
            **self.admin_site.each_context(request),
            "title": raw.subject or _("without subject"),
            "subtitle": _("Held messages"),
            "raw": raw,
            "why": _why(raw),
            "channel": watch.name_of(raw.provider),
            "inbound": _read(raw),
            "raw_text": raw_view.text_of(raw),
            "recordings": hold.recordings_of(raw),
            "checks": {k: v for k, v in raw.verdicts.items() if k not in UNSHOWN},
            "forms": shown,
            "form": next(iter(given.values()), None),
            "back_url": reverse(HELD),
        }
        template = "admin/complaints/held.html"
        return TemplateResponse(request, template, context, status=status)


def _why(raw: RawMessage) -> str:
    return _words(raw.reason)


def _words(code: str) -> str:
    return str(dict(Reason.choices).get(code, code))


def _intake_context(provider: str) -> dict[str, Any]:
    """What became of everything that ever came, and whether somebody has to see to it;
    a channel with held messages is a choice above their list."""
    counts, now = intake_counts(), timezone.now()
    kept = [one for one in counts if one.held]
    return {
        "counts": [(watch.name_of(one.provider), one) for one in counts],
        "total": total(counts),
        "troubles": [each.words() for each in watch.of_counts(counts, now)],
        "mailboxes": [(box, box.is_down(now)) for box in mailbox_state.states()],
        "choices": [(it.provider, watch.name_of(it.provider), it.held) for it in kept],
        "chosen": provider,
    }


def _taken(raw: RawMessage, recording: str, viewer: Viewer) -> HttpResponse:
    if recording:
        content = hold.read_recording(raw, recording, actor=viewer)
        return raw_view.recording(raw, content)
    return raw_view.as_file(raw, hold.read_bytes(raw, actor=viewer))


def _form(name: str, request: HttpRequest, raw: RawMessage) -> forms.Form:
    """Empty, but for the case that the message speaks of, if the viewer sees it."""
    mentioned = raw.verdicts.get("mentions", "") if name == "attach" else ""
    rows = Complaint.objects.status_visible_to(viewer_for(request))
    seen = mentioned and rows.filter(reference=mentioned).exists()
    initial = {"reference": mentioned} if seen else {}
    form: forms.Form = FORMS[name](prefix=name, initial=initial)
    return form


def _read(raw: RawMessage) -> dict[str, Any] | None:
    """What a page shows of the message as its channel reads it, without the key to any
    wallet; None where nobody can read it."""
    try:
        inbound = way_of(raw.provider).parse(bytes(raw.raw), raw.account)
    except (KeyError, ValueError):
        return None
    return {
        "text": mask(inbound.text),
        "full_text": mask(inbound.full_text),
        "language": inbound.language,
        "attachments": inbound.attachments,
    }
