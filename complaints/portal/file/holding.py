"""Whose draft it is, and where one leads that was sent meanwhile."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods

from complaints.models import Complaint, Draft
from complaints.portal import again, filing
from complaints.portal.file.limits import drafts_wait, signed_in
from complaints.portal.questions import PAGES, form_of, typed
from complaints.portal.viewer import no_store
from complaints.services import drafts

HELD = "drafts"
HOLDS = 10
DraftView = Callable[..., HttpResponse]
form_methods = require_http_methods(["GET", "HEAD", "POST"])


def held_by(request: HttpRequest) -> list[int]:
    """The drafts that this browser began, or came to by their link."""
    held = request.session.get(HELD)
    return [pk for pk in held if isinstance(pk, int)] if isinstance(held, list) else []


def hold(request: HttpRequest, draft: Draft) -> None:
    if draft.user_id is None:
        rest = [pk for pk in held_by(request) if pk != draft.pk]
        request.session[HELD] = [*rest, draft.pk][-HOLDS:]


def draft_view(view: DraftView) -> DraftView:
    """Give the view its draft; one that was sent leads to what came of it."""

    @wraps(view)
    def wrapped(request: HttpRequest, key: str, **kwargs: Any) -> HttpResponse:
        draft = drafts.find(key, user=signed_in(request), held=held_by(request))
        if draft is None:
            return no_store(render(request, "portal/draft_gone.html", status=404))
        if not draft.is_open:
            return no_store(_too_late(request, draft, kwargs.get("page", "")))
        return no_store(view(request, draft, **kwargs))

    return gzip_page(wrapped)


def _too_late(request: HttpRequest, draft: Draft, name: str) -> HttpResponse:
    """The receipt of what was sent; words that come after it are not lost."""
    page = next((one for one in PAGES if one.name == name), None)
    if request.method != "POST" or page is None or draft.complaint is None:
        return to_receipt(draft.complaint)
    form = form_of(page, None, request.POST)
    if again.ADD_TO in request.POST:
        return again.add_words(request, form)
    if again.ANEW in request.POST and not drafts_wait(request):
        return begin(request, {page.name: typed(page, request.POST)})
    if again.said_in(form) or request.FILES:
        return again.sent_before(request, form, draft.complaint)
    return to_receipt(draft.complaint)


def to_receipt(complaint: Complaint | None) -> HttpResponse:
    if complaint is None:
        raise Http404
    return redirect("portal:received", reference=complaint.reference)


def to_page(draft: Draft, page: str) -> HttpResponse:
    return redirect("portal:question", key=draft.key, page=page)


def begin(request: HttpRequest, answers: drafts.Answers) -> HttpResponse:
    draft = drafts.begin(
        user=signed_in(request), language=filing.language(), answers=answers
    )
    hold(request, draft)
    if "save" in request.POST:
        return redirect("portal:draft-saved", key=draft.key)
    return to_page(draft, PAGES[1].name)
