"""Writing on a case: a reply, a note, what is kept of both, and words for replies."""

from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
    JsonResponse,
    QueryDict,
)
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.admin.forms import WriteForm
from complaints.admin.moves import back_to, explain
from complaints.errors import NotPermitted, NotVisible, RecourseError, Stale
from complaints.format import listed
from complaints.models import Complaint, Message, ReplyTemplate, StaffDraft
from complaints.outbox import Recipient
from complaints.permissions import Viewer, may_speak_for_customer
from complaints.reply_variables import unfilled
from complaints.services import correspond, presence, reply_words, unsent
from complaints.states import Direction
from complaints.worded import Worded

REPLY, NOTE = "reply", "note"
DIRECTIONS = {REPLY: Direction.OUTBOUND, NOTE: Direction.INTERNAL}


class ReplyForm(WriteForm):
    """What goes to the customer; ``sure`` once they were shown where it goes. ``seen``
    is the last message on the page."""

    seen = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)
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

    ``beside`` is what makes a text wait that was sent.
    """

    reply: WriteForm | None
    note: WriteForm | None
    kept: dict[str, StaffDraft]
    templates: list[ReplyTemplate]
    goes_to: list[Recipient]
    meanwhile: list[Message]
    other: StaffDraft | None


@dataclass(frozen=True)
class Sent:
    """A form that came and is shown again with all that was typed, and why.

    ``goes_to``: where a first reply goes, which waits for a yes. ``meanwhile``: what
    was said since the page was opened. ``other``: a text that another window has kept.
    """

    form: WriteForm
    goes_to: list[Recipient] = field(default_factory=list)
    meanwhile: list[Message] = field(default_factory=list)
    other: StaffDraft | None = None


def composer(
    case: Complaint,
    viewer: Viewer,
    drafts: list[StaffDraft],
    templates: list[ReplyTemplate],
    last: list[Message],
    sent: Sent | None = None,
) -> Composer:
    """``last`` holds the last message on the page, if there is one. Nothing is written
    on a case that was erased."""
    whole = case.erased_at is None
    kept = {row.kind: row for row in drafts}
    texts = {kind: kept.get(way) for kind, way in DIRECTIONS.items()}
    seen = last[0].pk if last else 0
    made = {
        kind: sent.form
        if sent and sent.form.prefix == kind
        else _form(kind, texts[kind], seen=seen)
        for kind in DIRECTIONS
    }
    return Composer(
        reply=made[REPLY] if whole and may_speak_for_customer(case, viewer) else None,
        note=made[NOTE] if whole and viewer.is_staff else None,
        kept={kind: row for kind, row in texts.items() if row},
        templates=templates,
        goes_to=sent.goes_to if sent else [],
        meanwhile=sent.meanwhile if sent else [],
        other=sent.other if sent else None,
    )


def _form(
    kind: str, draft: StaffDraft | None, data: Any = None, seen: int = 0
) -> WriteForm:
    form = ReplyForm if kind == REPLY else WriteForm
    initial: dict[str, Any] = {"seen": seen, "base": unsent.stamp(draft)}
    if draft:
        initial["text"] = draft.text
    return form(data, prefix=kind, initial=initial)


def last_said(case: int) -> QuerySet[Message]:
    """The newest message to or from the customer of the case of that key, for
    ``together.read``."""
    rows = Message.objects.filter(complaint=case)
    rows = rows.exclude(direction=Direction.INTERNAL)
    return rows.only("complaint", "direction").order_by("-pk")[:1]


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
            return self._keep(request, case, viewer, kind)
        if "insert" in request.POST and kind == REPLY:
            return self._insert(request, case, viewer)
        return self._send(request, case, viewer, kind)

    def _send(
        self, request: HttpRequest, case: Complaint, viewer: Viewer, kind: str
    ) -> HttpResponse:
        form = _form(kind, None, request.POST)
        if not form.is_valid():
            return self._once_more(request, case, viewer, Sent(form))
        if meanwhile := _said_since(case, form):
            fresh = _form(kind, None, _with(request.POST, seen=meanwhile[-1].pk))
            fresh.is_valid()
            sent = Sent(fresh, meanwhile=meanwhile)
            return self._once_more(request, case, viewer, sent, status=409)
        goes_to = _to_be_asked(case, form)
        if goes_to:
            return self._once_more(request, case, viewer, Sent(form, goes_to))
        if not _written(kind, case, viewer, form):
            return self._once_more(request, case, viewer, Sent(form))
        base = form.cleaned_data["base"] if f"{kind}-base" in request.POST else None
        unsent.forget(
            complaint=case,
            kind=DIRECTIONS[kind],
            actor=viewer,
            over=base,
            said=form.cleaned_data["text"],
        )
        words = (
            _("The note is kept.")
            if kind == NOTE
            else _("Your reply is on its way to the customer.")
        )
        messages.success(request, words)
        return HttpResponseRedirect(back_to(case, viewer, "timeline"))

    def _keep(
        self, request: HttpRequest, case: Complaint, viewer: Viewer, kind: str
    ) -> HttpResponse:
        """Keep the text for later; a script asks for no page in return.

        Where another window has kept another text, neither takes the other's place by
        itself: both are shown.
        """
        text = request.POST.get(f"{kind}-text", "")
        of_script = request.headers.get("Accept") == "application/json"
        try:
            stamp = _kept(case, viewer, kind, text, request.POST.get(f"{kind}-base"))
        except Stale:
            return self._twins(request, case, viewer, kind, of_script=of_script)
        if of_script:
            return JsonResponse({"base": stamp})
        presence.renew(case, viewer, writing=True, now=viewer.at)
        messages.success(request, _("Your text is kept here. It is not sent yet."))
        return HttpResponseRedirect(back_to(case, viewer, "write"))

    def _twins(
        self,
        request: HttpRequest,
        case: Complaint,
        viewer: Viewer,
        kind: str,
        *,
        of_script: bool = False,
    ) -> HttpResponse:
        other = unsent.kept(complaint=case, kind=DIRECTIONS[kind], actor=viewer)
        stamp = unsent.stamp(other)
        if of_script:
            theirs = other.text if other else ""
            return JsonResponse({"base": stamp, "theirs": theirs}, status=409)
        form = _form(kind, None, _with(request.POST, kind=kind, base=stamp))
        form.is_valid()
        sent = Sent(form, other=other)
        return self._once_more(request, case, viewer, sent, status=409)

    def _insert(
        self, request: HttpRequest, case: Complaint, viewer: Viewer
    ) -> HttpResponse:
        """The typed text with the template's words after it, kept as a draft."""
        key = request.POST.get("reply-template", "")
        rows = reply_words.templates_for(case)
        row = rows.filter(pk=key).first() if key.isdecimal() and len(key) < 19 else None
        if row is None:
            messages.warning(request, _("Choose a template first."))
        typed = request.POST.get("reply-text", "").rstrip()
        parts = [typed, reply_words.said(row, case) if row else ""]
        text = "\n\n".join(filter(None, parts))
        try:
            _kept(case, viewer, REPLY, text, request.POST.get("reply-base"))
        except Stale:
            return self._twins(request, case, viewer, REPLY)
        return HttpResponseRedirect(back_to(case, viewer, "write"))

    def _once_more(
        self,
        request: HttpRequest,
        case: Complaint,
        viewer: Viewer,
        sent: Sent,
        status: int = 422,
    ) -> HttpResponse:
        answer: HttpResponse = self.case_page(
            request, case, viewer, sent=sent, status=status
        )
        return answer


def _with(post: QueryDict, kind: str = REPLY, **changes: Any) -> QueryDict:
    """What was posted, with some hidden fields as they are now."""
    data = post.copy()
    for name, value in changes.items():
        data[f"{kind}-{name}"] = str(value)
    return data


def _said_since(case: Complaint, form: WriteForm) -> list[Message]:
    """Messages to and from the customer that the page of this reply did not show."""
    seen = form.cleaned_data.get("seen")
    if form.prefix != REPLY or seen is None:
        return []
    return _SINCE.rows(case=case.pk, seen=seen)


def _since(case: int, seen: int) -> QuerySet[Message]:
    rows = Message.objects.filter(complaint=case, pk__gt=seen)
    rows = rows.exclude(direction=Direction.INTERNAL)
    return rows.select_related("author").defer("full_text").order_by("pk")


_SINCE = Worded(_since)


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


def _kept(
    case: Complaint, viewer: Viewer, kind: str, text: str, over: str | None
) -> str:
    try:
        row = unsent.keep(
            complaint=case, kind=DIRECTIONS[kind], text=text, actor=viewer, over=over
        )
    except NotVisible as error:
        raise Http404 from error
    return unsent.stamp(row)
