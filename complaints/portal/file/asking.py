"""Danger first, then one question a page."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.gzip import gzip_page

from complaints.errors import InvalidInput
from complaints.models import Draft
from complaints.portal import filing_page, recent
from complaints.portal.file.holding import begin, draft_view, form_methods, to_page
from complaints.portal.file.limits import drafts_wait, signed_in, status_of, wait_words
from complaints.portal.filing_page import Asked
from complaints.portal.forms import RiskForm
from complaints.portal.questions import (
    PAGES,
    FilesForm,
    Page,
    form_of,
    pages_for,
    teller_of,
    typed,
)
from complaints.portal.viewer import no_store
from complaints.services import drafts


@form_methods
@gzip_page
def new(request: HttpRequest) -> HttpResponse:
    """Danger first; whoever is not in danger gets the first question at once."""
    risk = (request.POST if request.method == "POST" else request.GET).get("at_risk")
    if request.method == "POST" and "category" not in request.POST:
        if risk in ("yes", "no"):
            return redirect(_door(risk))
    elif risk == "no":
        return no_store(_first(request))
    form = RiskForm(request.POST if request.method == "POST" else None)
    page = render(request, "portal/risk.html", {"form": form}, status=status_of(form))
    return no_store(page)


def _door(risk: str) -> str:
    if risk == "yes":
        return reverse("portal:urgent")
    return f"{reverse('portal:new')}?at_risk=no"


def _first(request: HttpRequest) -> HttpResponse:
    """The first question; its answer begins the draft."""
    page, given = PAGES[0], request.POST if "category" in request.POST else None
    form = page.form(given)
    if given is not None and form.is_valid():
        if not (wait := drafts_wait(request)):
            return begin(request, {page.name: typed(page, given)})
        form.add_error(None, wait_words(wait))
    asked = Asked(page, form, None, signed_in(request))
    status = 429 if form.non_field_errors() else status_of(form)
    context = {**filing_page.context(asked), "beginning": True}
    return render(request, "portal/question.html", context, status=status)


@form_methods
@draft_view
def question(request: HttpRequest, draft: Draft, *, page: str) -> HttpResponse:
    """One question. What was typed is kept, also where it cannot be sent like that."""
    asked = filing_page.asked(page, draft, signed_in(request), fix="fix" in request.GET)
    if asked is None:
        return redirect("portal:check", key=draft.key)
    if request.method != "POST":
        return _page(request, asked)
    return _answered(request, draft, asked)


def _page(request: HttpRequest, asked: Asked, status: int = 200) -> HttpResponse:
    template = (
        "portal/question_files.html"
        if asked.page.form is FilesForm
        else "portal/question.html"
    )
    context = {
        **filing_page.context(asked),
        "back_to": request.POST.get("back") or request.GET.get("back", ""),
    }
    return render(request, template, context, status=status)


def _answered(request: HttpRequest, draft: Draft, asked: Asked) -> HttpResponse:
    page, posted = asked.page, _posted(request, asked.page)
    form = form_of(page, draft, posted, request.FILES)
    answer = Asked(page, form, draft, signed_in(request))
    try:
        drafts.save_page(draft, page.name, typed(page, posted))
        if "remove" in request.POST:
            return _removed(request, draft, page.name)
        if "save" in request.POST:
            return redirect("portal:draft-saved", key=draft.key)
        if not form.is_valid() or not _took_file(request, answer):
            return _page(request, answer, 422)
    except InvalidInput as error:
        form.add_error(None, str(error.words))
        return _page(request, answer, 422)
    return _next(request, draft, page.name)


def _posted(request: HttpRequest, page: Page) -> Mapping[str, Any]:
    """What was sent, with what is known of a transaction that was picked."""
    mark = request.POST.get(recent.FIELD, "")
    if page.name != recent.PAGE or not mark:
        return request.POST
    return recent.put_in(signed_in(request), mark, typed(page, request.POST))


def _removed(request: HttpRequest, draft: Draft, page: str) -> HttpResponse:
    if request.POST["remove"].isdecimal():
        drafts.remove_file(draft, int(request.POST["remove"][:18]))
    return to_page(draft, page)


def _took_file(request: HttpRequest, asked: Asked) -> bool:
    """Keep the file that came with the answer; False where it was not taken."""
    name = "proof" if "proof" in asked.form.fields else "file"
    upload = asked.form.cleaned_data.get(name)
    if upload is None or asked.draft is None:
        return True
    try:
        drafts.add_file(asked.draft, upload, authority=name == "proof")
    except InvalidInput as error:
        asked.form.add_error(name, str(error.words))
        return False
    return True


def _next(request: HttpRequest, draft: Draft, page: str) -> HttpResponse:
    """On to the next question; back to the answers where those were looked at."""
    if "add" in request.POST:
        return to_page(draft, page)
    pages = pages_for(teller_of(draft, signed_in(request)))
    names = [one.name for one in pages]
    later = names[names.index(page) + 1 :] if page in names else []
    if request.POST.get("back") == "check":
        later = [name for name in names if name not in draft.answers]
    if later:
        return to_page(draft, later[0])
    return redirect("portal:check", key=draft.key)
