"""Writing on a case: a reply, a note, what is kept of both, and words for replies."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.admin.forms import WriteForm
from complaints.admin.moves import back_to, explain
from complaints.errors import NotPermitted, NotVisible, RecourseError
from complaints.format import listed
from complaints.models import Complaint, ReplyTemplate, StaffDraft
from complaints.outbox import Recipient
from complaints.permissions import Viewer, may_speak_for_customer
from complaints.reply_variables import unfilled
from complaints.services import correspond, reply_words, unsent
from complaints.states import Direction

REPLY, NOTE = "reply", "note"
DIRECTIONS = {REPLY: Direction.OUTBOUND, NOTE: Direction.INTERNAL}


class ReplyForm(WriteForm):
    """What goes to the customer; ``sure`` once they were shown where it goes."""

    sure = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if left := unfilled(text):
            words = gettext_lazy("Fill in first: %(names)s.")
            raise forms.ValidationError(words, params={"names": listed(left)})
        return text


@dataclass(frozen=True)
class Composer:
    """Both forms as the page shows them; None where this viewer writes no such text.

    ``goes_to`` is filled in where a first reply waits for a yes.
    """

    reply: WriteForm | None
    note: WriteForm | None
    kept: dict[str, StaffDraft]
    templates: list[ReplyTemplate]
    goes_to: list[Recipient]


def composer(
    case: Complaint,
    viewer: Viewer,
    drafts: list[StaffDraft],
    templates: list[ReplyTemplate],
    sent: WriteForm | None = None,
    goes_to: list[Recipient] | None = None,
) -> Composer:
    """``sent`` is the form that came and is shown again with all that was typed."""
    kept = {row.kind: row for row in drafts}
    texts = {kind: kept.get(way) for kind, way in DIRECTIONS.items()}
    made = {
        kind: sent if sent and sent.prefix == kind else _form(kind, texts[kind])
        for kind in DIRECTIONS
    }
    return Composer(
        reply=made[REPLY] if may_speak_for_customer(case, viewer) else None,
        note=made[NOTE] if viewer.is_staff else None,
        kept={kind: row for kind, row in texts.items() if row},
        templates=templates,
        goes_to=goes_to or [],
    )


def _form(kind: str, draft: StaffDraft | None, data: Any = None) -> WriteForm:
    form = ReplyForm if kind == REPLY else WriteForm
    initial = {"text": draft.text} if draft else None
    return form(data, prefix=kind, initial=initial)


def _kind(post: Any) -> str:
    """Which of the two was sent; its button says so, else its text."""
    named = post.get("kind")
    if named in DIRECTIONS:
        return str(named)
    return NOTE if "note-text" in post else REPLY


class ComposePages:
    """The view of ``ComplaintAdmin`` that takes what is written on a case."""

    _case: Any
    case_page: Any

    def write_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send it, keep it for later, or put the words of a template into it."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        case, viewer = self._case(request, pk)
        kind = _kind(request.POST)
        if kind == REPLY and not may_speak_for_customer(case, viewer):
            raise PermissionDenied
        if "keep" in request.POST:
            return _keep(request, case, viewer, kind)
        if "insert" in request.POST and kind == REPLY:
            return _insert(request, case, viewer)
        return self._send(request, case, viewer, kind)

    def _send(
        self, request: HttpRequest, case: Complaint, viewer: Viewer, kind: str
    ) -> HttpResponse:
        form = _form(kind, None, request.POST)
        if not form.is_valid():
            return self._once_more(request, case, viewer, form)
        goes_to = _to_be_asked(case, form)
        if goes_to:
            return self._once_more(request, case, viewer, form, goes_to)
        if not _written(kind, case, viewer, form):
            return self._once_more(request, case, viewer, form)
        unsent.forget(complaint=case, kind=DIRECTIONS[kind], actor=viewer)
        words = (
            _("The note is kept.")
            if kind == NOTE
            else _("Your reply is on its way to the customer.")
        )
        messages.success(request, words)
        return HttpResponseRedirect(back_to(case, viewer, "timeline"))

    def _once_more(
        self,
        request: HttpRequest,
        case: Complaint,
        viewer: Viewer,
        form: WriteForm,
        goes_to: list[Recipient] | None = None,
    ) -> HttpResponse:
        answer: HttpResponse = self.case_page(
            request, case, viewer, sent=form, goes_to=goes_to, status=422
        )
        return answer


def _to_be_asked(case: Complaint, form: WriteForm) -> list[Recipient]:
    """Where a first reply goes, until somebody has said that it may."""
    if form.prefix != REPLY or form.cleaned_data["sure"]:
        return []
    return reply_words.first_reply_goes_to(case)


def _written(kind: str, case: Complaint, viewer: Viewer, form: WriteForm) -> bool:
    write = correspond.note if kind == NOTE else correspond.reply
    try:
        write(complaint=case, text=form.cleaned_data["text"], actor=viewer)
    except NotPermitted as error:
        raise PermissionDenied from error
    except NotVisible as error:
        raise Http404 from error
    except RecourseError as error:
        explain(form, error)
        return False
    return True


def _keep(
    request: HttpRequest, case: Complaint, viewer: Viewer, kind: str
) -> HttpResponse:
    """Keep the text for later; a script asks for no page in return."""
    _kept(case, viewer, kind, request.POST.get(f"{kind}-text", ""))
    if request.headers.get("Accept") == "application/json":
        return HttpResponse(status=204)
    messages.success(request, _("Your text is kept here. It is not sent yet."))
    return HttpResponseRedirect(back_to(case, viewer, "write"))


def _insert(request: HttpRequest, case: Complaint, viewer: Viewer) -> HttpResponse:
    """The typed text with the template's words after it, kept as a draft."""
    key = request.POST.get("reply-template", "")
    rows = reply_words.templates_for(case)
    row = rows.filter(pk=key).first() if key.isdecimal() and len(key) < 19 else None
    if row is None:
        messages.warning(request, _("Choose a template first."))
    typed = request.POST.get("reply-text", "").rstrip()
    parts = [typed, reply_words.said(row, case) if row else ""]
    _kept(case, viewer, REPLY, "\n\n".join(filter(None, parts)))
    return HttpResponseRedirect(back_to(case, viewer, "write"))


def _kept(case: Complaint, viewer: Viewer, kind: str, text: str) -> None:
    try:
        unsent.keep(complaint=case, kind=DIRECTIONS[kind], text=text, actor=viewer)
    except NotVisible as error:
        raise Http404 from error
