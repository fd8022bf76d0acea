"""A form that comes a second time with other words: said, and none of them lost.

The first sending made a complaint that stands as it was told. What came after it is
shown again, to be added to that complaint as a message or sent as another one.
"""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from complaints.errors import RecourseError
from complaints.models import Complaint
from complaints.portal.filing_page import shown
from complaints.portal.forms import new_key
from complaints.portal.viewer import find_case, no_store
from complaints.reference_number import normalise
from complaints.services.correspond import customer_writes

ADD_TO = "add_to"
"""Names the complaint that the words are to be added to."""

ANEW = "anew"
_NOT_WORDS = ("csrfmiddlewaretoken", "key", "back", "add", "save", ADD_TO, ANEW)


def said_in(form: forms.Form) -> list[tuple[str, str]]:
    """(question, answer) of what somebody filled in, as people read it."""
    form.full_clean()
    rows = [
        (str(field.label), shown(form, field))
        for field in form.visible_fields()
        if not isinstance(field.field, forms.FileField)
        and field.value() != field.initial
    ]
    return [(question, answer) for question, answer in rows if answer.strip()]


def sent_before(
    request: HttpRequest,
    form: forms.Form,
    earlier: Complaint | None,
    problem: str = "",
) -> HttpResponse:
    """The page with both ways to go on; 409. ``earlier`` is what was filed first.

    It is named only to whoever may see it.
    """
    context = {
        "case": _seen(request, earlier),
        "rows": said_in(form),
        "files": bool(request.FILES),
        "posted": [
            (name, value)
            for name, values in request.POST.lists()
            if name not in _NOT_WORDS
            for value in values
        ],
        "key": new_key(),
        "problem": problem,
    }
    page = render(request, "portal/sent_before.html", context, status=409)
    return no_store(page)


def _seen(request: HttpRequest, earlier: Complaint | None) -> Complaint | None:
    try:
        return find_case(request, earlier.reference)[0] if earlier else None
    except Http404:
        return None


def add_words(request: HttpRequest, form: forms.Form) -> HttpResponse:
    """Add the words to the complaint that is named, as a message of the customer."""
    reference = normalise(request.POST[ADD_TO][:40])
    if reference is None:
        raise Http404
    case, viewer = find_case(request, reference)
    text = "\n\n".join(f"{question}\n{answer}" for question, answer in said_in(form))
    try:
        customer_writes(complaint=case, text=text, actor=viewer)
    except RecourseError as error:
        return sent_before(request, form, case, str(error.words))
    messages.success(request, _("Your message is with us."))
    return no_store(redirect("portal:case", reference=case.reference))
