"""Drafts that are left and come back to."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from complaints.models import Draft
from complaints.portal.file.holding import draft_view, form_methods, hold, to_page
from complaints.portal.file.limits import LINKS, signed_in, status_of, wait_words
from complaints.portal.forms import LinkForm
from complaints.portal.questions import pages_for, teller_of
from complaints.portal.viewer import no_store
from complaints.services import drafts
from complaints.throttle import client_address


@form_methods
@draft_view
def saved(request: HttpRequest, draft: Draft) -> HttpResponse:
    """How to come back: by the account, or by a link that is mailed and shown."""
    form, link = LinkForm(request.POST if request.method == "POST" else None), ""
    if request.method == "POST" and "discard" in request.POST:
        drafts.discard(draft)
        return redirect("portal:home")
    if request.method == "POST" and draft.user_id is None and form.is_valid():
        link = _link(request, draft, form)
    context = {"draft": draft, "form": form, "link": link, "days": drafts.days_kept()}
    return render(request, "portal/draft_saved.html", context, status=status_of(form))


def _link(request: HttpRequest, draft: Draft, form: LinkForm) -> str:
    """The link, mailed where an address was given; empty when asked too often."""
    if wait := LINKS.wait(client_address(request)):
        form.add_error(None, wait_words(wait))
        return ""
    return drafts.issue_link(draft, email=form.cleaned_data["email"])


@form_methods
def resume(request: HttpRequest, token: str) -> HttpResponse:
    """A link to a draft: says what it is, and goes on where it was left."""
    draft = drafts.by_link(token)
    if draft is None:
        return no_store(render(request, "portal/draft_gone.html", status=404))
    if request.method != "POST":
        return no_store(render(request, "portal/draft_resume.html", {"draft": draft}))
    hold(request, draft)
    return no_store(redirect("portal:draft", key=draft.key))


@require_safe
@draft_view
def draft(request: HttpRequest, draft: Draft) -> HttpResponse:
    """On to the first question without an answer, or to all answers."""
    for page in pages_for(teller_of(draft, signed_in(request))):
        if page.name not in draft.answers:
            return to_page(draft, page.name)
    return redirect("portal:check", key=draft.key)
